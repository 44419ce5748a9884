//! What became of a send: Meta's answer, and later its statuses.
//!
//! Safe to repeat is only what Meta refused, or what never left this machine. Everything else is
//! UNKNOWN and never repeated by itself.

use chrono::TimeDelta;
use sea_orm::ConnectionTrait;
use whatsapp::{CallError, ErrorClass, GraphError};

use super::claim::Subject;
use super::{State, advance, find};
use crate::conversation::{self, Judge, Thread};
use crate::database::statement;
use crate::env::Env;
use crate::error::Result;
use crate::lane::LaneKey;
use crate::tx::Tx;

/// What a call answered.
pub(super) type Outcome = std::result::Result<whatsapp::Accepted, CallError>;

/// The longest pause between two tries.
const LONGEST_PAUSE: i64 = 60;
/// How often a passing fault of Meta's is tried again.
const TRANSIENT_TRIES: i64 = 6;

/// Writes the outcome of one attempt; the outcome of an older attempt changes nothing.
pub(super) async fn settle(env: &Env, subject: &Subject<'_>, attempt: i64, outcome: Outcome) -> Result<()> {
    let mut tx = Tx::begin(env, subject.workspace).await?;
    let mut thread = conversation::lock(&mut tx, subject.conversation).await?;
    conversation::apply_due(&mut tx, &mut thread, Judge::Now).await?;
    let Some(mut delivery) = find(&tx, subject.delivery).await? else { return Ok(()) };
    if delivery.attempts != attempt || !matches!(State::read(&delivery)?, State::Sending | State::Unknown) {
        tx.commit().await?;
        return Ok(());
    }
    match outcome {
        Ok(accepted) => {
            bind(&mut tx, &delivery, &accepted.message_id).await?;
            delivery.error_code = None;
            delivery.error_text = None;
            advance(&mut tx, &mut thread, &mut delivery, State::Sent).await?;
            release_parked(&mut tx, &thread, &accepted.message_id).await?;
        }
        Err(CallError::Refused(error)) => refused(&mut tx, &mut thread, &mut delivery, &error).await?,
        Err(error @ CallError::NotWritten { .. }) => {
            delivery.error_text = Some(error.to_string());
            try_again(&mut tx, &mut thread, &mut delivery, pause(attempt)).await?;
        }
        Err(error @ CallError::Unknown { .. }) => {
            delivery.error_text = Some(error.to_string());
            advance(&mut tx, &mut thread, &mut delivery, State::Unknown).await?;
        }
    }
    conversation::save(&mut tx, &mut thread).await?;
    tx.commit().await?;
    Ok(())
}

/// Gives the message its id at Meta, unless another row has it already.
async fn bind(tx: &mut Tx<'_>, delivery: &entity::delivery::Model, provider_id: &str) -> Result<()> {
    let bound = statement(
        tx.db(),
        "UPDATE message SET provider_id = $1 WHERE id = $2 AND provider_id IS NULL AND NOT EXISTS \
         (SELECT 1 FROM message other WHERE other.widget_id = message.widget_id AND other.provider_id = $3)",
        [provider_id.into(), delivery.message_id.into(), provider_id.into()],
    );
    if tx.db().execute_raw(bound).await?.rows_affected() == 0 {
        tracing::warn!(delivery = %crate::id::DeliveryId(delivery.id), "the message's id at Meta belongs to another row");
    }
    Ok(())
}

/// Statuses that came before the answer was stored are looked at again.
async fn release_parked(tx: &mut Tx<'_>, thread: &Thread, provider_id: &str) -> Result<()> {
    let released = statement(
        tx.db(),
        "UPDATE inbound_element SET outcome = NULL, reason = NULL, due_at = NULL WHERE widget_id = $1 AND target_id = $2 \
         AND outcome = 'PARKED' RETURNING lane_key",
        [thread.widget.id.into(), provider_id.into()],
    );
    for row in tx.db().query_all_raw(released).await? {
        let lane: Option<String> = row.try_get("", "lane_key")?;
        if let Some(lane) = lane {
            tx.wake(LaneKey::inbound(lane));
        }
    }
    Ok(())
}

