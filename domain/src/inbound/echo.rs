//! A message typed in the phone app: it takes over from the bot, and never opens or prolongs anything.

use whatsapp::Body;

use super::{Outcome, enter, release, stored, widget_of};
use crate::contact::Person;
use crate::conversation::{self, Applied, Handler, apply::Event};
use crate::delivery;
use crate::error::Result;
use crate::intake::clock_time;
use crate::message::{self, Author, Carries, New};
use crate::tx::Tx;

pub(super) async fn apply(
    tx: &mut Tx<'_>,
    element: &entity::inbound_element::Model,
    echo: &whatsapp::Echo,
) -> Result<Outcome> {
    let (channel, widget) = widget_of(tx, element).await?;
    if stored(tx, widget.id, &echo.id).await?.is_some() {
        // Our own send, or a redelivery.
        return Ok(Outcome::Ignored("DUPLICATE"));
    }
    let person =
        Person { user_id: echo.to.user_id.as_deref(), phone: echo.to.wa_id.as_deref(), ..Person::default() };
    if !person.is_somebody() {
        return Ok(Outcome::Ignored("NOBODY"));
    }
    if channel.state != "ENABLED" {
        return Ok(Outcome::Ignored("CHANNEL_DISABLED"));
    }
    let Some(mut thread) = enter(tx, element, &widget, &person, &echo.id).await? else {
        return Ok(Outcome::Ignored("DUPLICATE"));
    };
    let at = clock_time(echo.timestamp, element.arrived_at);
    if let Body::Text { body } = &echo.body {
        let (provider_id, text) = (echo.id.as_str(), body.as_str());
        let echo = delivery::Echo { provider_id, text, sent_at: at, arrived_at: element.arrived_at };
        if delivery::adopt(tx, &mut thread, &echo).await? {
            conversation::save(tx, &mut thread).await?;
            return Ok(Outcome::Applied);
        }
    }
    let number = thread.next_number();
    let takes_over = thread.widget.phone_message_takes_over;
    let out_of_session = !thread.facts.open;
    let applied = conversation::step(tx, &mut thread, Event::Phone { number, at, takes_over }).await?;
    let text = echo.body.text().map_or_else(|| format!("[{}]", echo.body.kind()), str::to_owned);
    let new = New {
        author: Author::BusinessApp,
        provider_id: Some(&echo.id),
        kind: echo.body.kind(),
        text: &text,
        // A stale one, or one that may not take over, answers nothing.
        counts_as_human: applied == Applied::Changed && thread.facts.handler == Handler::Human,
        out_of_session,
        sent_at: at,
        received_at: element.arrived_at,
        carries: Carries::of(&echo.body, echo.context.as_ref()),
    };
    message::append(tx, &mut thread, new).await?;
    release(tx, widget.id, &echo.id).await?;
    conversation::save(tx, &mut thread).await?;
    Ok(Outcome::Applied)
}
