//! Which customer messages a turn has to answer.

use sea_orm::{ColumnTrait, Condition, ConnectionTrait, QueryFilter, QueryOrder, Select};

use crate::conversation::Thread;
use crate::error::Result;
use crate::id::{ConversationId, MessageId, TurnId};
use crate::message::{self, AuthorKind};
use crate::tx::Tx;
use crate::workflow::live;

/// Why a turn could not read what it had: a person was asked for, and it covered nothing.
const UNREAD: &str = "('BOT_OFF', 'MODEL_DOWN', 'CHANNEL_UNAVAILABLE')";

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
/// a turn whose answer failed or was cancelled covered nothing, nor did one that could not read what it
/// had (BOT_OFF, MODEL_DOWN, CHANNEL_UNAVAILABLE). None when nothing is left but stickers.
pub(super) async fn left(tx: &Tx<'_>, thread: &Thread) -> Result<Option<Left>> {
    let Some(session) = &thread.session else { return Ok(None) };
    let human = thread.facts.human.map_or(0, |mark| mark.number);
    // What a run heard while a person was expected is the run's.
    let heard = live::heard_through(tx, thread.id()).await?;
    let covered = covered(tx, session.id, None).await?.max(heard);
    use entity::message::Column;
    // Content that came after its turn went by is answered all the same.
    let owed = Condition::any().add(Column::Number.gt(covered)).add(Column::CameLate.eq(true));
    let messages = unanswered(tx, session.id)
        .filter(Column::Number.gt(human))
        .filter(owed)
        .filter(Column::RevokedAt.is_null())
        .filter(Column::Placeholder.eq(false))
        .all(tx.db())
        .await?;
    // Stickers alone say nothing. They are covered with the words that come with them.
    let anything = messages.iter().any(|message| message.kind != message::STICKER);
    Ok(anything.then_some(Left { messages }))
}

/// Whoever is asked for gets what came late too.
pub(super) async fn settle_late(tx: &Tx<'_>, turn: &entity::turn::Model) -> Result<()> {
    let through = turn.covers_through.unwrap_or_default();
    let settled = crate::database::statement(
        tx.db(),
        "UPDATE message SET came_late = FALSE WHERE session_id = $1 AND came_late AND number <= $2",
        [turn.session_id.into(), through.into()],
    );
    tx.db().execute_raw(settled).await?;
    Ok(())
}

/// An automatic send was stopped: what it answered is owed as if it came only now, whatever later turns covered. What
/// a turn gave to a person stays the person's.
pub(super) async fn owe_again(tx: &Tx<'_>, stopped: &entity::delivery::Model) -> Result<()> {
    let Some(message) = message::one(tx, MessageId(stopped.message_id)).await? else { return Ok(()) };
    let (Some(session), mut numbers) = (message.session_id, message::answers::read(&message)) else {
        return Ok(());
    };
    let sql = format!(
        "SELECT MAX(covers_through) AS through FROM turn WHERE session_id = $1 AND state = 'HANDED_OVER' \
         AND reason NOT IN {UNREAD}"
    );
    let given: Option<i64> = tx.db_one(&sql, [session.into()]).await?.try_get("", "through")?;
    numbers.retain(|number| Some(*number) > given);
    message::came_late(tx, ConversationId(message.conversation_id), &numbers, true).await
}

/// The first message that a handover covers: its own epoch may have cancelled an earlier answer that was
/// still queued, and then what that one answered goes to the person too.
pub(super) async fn first_for_a_person(
    tx: &Tx<'_>,
    turn: &entity::turn::Model,
    human: i64,
) -> Result<Option<i64>> {
    let covered = covered(tx, turn.session_id, Some(TurnId(turn.id))).await?;
    let messages =
        unanswered(tx, turn.session_id).filter(entity::message::Column::Number.gt(human.max(covered)));
    Ok(messages.one(tx.db()).await?.map(|message| message.number))
}

/// The greatest number that a turn (other than `except`) covered for good.
async fn covered(tx: &Tx<'_>, session: uuid::Uuid, except: Option<TurnId>) -> Result<i64> {
    let sql = format!(
        "SELECT MAX(covers_through) AS through FROM turn WHERE session_id = $1 AND id <> $2 AND \
         ((state = 'HANDED_OVER' AND reason NOT IN {UNREAD}) OR (state = 'COMMITTED' AND NOT EXISTS \
         (SELECT 1 FROM message m JOIN delivery d ON d.message_id = m.id \
         WHERE m.turn_id = turn.id AND m.session_id = $3 AND d.state IN ('FAILED', 'CANCELLED'))))"
    );
    let except = except.map_or(uuid::Uuid::nil(), |turn| turn.0);
    let row = tx.db_one(&sql, [session.into(), except.into(), session.into()]).await?;
    let through: Option<i64> = row.try_get("", "through")?;
    Ok(through.unwrap_or(0))
}

fn unanswered(tx: &Tx<'_>, session: uuid::Uuid) -> Select<entity::message::Entity> {
    tx.find::<entity::message::Entity>()
        .filter(entity::message::Column::SessionId.eq(session))
        .filter(entity::message::Column::Author.eq(AuthorKind::Customer.as_str()))
        .filter(entity::message::Column::OutOfSession.eq(false))
        .order_by_asc(entity::message::Column::Number)
}
