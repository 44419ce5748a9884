//! A reaction, an edit or a delete: a change of another message, never a message itself.
//!
//! It is processed also while the channel is off, and waits (parked) for a message that is not stored yet.

use whatsapp::{Body, Content};

use super::{Outcome, stored};
use crate::conversation::{self, Judge};
use crate::error::{Error, Result};
use crate::id::ConversationId;
use crate::intake::clock_time;
use crate::message::AuthorKind;
use crate::message::change::{self, Kind, New};
use crate::turn;
use crate::tx::Tx;

/// A change as it came: from the customer, or from the phone app.
pub(super) struct Change<'a> {
    pub author: AuthorKind,
    pub id: &'a str,
    pub sent_at: Option<crate::Time>,
    pub body: &'a Body,
}

impl<'a> Change<'a> {
    /// The change that an element is, if it is one and no message.
    pub(super) fn of(content: &'a Content) -> Option<Self> {
        let (author, id, sent_at, body) = match content {
            Content::Message(message) => {
                (AuthorKind::Customer, &message.id, message.timestamp, &message.body)
            }
            Content::Echo(echo) => (AuthorKind::BusinessApp, &echo.id, echo.timestamp, &echo.body),
            _ => return None,
        };
        body.target().is_some().then_some(Self { author, id, sent_at, body })
    }
}

pub(super) async fn apply(
    tx: &mut Tx<'_>,
    element: &entity::inbound_element::Model,
    change: &Change<'_>,
) -> Result<Outcome> {
    let widget = element.widget_id.ok_or(Error::NotFound)?;
    let (kind, target, emoji, text) = match change.body {
        Body::Reaction { message_id, emoji } => (Kind::Reaction, message_id, emoji.as_deref(), None),
        Body::Edit { original_message_id, body } => (Kind::Edit, original_message_id, None, body.text()),
        Body::Revoke { original_message_id } => (Kind::Revoke, original_message_id, None, None),
        _ => return Ok(Outcome::Ignored("NO_CHANGE")),
    };
    let Some(seen) = stored(tx, widget, target).await? else {
        return Ok(Outcome::Parked { waits_for: None });
    };
    let mut thread = conversation::lock(tx, ConversationId(seen.conversation_id)).await?;
    conversation::apply_due(tx, &mut thread, Judge::Arrival(element.arrived_at)).await?;
    // Read again under the lock: another change may just have come.
    let Some(mut message) = stored(tx, widget, target).await? else {
        return Ok(Outcome::Parked { waits_for: None });
    };
    let by_customer = AuthorKind::read(&message)? == AuthorKind::Customer;
    if kind != Kind::Reaction && by_customer != (change.author == AuthorKind::Customer) {
        return Ok(Outcome::Ignored("NOT_ITS_AUTHOR"));
    }
    let new = New {
        kind,
        author: change.author,
        provider_id: change.id,
        emoji: emoji.filter(|emoji| !emoji.is_empty()),
        text,
        sent_at: clock_time(change.sent_at, element.arrived_at),
        received_at: element.arrived_at,
    };
    if !change::record(tx, &thread, &mut message, new).await? {
        return Ok(Outcome::Ignored("DUPLICATE"));
    }
    if by_customer && kind != Kind::Reaction {
        turn::reread(tx, &thread).await?;
    }
    conversation::save(tx, &mut thread).await?;
    Ok(Outcome::Applied)
}
