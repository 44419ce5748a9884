//! A status of a message that we sent: found by Meta's id, or by our own reference when the answer to
//! the send was lost.

use sea_orm::{ColumnTrait, QueryFilter};

use super::{Outcome, stored};
use crate::conversation::{self, Judge};
use crate::delivery::{self, State};
use crate::error::{Error, Result};
use crate::id::{ConversationId, MessageId};
use crate::tx::Tx;

pub(super) async fn apply(
    tx: &mut Tx<'_>,
    element: &entity::inbound_element::Model,
    status: &whatsapp::Status,
) -> Result<Outcome> {
    let widget = element.widget_id.ok_or(Error::NotFound)?;
    // Our own mark decides: an echo that looked like a message of its own may hold the id.
    let found = match by_reference(tx, widget, status.reference.as_deref()).await? {
        Some(message) => Some(message),
        None => stored(tx, widget, &status.id).await?,
    };
    let Some(message) = found else { return Ok(Outcome::Parked { waits_for: None }) };
    let mut thread = conversation::lock(tx, ConversationId(message.conversation_id)).await?;
    conversation::apply_due(tx, &mut thread, Judge::Arrival(element.arrived_at)).await?;
    let query =
        tx.find::<entity::delivery::Entity>().filter(entity::delivery::Column::MessageId.eq(message.id));
    // A message typed in the phone app has no delivery of ours.
    let Some(mut row) = query.one(tx.db()).await? else { return Ok(Outcome::Ignored("NOT_OURS")) };
    if State::read(&row)? == State::Sending {
        // The answer to the send is still on its way, or lost: what waits for our message is looked at again then.
        return Ok(Outcome::Parked { waits_for: Some(MessageId(message.id).to_string()) });
    }
    Ok(match delivery::status_arrived(tx, &mut thread, &mut row, status).await? {
        true => Outcome::Applied,
        false => Outcome::Ignored("NO_CHANGE"),
    })
}

async fn by_reference(
    tx: &Tx<'_>,
    widget: uuid::Uuid,
    reference: Option<&str>,
) -> Result<Option<entity::message::Model>> {
    let id = reference
        .and_then(|reference| reference.split_once(':'))
        .and_then(|(id, _)| id.parse::<MessageId>().ok());
    match id {
        Some(id) => by_id(tx, widget, id).await,
        None => Ok(None),
    }
}

async fn by_id(tx: &Tx<'_>, widget: uuid::Uuid, id: MessageId) -> Result<Option<entity::message::Model>> {
    let query = tx
        .find::<entity::message::Entity>()
        .filter(entity::message::Column::WidgetId.eq(widget))
        .filter(entity::message::Column::Id.eq(id.0));
    Ok(query.one(tx.db()).await?)
}
