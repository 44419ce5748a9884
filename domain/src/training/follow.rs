//! Tickets that follow a member's rating of an answer.

use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect};

use super::ticket::{announce, made, put_documents, remove};
use super::{State, check};
use crate::actor::Actor;
use crate::bot;
use crate::error::Result;
use crate::feedback::Correction;
use crate::id::{ConversationId, MessageId, TicketId};
use crate::message::{self, AuthorKind};
use crate::tx::{Tx, locked};

/// So many messages before an answer are looked through for what it answers.
const BEFORE: u64 = 20;

/// The member's ticket for an answer, which says this from now on; a new one if there is none that can be changed.
pub(crate) async fn follow(
    tx: &mut Tx<'_>,
    actor: &Actor,
    message: &entity::message::Model,
    correction: &Correction,
) -> Result<TicketId> {
    let documents = check::documents(tx, &correction.documents).await?;
    let (wrong, answer) = (check::wrong(&correction.wrong)?, check::answer(&correction.answer)?);
    let question = match &correction.question {
        Some(question) => check::question(question)?,
        None => asked(tx, message).await?,
    };
    let id = MessageId(message.id);
    // A ticket that was being taught may have failed since, and another one been made: the newest goes on.
    let mut open = open(tx, actor, id).await?;
    let newest = open.pop();
    for older in open {
        remove(tx, TicketId(older.id)).await?;
    }
    let Some(mut row) = newest else {
        return made(tx, actor, Some(id), (question, Some(wrong), answer), &documents).await;
    };
    (row.question, row.wrong, row.answer) = (question, Some(wrong), answer);
    State::Pending.as_str().clone_into(&mut row.state);
    (row.failure, row.changed_at) = (None, tx.now());
    tx.save(&row).await?;
    put_documents(tx, TicketId(row.id), &documents).await?;
    announce(tx, TicketId(row.id), Some(State::Pending));
    Ok(TicketId(row.id))
}

/// The member's ticket for an answer is not wanted any more; what is taught, or being taught, stays.
pub(crate) async fn forget(tx: &mut Tx<'_>, actor: &Actor, message: MessageId) -> Result<()> {
    for row in open(tx, actor, message).await? {
        remove(tx, TicketId(row.id)).await?;
    }
    Ok(())
}

/// Those that can be changed, the newest last.
async fn open(tx: &Tx<'_>, actor: &Actor, message: MessageId) -> Result<Vec<entity::training_ticket::Model>> {
    use entity::training_ticket::{Column, Entity};
    let ours = tx
        .find::<Entity>()
        .filter(Column::MessageId.eq(message.0))
        .filter(Column::MemberId.eq(actor.member.0))
        .filter(Column::State.is_in([State::Pending, State::Failed].map(State::as_str)));
    Ok(locked(ours.order_by_asc(Column::Id)).all(tx.db()).await?)
}

/// What the customer wrote that a message answers: what it was written for, or else what they wrote before it.
async fn asked(tx: &Tx<'_>, message: &entity::message::Model) -> Result<String> {
    let numbers = message::answers::read(message);
    let rows = match numbers.is_empty() {
        true => before(tx, message).await?,
        false => message::numbered(tx, ConversationId(message.conversation_id), &numbers).await?,
    };
    let words = bot::question(&rows).unwrap_or_default().replace('\0', " ");
    let words: Vec<&str> = words.split_whitespace().collect();
    let words: String = words.join(" ").chars().take(check::LONGEST_QUESTION).collect();
    if words.is_empty() {
        let message = "the customer wrote no words before this answer: say what they asked";
        return Err(crate::Error::invalid("question", message));
    }
    check::question(&words)
}

/// What the customer wrote last before a message, in order.
async fn before(tx: &Tx<'_>, message: &entity::message::Model) -> Result<Vec<entity::message::Model>> {
    use entity::message::{Column, Entity};
    let earlier = tx
        .find::<Entity>()
        .filter(Column::ConversationId.eq(message.conversation_id))
        .filter(Column::Number.lt(message.number))
        .filter(Column::DuplicateOf.is_null())
        .filter(Column::RevokedAt.is_null())
        .order_by_desc(Column::Number)
        .limit(BEFORE);
    let is_customer = |row: &entity::message::Model| row.author == AuthorKind::Customer.as_str();
    let rows = earlier.all(tx.db()).await?.into_iter();
    let mut asked: Vec<_> = rows.skip_while(|row| !is_customer(row)).take_while(is_customer).collect();
    asked.reverse();
    Ok(asked)
}
