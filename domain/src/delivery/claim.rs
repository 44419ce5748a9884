//! The claim: the last look before a send starts, in one transaction with its SENDING event.
//!
//! Invariant: after a takeover no send of the bot is started, because the claim checks both epochs
//! under the conversation's lock.

use super::fault::{self, Fault};
use super::timer::too_late;
use super::{State, advance, end_unsendable, find};
use crate::clock::Time;
use crate::contact;
use crate::conversation::{self, CloseReason, Judge, Thread};
use crate::env::Env;
use crate::error::{Error, Result};
use crate::gate::{self, GateKey, Passage, pace};
use crate::id::{ContactId, ConversationId, DeliveryId, MessageId, SessionId, WorkspaceId};
use crate::lane::LaneKey;
use crate::tx::Tx;
use crate::{message, session, turn};

/// A send that may start now.
pub(super) struct Claimed {
    pub delivery: DeliveryId,
    pub attempt: i64,
    pub phone_number_id: String,
    pub token: String,
    pub to: whatsapp::Recipient,
    pub text: String,
    pub reference: String,
    pub trace: Option<String>,
}

/// What a claim comes to.
pub(super) enum Claim {
    /// There is nothing to send: settled without a call, or not due any more.
    Settled,
    /// The number or the account must wait. Until the reply window closes at the latest.
    Gated { closed: gate::Closed, until: Option<Time> },
    /// It may start now.
    Send(Box<Claimed>),
}

/// Which delivery, under which lane.
pub(super) struct Subject<'a> {
    pub workspace: WorkspaceId,
    pub conversation: ConversationId,
    pub delivery: DeliveryId,
    pub lane: &'a LaneKey,
    pub token: i64,
}

/// Marks the delivery as SENDING, or settles it without a call. `waited` is the gate that the lane was let through.
pub(super) async fn claim(env: &Env, subject: &Subject<'_>, waited: Option<&GateKey>) -> Result<Claim> {
    let mut tx = Tx::begin(env, subject.workspace).await?;
    tx.renew(subject.lane.clone(), subject.token);
    let mut thread = conversation::lock(&mut tx, subject.conversation).await?;
    conversation::apply_due(&mut tx, &mut thread, Judge::Now).await?;
    let now = tx.now();
    let Some(mut delivery) = find(&tx, subject.delivery).await? else { return Err(Error::NotFound) };
    tx.trace.clone_from(&delivery.trace);
    if State::read(&delivery)? != State::Queued || delivery.due_at > now {
        tx.commit().await?;
        return Ok(Claim::Settled);
    }
    let claim = match obstacle(&tx, &thread, &delivery, now).await? {
        None => start(&mut tx, &mut thread, &mut delivery, waited).await?,
        Some(obstacle) => {
            clear_away(&mut tx, &mut thread, &mut delivery, obstacle).await?;
            Claim::Settled
        }
    };
    if !matches!(claim, Claim::Gated { .. }) {
        conversation::save(&mut tx, &mut thread).await?;
    }
    tx.commit().await?;
    Ok(claim)
}

/// Why a queued delivery is not sent.
enum Obstacle {
    Archived,
    TooLate,
    Takeover,
    BotStopped,
    WindowClosed,
    Closed,
}

async fn obstacle(
    tx: &Tx<'_>,
    thread: &Thread,
    delivery: &entity::delivery::Model,
    now: Time,
) -> Result<Option<Obstacle>> {
    Ok(if thread.widget.archived_at.is_some() {
        Some(Obstacle::Archived)
    } else if delivery.give_up_at.is_some_and(|at| at <= now) {
        Some(Obstacle::TooLate)
    } else if delivery.automatic && delivery.conversation_epoch != thread.conversation.epoch {
        Some(Obstacle::Takeover)
    } else if delivery.automatic && delivery.widget_epoch != thread.widget.epoch {
        Some(Obstacle::BotStopped)
    } else if !thread.window_is_open(now) {
        Some(Obstacle::WindowClosed)
    } else if delivery.automatic && was_closed_by_member(tx, delivery).await? {
        Some(Obstacle::Closed)
    } else {
        None
    })
}

