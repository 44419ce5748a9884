//! What time alone does to a delivery: a bot message that nobody confirms or that cannot be sent
//! hands its conversation to a person.

use super::{State, conversation_of, end_unsendable, find, to_a_person};
use crate::conversation::{self, Judge, Thread, WaitReason};
use crate::env::Env;
use crate::error::Result;
use crate::id::{DeliveryId, WorkspaceId};
use crate::tx::Tx;

/// How long a message may be UNKNOWN without a status.
pub(crate) const SILENCE: chrono::TimeDelta = chrono::TimeDelta::minutes(2);

/// Meta has been silent about an UNKNOWN message for two minutes.
///
/// # Errors
/// The database's.
pub async fn silence(env: &Env, workspace: WorkspaceId, id: DeliveryId) -> Result<()> {
    let mut tx = Tx::begin(env, workspace).await?;
    let Some(seen) = find(&tx, id).await? else { return Ok(()) };
    tx.trace.clone_from(&seen.trace);
    let mut thread = conversation::lock(&mut tx, conversation_of(&seen)).await?;
    conversation::apply_due(&mut tx, &mut thread, Judge::Now).await?;
    let now = tx.now();
    if let Some(mut delivery) = find(&tx, id).await?
        && State::read(&delivery)? == State::Unknown
        && delivery.unknown_at.is_some_and(|at| at + SILENCE <= now)
    {
        // Told once; the state stays UNKNOWN and a status may still settle it.
        delivery.unknown_at = None;
        tx.save(&delivery).await?;
        to_a_person(&mut tx, &mut thread, &delivery, WaitReason::DeliveryUnknown).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// A bot message has waited ten minutes: it is void, and a person is responsible.
///
/// # Errors
/// The database's.
pub async fn give_up(env: &Env, workspace: WorkspaceId, id: DeliveryId) -> Result<()> {
    let mut tx = Tx::begin(env, workspace).await?;
    let Some(seen) = find(&tx, id).await? else { return Ok(()) };
    tx.trace.clone_from(&seen.trace);
    let mut thread = conversation::lock(&mut tx, conversation_of(&seen)).await?;
    conversation::apply_due(&mut tx, &mut thread, Judge::Now).await?;
    let now = tx.now();
    if let Some(mut delivery) = find(&tx, id).await?
        && State::read(&delivery)? == State::Queued
        && delivery.give_up_at.is_some_and(|at| at <= now)
    {
        too_late(&mut tx, &mut thread, &mut delivery).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Nobody wants the answer any more.
pub(super) async fn too_late(
    tx: &mut Tx<'_>,
    thread: &mut Thread,
    delivery: &mut entity::delivery::Model,
) -> Result<()> {
    delivery.dead = true;
    end_unsendable(tx, thread, delivery, State::Cancelled).await
}
