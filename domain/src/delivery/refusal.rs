//! What a refusal means for the message, and for everything that waits behind it.
//!
//! Whatever stops more than this conversation closes a gate, and the message goes back to the queue without having
//! used up anything: it waits before the gate like all others.

use chrono::TimeDelta;
use whatsapp::{ErrorClass, GraphError};

use super::beyond::{beyond, retry_after};
use super::{State, advance, fault};
use crate::conversation::Thread;
use crate::error::Result;
use crate::gate::{self, GateKey, Reason, pace};
use crate::id::WidgetId;
use crate::tx::Tx;

/// The longest pause between two tries of one message, in seconds.
const LONGEST_PAUSE: i64 = 60;
/// How often the bot tries again when Meta has a passing fault. People's messages wait until the window closes.
const TRANSIENT_TRIES: i64 = 6;
/// Meta answered with an error: the message was not sent.
pub(super) async fn refused(
    tx: &mut Tx<'_>,
    thread: &mut Thread,
    delivery: &mut entity::delivery::Model,
    error: &GraphError,
) -> Result<()> {
    fault::told(delivery, error);
    let began = super::began(delivery);
    match whatsapp::classify(error) {
        ErrorClass::ThrottleNumber
        | ErrorClass::ThrottleAccount
        | ErrorClass::Reauthorize
        | ErrorClass::Registration
        | ErrorClass::Integrity => {
            beyond(tx, &thread.widget, error, began).await?;
            // A moment all the same: what stopped it may be over, and then nothing else holds it.
            queue_again(tx, thread, delivery, gate::SHORTEST_PAUSE).await
        }
        ErrorClass::ThrottlePair => {
            gate::passed(tx, &thread.widget, began).await?;
            delivery.refusals += 1;
            let pause = pace::pair_pause(delivery.refusals).max(retry_after(error).unwrap_or_default());
            queue_again(tx, thread, delivery, pause).await
        }
        ErrorClass::Transient => {
            delivery.refusals += 1;
            if delivery.automatic && delivery.refusals >= TRANSIENT_TRIES {
                return fail(tx, thread, delivery).await;
            }
            let jitter = TimeDelta::seconds(pace::jitter(delivery.refusals, LONGEST_PAUSE));
            let longest = TimeDelta::seconds(LONGEST_PAUSE);
            let asked_for = retry_after(error).map(|pause| pause.clamp(gate::SHORTEST_PAUSE, longest));
            let pause = asked_for.unwrap_or(jitter);
            queue_again(tx, thread, delivery, pause).await
        }
        ErrorClass::Window => {
            gate::passed(tx, &thread.widget, began).await?;
            // Our clock believed it open.
            tracing::warn!(conversation = %thread.id(), code = error.code, "Meta says that the reply window is closed");
            thread.conversation.window_closed_by_provider = true;
            advance(tx, thread, delivery, State::Failed).await.map(drop)
        }
        ErrorClass::Recipient | ErrorClass::Payload | ErrorClass::UnknownPermanent => {
            gate::passed(tx, &thread.widget, began).await?;
            fail(tx, thread, delivery).await
        }
    }
}

/// Nothing was written: Meta cannot be reached, for nobody's message.
pub(super) async fn unreachable(
    tx: &mut Tx<'_>,
    thread: &mut Thread,
    delivery: &mut entity::delivery::Model,
) -> Result<()> {
    let number = GateKey::number(WidgetId(thread.widget.id));
    gate::back_off(tx, &number, Reason::Unreachable, None, super::began(delivery)).await?;
    queue_again(tx, thread, delivery, TimeDelta::zero()).await
}

async fn fail(tx: &mut Tx<'_>, thread: &mut Thread, delivery: &mut entity::delivery::Model) -> Result<()> {
    delivery.dead = true;
    advance(tx, thread, delivery, State::Failed).await.map(drop)
}

async fn queue_again(
    tx: &mut Tx<'_>,
    thread: &mut Thread,
    delivery: &mut entity::delivery::Model,
    pause: TimeDelta,
) -> Result<()> {
    let due = tx.now() + pause;
    delivery.due_at = due;
    advance(tx, thread, delivery, State::Queued).await?;
    tx.due(due);
    Ok(())
}