/// A member's close raises no epoch, and a send that Meta refused may come back to the queue after it.
async fn was_closed_by_member(tx: &Tx<'_>, delivery: &entity::delivery::Model) -> Result<bool> {
    let message = message::one(tx, MessageId(delivery.message_id)).await?;
    let Some(session) = message.and_then(|message| message.session_id) else { return Ok(false) };
    let session = session::read(tx, SessionId(session)).await?;
    Ok(session.close_reason.as_deref() == Some(CloseReason::Agent.as_str()))
}

async fn clear_away(
    tx: &mut Tx<'_>,
    thread: &mut Thread,
    delivery: &mut entity::delivery::Model,
    obstacle: Obstacle,
) -> Result<()> {
    match obstacle {
        Obstacle::Archived | Obstacle::Closed => {
            advance(tx, thread, delivery, State::Cancelled).await?;
        }
        Obstacle::TooLate => too_late(tx, thread, delivery).await?,
        // A person who took over may have handed back already.
        Obstacle::Takeover | Obstacle::BotStopped => {
            advance(tx, thread, delivery, State::Cancelled).await?;
            turn::redo(tx, thread).await?;
        }
        Obstacle::WindowClosed => {
            let reason = "the 24 hours after the customer's last message were over (WINDOW_CLOSED)";
            fault::because(delivery, Fault::WindowClosed, reason);
            advance(tx, thread, delivery, State::Failed).await?;
        }
    }
    Ok(())
}

async fn start(
    tx: &mut Tx<'_>,
    thread: &mut Thread,
    delivery: &mut entity::delivery::Model,
    waited: Option<&GateKey>,
) -> Result<Claim> {
    let now = tx.now();
    let Some(ready) = prepare(tx, thread, delivery).await? else {
        delivery.error_code = None;
        let reason = "the number has no access token, or the contact has no address on WhatsApp";
        fault::because(delivery, Fault::NotSent, reason);
        end_unsendable(tx, thread, delivery, State::Failed).await?;
        return Ok(Claim::Settled);
    };
    let paced_until = match pace::book(thread.conversation.paced_until, now) {
        Ok(until) => until,
        Err(room_at) => {
            // Meta's limit for one customer concerns this lane alone: it waits by its own due time.
            delivery.due_at = room_at;
            tx.save(delivery).await?;
            tx.due(room_at);
            return Ok(Claim::Settled);
        }
    };
    if let Passage::Closed(closed) = gate::pass(tx, &thread.widget, waited).await? {
        return Ok(Claim::Gated { closed, until: thread.conversation.window_closes_at });
    }
    thread.conversation.paced_until = Some(paced_until);
    delivery.attempts += 1;
    delivery.sending_at = Some(now);
    advance(tx, thread, delivery, State::Sending).await?;
    Ok(Claim::Send(Box::new(Claimed {
        attempt: delivery.attempts,
        // Meta echoes it on every status: an answer that was lost is bound by it.
        reference: format!("{}:{}", MessageId(delivery.message_id), delivery.attempts),
        ..ready
    })))
}

async fn prepare(
    tx: &Tx<'_>,
    thread: &Thread,
    delivery: &entity::delivery::Model,
) -> Result<Option<Claimed>> {
    let message = message::one(tx, MessageId(delivery.message_id)).await?.ok_or(Error::NotFound)?;
    let contact = ContactId(thread.conversation.contact_id);
    let to =
        contact::recipient(tx, contact, thread.widget.portfolio_id.as_deref().unwrap_or_default()).await?;
    let (Some(to), Some(phone_number_id)) = (to, thread.widget.phone_number_id.clone()) else {
        return Ok(None);
    };
    let Some(token) = crate::widget::access_token(tx.env, &thread.widget)? else { return Ok(None) };
    Ok(Some(Claimed {
        delivery: DeliveryId(delivery.id),
        attempt: 0,
        phone_number_id,
        token,
        to,
        text: message.text,
        reference: String::new(),
        trace: delivery.trace.clone(),
    }))
}
