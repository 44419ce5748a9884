//! The sending of outbound messages: queued with the message, one after the other per conversation,
//! never started twice when the first try may have arrived.

mod adopt;
mod beyond;
mod claim;
mod drain;
mod fault;
mod refusal;
mod settle;
pub mod state;
mod status;
mod timer;

use chrono::TimeDelta;
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};

use crate::clock::Time;
use crate::conversation::{self, Thread, WaitReason, apply};
use crate::error::Result;
use crate::event::Event;
use crate::human_wait;
use crate::id::{ConversationId, DeliveryId, MessageId};
use crate::lane::LaneKey;
use crate::scope::Scope;
use crate::tx::Tx;
use crate::{message, turn};

pub(crate) use adopt::{Echo, adopt};
pub(crate) use beyond::beyond;
pub use drain::drain;
pub use fault::Fault;
pub use state::State;
pub(crate) use status::status_arrived;
pub(crate) use timer::SILENCE;
pub use timer::{give_up, silence};

/// How long a bot message may wait for Meta's acceptance.
const BOT_PATIENCE: TimeDelta = TimeDelta::minutes(10);

/// Whether a person or the bot wants it sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A member's message: it waits until the reply window closes.
    ByHand,
    /// The bot's or a workflow's: void after a takeover, given up after ten minutes.
    Automatic,
}

/// Queues the sending of a message; the lane starts after the commit.
pub(crate) async fn queue(
    tx: &mut Tx<'_>,
    thread: &Thread,
    message: &entity::message::Model,
    kind: Kind,
) -> Result<()> {
    let now = tx.now();
    let automatic = kind == Kind::Automatic;
    let give_up_at = automatic.then(|| now + BOT_PATIENCE);
    tx.insert(entity::delivery::Model {
        id: DeliveryId::new().0,
        workspace_id: tx.workspace.0,
        conversation_id: thread.conversation.id,
        message_id: message.id,
        number: message.number,
        automatic,
        conversation_epoch: thread.conversation.epoch,
        widget_epoch: thread.widget.epoch,
        state: State::Queued.as_str().to_owned(),
        attempts: 0,
        refusals: 0,
        due_at: now,
        give_up_at,
        sending_at: None,
        unknown_at: None,
        error_code: None,
        error_text: None,
        fault: None,
        dead: false,
        created_at: now,
        trace: tx.trace.clone(),
    })
    .await?;
    if let Some(at) = give_up_at {
        tx.due(at);
    }
    tx.wake(LaneKey::delivery(thread.id()));
    Ok(())
}

/// Moves a delivery to `to` if the table of states allows it, with its event and what follows for the
/// conversation. Returns whether it moved.
pub(crate) async fn advance(
    tx: &mut Tx<'_>,
    thread: &mut Thread,
    delivery: &mut entity::delivery::Model,
    to: State,
) -> Result<bool> {
    let moved = shift(tx, thread, delivery, to).await?;
    if moved && to == State::Failed {
        to_a_person(tx, thread, delivery, WaitReason::DeliveryFailed).await?;
    }
    Ok(moved)
}

/// When the newest try did begin.
fn began(delivery: &entity::delivery::Model) -> Time {
    delivery.sending_at.unwrap_or(delivery.created_at)
}

/// Ends a send that cannot be tried any more because nothing can be sent at present.
async fn end_unsendable(
    tx: &mut Tx<'_>,
    thread: &mut Thread,
    delivery: &mut entity::delivery::Model,
    to: State,
) -> Result<()> {
    shift(tx, thread, delivery, to).await?;
    to_a_person(tx, thread, delivery, WaitReason::ChannelUnavailable).await
}

/// A message of the bot's will not be an answer: a person is responsible, if it was written for the period
/// that still lasts. What an older session or an earlier bot period sent concerns nobody now.
async fn to_a_person(
    tx: &mut Tx<'_>,
    thread: &mut Thread,
    delivery: &entity::delivery::Model,
    reason: WaitReason,
) -> Result<()> {
    if !delivery.automatic || delivery.conversation_epoch != thread.conversation.epoch {
        return Ok(());
    }
    let message = message::one(tx, MessageId(delivery.message_id)).await?;
    let session = message.and_then(|message| message.session_id);
    if session.is_some() && session == thread.conversation.session_id {
        conversation::step(tx, thread, apply::Event::BotCannotAnswer { reason }).await?;
    }
    Ok(())
}

