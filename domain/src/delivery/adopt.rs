//! Our own send, seen in the phone app before Meta's answer reached us: the echo is that message.

use chrono::TimeDelta;
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};

use super::settle::{bind, settled};
use super::{State, advance};
use crate::clock::Time;
use crate::conversation::Thread;
use crate::error::Result;
use crate::id::MessageId;
use crate::lane::LaneKey;
use crate::message;
use crate::tx::Tx;

/// How long ago the send may have been started.
const RECENT: TimeDelta = TimeDelta::minutes(15);

/// Finds the send whose outcome is open and whose text this is, and settles it as SENT under Meta's id. False
/// when there is none: then the echo is a message of its own.
pub(crate) async fn adopt(
    tx: &mut Tx<'_>,
    thread: &mut Thread,
    provider_id: &str,
    text: &str,
    arrived_at: Time,
) -> Result<bool> {
    use entity::delivery::Column;
    let open = tx
        .find::<entity::delivery::Entity>()
        .filter(Column::ConversationId.eq(thread.conversation.id))
        .filter(Column::State.is_in([State::Sending, State::Unknown].map(State::as_str)))
        .filter(Column::SendingAt.gte(arrived_at - RECENT))
        .order_by_asc(Column::Number);
    for mut delivery in open.all(tx.db()).await? {
        let message = message::one(tx, MessageId(delivery.message_id)).await?;
        let same = message.is_some_and(|sent| sent.provider_id.is_none() && sent.text == text);
        if same {
            bind(tx, thread, &delivery, provider_id).await?;
            delivery.error_code = None;
            delivery.error_text = None;
            advance(tx, thread, &mut delivery, State::Sent).await?;
            settled(tx, thread, &delivery).await?;
            tx.hurry(LaneKey::delivery(thread.id()));
            return Ok(true);
        }
    }
    Ok(false)
}
