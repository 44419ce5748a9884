//! Which customer messages a turn has to answer.

use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};

use crate::conversation::Thread;
use crate::error::Result;
use crate::message::AuthorKind;
use crate::tx::Tx;

/// What is left to answer in the open session.
pub(super) struct Left {
    /// The messages, in order.
    pub messages: Vec<entity::message::Model>,
}

impl Left {
    pub(super) fn from(&self) -> Option<i64> {
        self.messages.first().map(|message| message.number)
    }

    pub(super) fn through(&self) -> Option<i64> {
        self.messages.last().map(|message| message.number)
    }
}

/// The session's customer messages above both the last human message and what earlier turns covered;
/// a turn whose answer failed or was cancelled covered nothing. None when nothing is left.
pub(super) async fn left(tx: &Tx<'_>, thread: &Thread) -> Result<Option<Left>> {
    let Some(session) = &thread.session else { return Ok(None) };
    let human = thread.facts.human.map_or(0, |mark| mark.number);
    let row = tx
        .db_one(
            "SELECT MAX(covers_through) AS through FROM turn WHERE session_id = $1 AND (state = 'HANDED_OVER' \
             OR (state = 'COMMITTED' AND NOT EXISTS (SELECT 1 FROM message m JOIN delivery d ON d.message_id = m.id \
             WHERE m.turn_id = turn.id AND m.conversation_id = $2 AND d.state IN ('FAILED', 'CANCELLED'))))",
            [session.id.into(), thread.conversation.id.into()],
        )
        .await?;
    let covered: Option<i64> = row.try_get("", "through")?;
    let messages = tx
        .find::<entity::message::Entity>()
        .filter(entity::message::Column::SessionId.eq(session.id))
        .filter(entity::message::Column::Author.eq(AuthorKind::Customer.as_str()))
        .filter(entity::message::Column::OutOfSession.eq(false))
        .filter(entity::message::Column::Number.gt(human.max(covered.unwrap_or(0))))
        .order_by_asc(entity::message::Column::Number)
        .all(tx.db())
        .await?;
    Ok((!messages.is_empty()).then_some(Left { messages }))
}
