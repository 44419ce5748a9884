//! One conversation's sends, one after the other.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};

use super::claim::{Claim, Claimed, Subject, claim};
use super::fault::{self, Fault};
use super::settle::{Outcome, settle, settled};
use super::{State, find};
use crate::clock::Time;
use crate::conversation::{self, Judge};
use crate::env::Env;
use crate::error::{Error, Result};
use crate::gate;
use crate::id::{ConversationId, DeliveryId, WorkspaceId};
use crate::lane::{self, LaneKey, Rest};
use crate::scope::everywhere;
use crate::seam::{self, Seam};
use crate::telemetry;
use crate::trace;
use crate::tx::Tx;

/// How long a send with an unknown outcome holds back the next one.
const UNKNOWN_HOLDS: TimeDelta = TimeDelta::seconds(10);
/// The most a holder does before it lets others in.
const ITEMS: usize = 20;
const LONG_ENOUGH: Duration = Duration::from_secs(5);

/// Works through a delivery lane: claim, commit, call, settle, again and again.
///
/// # Errors
/// The database's. What a call to Meta answers is no error here: it becomes the delivery's state.
pub async fn drain(env: &Env, lane: &LaneKey, token: i64) -> Result<()> {
    let Ok(conversation) = lane.key.parse::<ConversationId>() else { return Err(Error::NotFound) };
    let Some(workspace) = workspace_of(env, conversation).await? else { return Err(Error::NotFound) };
    let Some(lane::Held { token, mut waited }) = lane::hold(env, lane, token).await? else { return Ok(()) };
    let began = Instant::now();
    for _ in 0..ITEMS {
        if began.elapsed() > LONG_ENOUGH {
            break;
        }
        let db = env.database.writer();
        let delivery = match next(db, conversation, env.clock.now()).await? {
            Next::Nothing | Next::Later(_) => break,
            Next::Lost(delivery) => {
                // Whoever claimed it is gone: the request may have been written.
                let subject = Subject { workspace, conversation, delivery, lane, token };
                match recover(env, &subject).await {
                    Err(Error::Conflict) => return Ok(()),
                    other => other?,
                }
                continue;
            }
            Next::Send(delivery) => delivery,
        };
        let subject = Subject { workspace, conversation, delivery, lane, token };
        let claim = match claim(env, &subject, waited.as_ref()).await {
            // Another holder has the lane now.
            Err(Error::Conflict) => return Ok(()),
            other => other?,
        };
        match claim {
            Claim::Settled => {}
            Claim::Gated { closed, until } => {
                return gate::wait_before(env, (lane, token), &closed, waited.as_ref(), until).await;
            }
            Claim::Send(claimed) => {
                // The next message of this conversation goes behind the others that wait.
                waited = None;
                let send = async {
                    seam::take(workspace, Seam::BeforeSend)?;
                    let answer = call(env, &claimed).await;
                    seam::take(workspace, Seam::AfterSend)?;
                    settle(env, &subject, claimed.attempt, answer).await
                };
                trace::within_that_of(claimed.trace.as_deref(), send).await?;
            }
        }
    }
    if let Some(gate) = &waited {
        gate::pass_on(env, gate).await?;
    }
    lane::leave(env, lane, token, async |tx| {
        Ok(match next(tx.db(), conversation, env.clock.now()).await? {
            Next::Nothing => Rest::Nothing,
            Next::Later(at) => Rest::At(at),
            Next::Lost(_) | Next::Send(_) => Rest::Now,
        })
    })
    .await
}

async fn call(env: &Env, claimed: &Claimed) -> Outcome {
    let send = whatsapp::TextSend {
        to: &claimed.to,
        text: &claimed.text,
        reference: &claimed.reference,
        reply_to: None,
    };
    let outcome = env.outside.graph().send_text(&claimed.token, &claimed.phone_number_id, &send).await;
    telemetry::sent(&outcome);
    if let Err(error) = &outcome {
        tracing::info!(delivery = %claimed.delivery, attempt = claimed.attempt, %error, "a send was not accepted");
    }
    outcome
}

/// What a delivery lane does next.
enum Next {
    Nothing,
    Later(Time),
    Lost(DeliveryId),
    Send(DeliveryId),
}

async fn next(db: &impl sea_orm::ConnectionTrait, conversation: ConversationId, now: Time) -> Result<Next> {
    let open = [State::Queued, State::Sending, State::Unknown].map(State::as_str);
    let rows = everywhere::<entity::delivery::Entity>()
        .filter(entity::delivery::Column::ConversationId.eq(conversation.0))
        .filter(entity::delivery::Column::State.is_in(open))
        .order_by_asc(entity::delivery::Column::Number)
        .all(db)
        .await?;
    for row in rows {
        match State::read(&row)? {
            State::Sending => return Ok(Next::Lost(DeliveryId(row.id))),
            State::Unknown => match row.unknown_at.map(|at| at + UNKNOWN_HOLDS) {
                Some(until) if until > now => return Ok(Next::Later(until)),
                _ => {}
            },
            State::Queued if row.due_at > now => return Ok(Next::Later(row.due_at)),
            State::Queued => return Ok(Next::Send(DeliveryId(row.id))),
            State::Sent | State::Delivered | State::Read | State::Failed | State::Cancelled => {}
        }
    }
    Ok(Next::Nothing)
}

async fn recover(env: &Env, subject: &Subject<'_>) -> Result<()> {
    let mut tx = Tx::begin(env, subject.workspace).await?;
    tx.renew(subject.lane.clone(), subject.token);
    let mut thread = conversation::lock(&mut tx, subject.conversation).await?;
    conversation::apply_due(&mut tx, &mut thread, Judge::Now).await?;
    if let Some(mut delivery) = find(&tx, subject.delivery).await?
        && State::read(&delivery)? == State::Sending
    {
        tx.trace.clone_from(&delivery.trace);
        let reason = "the server stopped while this was being sent; it may have arrived";
        fault::because(&mut delivery, Fault::Unknown, reason);
        super::advance(&mut tx, &mut thread, &mut delivery, State::Unknown).await?;
        settled(&mut tx, &thread, &delivery).await?;
        tx.due(tx_due(&delivery));
        conversation::save(&mut tx, &mut thread).await?;
    }
    tx.commit().await?;
    Ok(())
}

fn tx_due(delivery: &entity::delivery::Model) -> Time {
    delivery.unknown_at.unwrap_or(delivery.due_at) + UNKNOWN_HOLDS
}

async fn workspace_of(env: &Env, conversation: ConversationId) -> Result<Option<WorkspaceId>> {
    let query = everywhere::<entity::conversation::Entity>()
        .filter(entity::conversation::Column::Id.eq(conversation.0));
    Ok(query.one(env.database.reader()).await?.map(|row| WorkspaceId(row.workspace_id)))
}