async fn refused(
    tx: &mut Tx<'_>,
    thread: &mut Thread,
    delivery: &mut entity::delivery::Model,
    error: &GraphError,
) -> Result<()> {
    delivery.error_code = Some(error.code);
    delivery.error_text = Some(whatsapp::explain(error));
    let asked_for =
        error.retry_after.map(|seconds| i64::try_from(seconds).unwrap_or(LONGEST_PAUSE).min(3600));
    match whatsapp::classify(error) {
        ErrorClass::ThrottleNumber | ErrorClass::ThrottlePair => {
            let seconds = asked_for.unwrap_or_else(|| pause(delivery.attempts));
            try_again(tx, thread, delivery, seconds).await
        }
        ErrorClass::ThrottleAccount => {
            let minutes = error.regain_access_minutes.map(|m| i64::try_from(m).unwrap_or(60).min(60) * 60);
            try_again(tx, thread, delivery, minutes.or(asked_for).unwrap_or(60)).await
        }
        ErrorClass::Transient if delivery.attempts < TRANSIENT_TRIES => {
            let seconds = asked_for.unwrap_or_else(|| pause(delivery.attempts));
            try_again(tx, thread, delivery, seconds).await
        }
        // The queue waits for the owner; burning attempts would not help. A person's message waits until the
        // window closes, the bot's for ten minutes.
        ErrorClass::Reauthorize | ErrorClass::Registration | ErrorClass::Integrity => {
            try_again(tx, thread, delivery, 300).await
        }
        ErrorClass::Window => {
            thread.conversation.window_closed_by_provider = true;
            advance(tx, thread, delivery, State::Failed).await.map(drop)
        }
        ErrorClass::Transient
        | ErrorClass::Recipient
        | ErrorClass::Payload
        | ErrorClass::UnknownPermanent => {
            delivery.dead = true;
            advance(tx, thread, delivery, State::Failed).await.map(drop)
        }
    }
}

/// 1, 2, 4 .. 60 seconds with full jitter, so that a crowd does not come back as one.
fn pause(attempt: i64) -> i64 {
    let ceiling =
        1_i64.checked_shl(u32::try_from(attempt.clamp(1, 7)).unwrap_or(7) - 1).unwrap_or(LONGEST_PAUSE);
    rand::random_range(1..=ceiling.min(LONGEST_PAUSE))
}

async fn try_again(
    tx: &mut Tx<'_>,
    thread: &mut Thread,
    delivery: &mut entity::delivery::Model,
    seconds: i64,
) -> Result<()> {
    delivery.due_at = tx.now() + TimeDelta::seconds(seconds);
    let due = delivery.due_at;
    advance(tx, thread, delivery, State::Queued).await?;
    tx.due(due);
    Ok(())
}

/// A status webhook for one of our messages. Returns whether it changed anything.
pub(crate) async fn status_arrived(
    tx: &mut Tx<'_>,
    thread: &mut Thread,
    delivery: &mut entity::delivery::Model,
    status: &whatsapp::Status,
) -> Result<bool> {
    let to = match &status.status {
        whatsapp::StatusKind::Sent => State::Sent,
        whatsapp::StatusKind::Delivered => State::Delivered,
        whatsapp::StatusKind::Read | whatsapp::StatusKind::Played => State::Read,
        whatsapp::StatusKind::Failed => State::Failed,
        whatsapp::StatusKind::Other(_) => return Ok(false),
    };
    if State::read(delivery)? == State::Unknown {
        bind(tx, delivery, &status.id).await?;
        // What waited behind the unknown one may go now.
        tx.hurry(LaneKey::delivery(thread.id()));
    }
    if to == State::Failed
        && let Some(error) = status.errors.first()
    {
        delivery.error_code = Some(error.code);
        delivery.error_text = Some(whatsapp::explain(error));
        if whatsapp::classify(error) == ErrorClass::Window {
            thread.conversation.window_closed_by_provider = true;
        }
    }
    let moved = advance(tx, thread, delivery, to).await?;
    conversation::save(tx, thread).await?;
    Ok(moved)
}