async fn shift(
    tx: &mut Tx<'_>,
    thread: &mut Thread,
    delivery: &mut entity::delivery::Model,
    to: State,
) -> Result<bool> {
    let from = State::read(delivery)?;
    if !from.may_become(to) {
        return Ok(false);
    }
    to.as_str().clone_into(&mut delivery.state);
    let now = tx.now();
    delivery.unknown_at = (to == State::Unknown).then_some(now);
    // A try that Meta refused goes back to the queue, and its patience goes on from the commit.
    if !matches!(to, State::Queued | State::Sending) {
        delivery.give_up_at = None;
    }
    tx.save(delivery).await?;
    if to == State::Cancelled && delivery.automatic {
        turn::stopped(tx, delivery).await?;
    }
    tx.announce(Event::DeliveryChanged {
        widget: thread.widget_id(),
        conversation: thread.id(),
        message: MessageId(delivery.message_id),
        delivery: DeliveryId(delivery.id),
        from,
        to,
        attempt: delivery.attempts,
        automatic: delivery.automatic,
    });
    // A human message that failed no longer counts as an answer, and one that proves to have arrived does again.
    if !delivery.automatic && (to.is_lost() != from.is_lost()) {
        let (human, replied) = human_wait::recount(tx, thread).await?;
        conversation::step(tx, thread, apply::Event::Recount { human, replied }).await?;
    }
    Ok(true)
}

/// Cancels every queued automatic send of the conversation: somebody else is responsible now.
pub(crate) async fn cancel_automatic(tx: &mut Tx<'_>, thread: &Thread) -> Result<()> {
    let queued = tx
        .find::<entity::delivery::Entity>()
        .filter(entity::delivery::Column::ConversationId.eq(thread.conversation.id))
        .filter(entity::delivery::Column::State.eq(State::Queued.as_str()))
        .filter(entity::delivery::Column::Automatic.eq(true))
        .order_by_asc(entity::delivery::Column::Number);
    let queued = queued.all(tx.db()).await?;
    if !queued.is_empty() {
        // What stands behind them need not wait any more for what they waited for.
        tx.wake(LaneKey::delivery(thread.id()));
    }
    for mut delivery in queued {
        State::Cancelled.as_str().clone_into(&mut delivery.state);
        delivery.give_up_at = None;
        tx.save(&delivery).await?;
        turn::stopped(tx, &delivery).await?;
        tx.announce(Event::DeliveryChanged {
            widget: thread.widget_id(),
            conversation: thread.id(),
            message: MessageId(delivery.message_id),
            delivery: DeliveryId(delivery.id),
            from: State::Queued,
            to: State::Cancelled,
            attempt: delivery.attempts,
            automatic: true,
        });
    }
    Ok(())
}

/// A delivery of a locked conversation.
pub(crate) async fn find(tx: &Tx<'_>, id: DeliveryId) -> Result<Option<entity::delivery::Model>> {
    let query = tx.find::<entity::delivery::Entity>().filter(entity::delivery::Column::Id.eq(id.0));
    Ok(query.one(tx.db()).await?)
}

/// The deliveries of some messages, in no order.
///
/// # Errors
/// The database's.
pub async fn of(scope: &Scope, messages: &[MessageId]) -> Result<Vec<entity::delivery::Model>> {
    let ids = messages.iter().map(|id| id.0);
    let query =
        scope.find::<entity::delivery::Entity>().filter(entity::delivery::Column::MessageId.is_in(ids));
    Ok(query.all(scope.reader()).await?)
}

/// Deliveries by id, in no order; ids of other workspaces are left out.
///
/// # Errors
/// The database's.
pub async fn load(scope: &Scope, ids: &[DeliveryId]) -> Result<Vec<entity::delivery::Model>> {
    let ids = ids.iter().map(|id| id.0);
    let query = scope.find::<entity::delivery::Entity>().filter(entity::delivery::Column::Id.is_in(ids));
    Ok(query.all(scope.reader()).await?)
}

pub(crate) fn conversation_of(delivery: &entity::delivery::Model) -> ConversationId {
    ConversationId(delivery.conversation_id)
}
