//! A customer's message: it opens or prolongs a session, is numbered, and wakes the bot or a person.

use chrono::TimeDelta;
use whatsapp::Body;

use super::{Outcome, enter, release, stored, widget_of};
use crate::contact::{self, Person};
use crate::conversation::{self, Judge, Thread, apply::Event};
use crate::error::Result;
use crate::id::ConversationId;
use crate::intake::clock_time;
use crate::message::{self, Author, Carries, New, placeholder};
use crate::tx::Tx;
use crate::workflow::live;

/// Meta's own clock for free-form answers.
const WINDOW: TimeDelta = TimeDelta::hours(24);

pub(super) async fn apply(
    tx: &mut Tx<'_>,
    element: &entity::inbound_element::Model,
    message: &whatsapp::Message,
) -> Result<Outcome> {
    let (channel, widget) = widget_of(tx, element).await?;
    let person = Person {
        user_id: message.from.user_id.as_deref(),
        phone: message.from.wa_id.as_deref(),
        name: message.profile_name.as_deref(),
        username: message.username.as_deref(),
    };
    if is_the_business(&widget, &person) {
        return Ok(Outcome::Ignored("OWN_NUMBER"));
    }
    if let Some(known) = stored(tx, widget.id, &message.id).await? {
        return match known.placeholder && !is_placeholder(&message.body) {
            true => content(tx, element, message, known).await,
            false => Ok(Outcome::Ignored("DUPLICATE")),
        };
    }
    if channel.state != "ENABLED" {
        note_ignored(tx, &widget, &person).await?;
        return Ok(Outcome::Ignored("CHANNEL_DISABLED"));
    }
    let Some(mut thread) = enter(tx, element, &widget, &person, &message.id).await? else {
        return Ok(Outcome::Ignored("DUPLICATE"));
    };
    let at = clock_time(message.timestamp, element.arrived_at);
    let placeholder = is_placeholder(&message.body);
    let late = at + TimeDelta::seconds(thread.widget.session_length_s) <= element.arrived_at;
    if !late {
        let number = thread.next_number();
        let readable = !placeholder && !is_sticker(&message.body);
        conversation::step(tx, &mut thread, Event::Customer { number, at, readable }).await?;
        open_window(&mut thread, at);
    }
    let text = shown(&message.body);
    let until = placeholder.then(|| tx.now() + placeholder::PATIENCE);
    let carries =
        Carries { placeholder_until: until, ..Carries::of(&message.body, message.context.as_ref()) };
    let new = New {
        author: Author::Customer,
        provider_id: Some(&message.id),
        kind: message.body.kind(),
        text: &text,
        counts_as_human: false,
        out_of_session: late,
        sent_at: at,
        received_at: element.arrived_at,
        carries,
    };
    let stored = message::append(tx, &mut thread, new).await?;
    if !late && !placeholder {
        live::customer_wrote(tx, &thread, &stored).await?;
    }
    release(tx, widget.id, &message.id).await?;
    conversation::save(tx, &mut thread).await?;
    Ok(Outcome::Applied)
}

/// The content of a placeholder: its number, its session and the clock stay.
async fn content(
    tx: &mut Tx<'_>,
    element: &entity::inbound_element::Model,
    message: &whatsapp::Message,
    known: entity::message::Model,
) -> Result<Outcome> {
    let mut thread = conversation::lock(tx, ConversationId(known.conversation_id)).await?;
    conversation::apply_due(tx, &mut thread, Judge::Arrival(element.arrived_at)).await?;
    // Read again under the lock: the same content may come twice at once.
    let Some(known) = stored(tx, known.widget_id, &message.id).await?.filter(|known| known.placeholder)
    else {
        return Ok(Outcome::Ignored("DUPLICATE"));
    };
    let text = shown(&message.body);
    let carries = Carries::of(&message.body, message.context.as_ref());
    placeholder::replace(tx, &mut thread, known, message.body.kind(), &text, carries).await?;
    conversation::save(tx, &mut thread).await?;
    Ok(Outcome::Applied)
}

/// Meta announces content that it hands over later, under the same id.
fn is_placeholder(body: &Body) -> bool {
    matches!(body, Body::Unsupported { code: Some(131_060), .. })
}

/// A sticker says nothing that the bot could answer; with words beside it, these are answered.
fn is_sticker(body: &Body) -> bool {
    matches!(body, Body::Media(media) if media.media == message::STICKER)
}

fn open_window(thread: &mut Thread, at: crate::Time) {
    let closes = at + WINDOW;
    if thread.conversation.window_closes_at.is_none_or(|before| closes > before) {
        thread.conversation.window_closes_at = Some(closes);
        thread.conversation.window_closed_by_provider = false;
    }
}

/// Whether the person has the business's own number: the business never becomes a contact.
fn is_the_business(widget: &entity::widget::Model, person: &Person<'_>) -> bool {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    match (widget.display_phone_number.as_deref().map(digits), person.phone) {
        (Some(own), Some(phone)) => !own.is_empty() && own == phone,
        _ => false,
    }
}

/// Warns the people in an open session that the customer wrote while the channel was off.
async fn note_ignored(tx: &mut Tx<'_>, widget: &entity::widget::Model, person: &Person<'_>) -> Result<()> {
    let portfolio = widget.portfolio_id.as_deref().unwrap_or_default();
    if let Some(id) = contact::conversation_with(tx, widget.id, portfolio, person).await? {
        let mut thread = conversation::lock(tx, id).await?;
        if thread.session.is_some() {
            thread.conversation.inbound_ignored_at = Some(tx.now());
            conversation::save(tx, &mut thread).await?;
        }
    }
    Ok(())
}

/// What is shown for a content: its text, or a placeholder with the caption on the next line.
fn shown(body: &Body) -> String {
    let placeholder = match body {
        Body::Text { body } => return body.clone(),
        Body::Reply { title, .. } => return title.clone(),
        Body::Media(media) => format!("[{}]", media.media),
        Body::Unsupported { .. } | Body::Unknown { .. } => "[unsupported message]".to_owned(),
        other => format!("[{}]", other.kind()),
    };
    match body.text() {
        Some(text) => format!("{placeholder}\n{text}"),
        None => placeholder,
    }
}
