//! What became of a send: Meta's answer, and later its statuses.
//!
//! Safe to repeat is only what Meta refused, or what never left this machine. Everything else is
//! UNKNOWN and never repeated by itself.

use chrono::TimeDelta;
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter};
use whatsapp::{CallError, ErrorClass, GraphError};

use super::claim::Subject;
use super::{State, advance, find};
use crate::conversation::{self, Judge, Thread};
use crate::database::statement;
use crate::env::Env;
use crate::error::Result;
use crate::event::Event;
use crate::id::MessageId;
use crate::lane::LaneKey;
use crate::tx::Tx;
use crate::{inbound, telemetry};

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
            bind(&mut tx, &thread, &delivery, &accepted.message_id).await?;
            delivery.error_code = None;
            delivery.error_text = None;
            advance(&mut tx, &mut thread, &mut delivery, State::Sent).await?;
            inbound::release(&mut tx, thread.widget.id, &accepted.message_id).await?;
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

/// Gives the message its id at Meta. If another row has it already (the phone app's echo came first and looked
/// like a message of its own), that row is hidden behind this one; nothing is renumbered.
pub(super) async fn bind(
    tx: &mut Tx<'_>,
    thread: &Thread,
    delivery: &entity::delivery::Model,
    provider_id: &str,
) -> Result<()> {
    use entity::message::Column;
    let of_widget = tx.find::<entity::message::Entity>().filter(Column::WidgetId.eq(thread.widget.id));
    match of_widget.filter(Column::ProviderId.eq(provider_id)).one(tx.db()).await? {
        None => {
            let bound = statement(
                tx.db(),
                "UPDATE message SET provider_id = $1 WHERE id = $2 AND provider_id IS NULL",
                [provider_id.into(), delivery.message_id.into()],
            );
            tx.db().execute_raw(bound).await?;
        }
        Some(other) if other.id == delivery.message_id || other.duplicate_of.is_some() => {}
        Some(mut other) => {
            other.duplicate_of = Some(delivery.message_id);
            tx.save(&other).await?;
            telemetry::duplicate();
            tx.announce(Event::MessageDuplicateFound {
                widget: thread.widget_id(),
                conversation: thread.id(),
                message: MessageId(other.id),
                duplicate_of: MessageId(delivery.message_id),
            });
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
        bind(tx, thread, delivery, &status.id).await?;
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
