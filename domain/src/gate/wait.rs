//! Waiting before a gate, and being let through: first come, first served.

use sea_orm::ConnectionTrait;

use super::pass::received;
use super::{Closed, Gate, GateKey, Kind, lock, pace};
use crate::clock::Time;
use crate::database::statement;
use crate::env::Env;
use crate::error::Result;
use crate::id::WidgetId;
use crate::lane::{self, LaneKey, Place};
use crate::tx::SystemTx;

/// How many an account's gate lets through at a time.
const ACCOUNT_AT_ONCE: usize = 20;
/// How long whoever was let through after an error has until it counts as lost.
const UNDER_WAY: chrono::TimeDelta = chrono::TimeDelta::seconds(5);

/// Leaves a held lane before a gate. `waited` is the gate that let it through, without effect so far; `until` is when
/// something must be done all the same: the window closes.
pub(crate) async fn wait_before(
    env: &Env,
    (lane, token): (&LaneKey, i64),
    closed: &Closed,
    waited: Option<&GateKey>,
    until: Option<Time>,
) -> Result<()> {
    let mut tx = SystemTx::begin(env).await?;
    let now = env.clock.now();
    let mut gate = lock(tx.db(), &closed.gate).await?;
    if !gate.row.waiting || gate.row.release_at.is_none() {
        gate.row.waiting = true;
        // It may have changed since the lane was turned away.
        gate.row.release_at = match gate.reason {
            Some(_) => gate.row.open_at,
            None => Some(closed.room_at.unwrap_or(now)),
        };
        gate.save(tx.db()).await?;
    }
    // Who was let through in vain does not begin again at the end, be it before another gate.
    let place = if waited.is_some() { Place::Kept } else { Place::Last };
    lane::park_before(tx.db(), (lane, token), &closed.gate, place, until).await?;
    for at in [gate.row.release_at, until].into_iter().flatten() {
        tx.due(at);
    }
    tx.commit().await?;
    match waited {
        Some(other) if *other != closed.gate => pass_on(env, other).await,
        _ => Ok(()),
    }
}

/// The gates at which somebody waits who may go now, and those that an error blocked for a time that is over.
pub(crate) async fn due(db: &impl ConnectionTrait, now: Time, limit: i64) -> Result<Vec<GateKey>> {
    let sql = "SELECT kind, key FROM send_gate WHERE waiting AND release_at <= $1 \
               UNION SELECT kind, key FROM send_gate WHERE reason IS NOT NULL AND open_at <= $2 AND NOT waiting LIMIT $3";
    let rows = db.query_all_raw(statement(db, sql, [now.into(), now.into(), limit.into()])).await?;
    let mut keys = Vec::new();
    for row in rows {
        let (kind, key): (String, String) = (row.try_get("", "kind")?, row.try_get("", "key")?);
        keys.push(GateKey::read(&kind, &key)?);
    }
    Ok(keys)
}

/// Lets through who may go now, and notes when to look again. Where nobody waits, an error that is over is forgotten.
pub(crate) async fn release(env: &Env, key: &GateKey) -> Result<()> {
    let mut tx = SystemTx::begin(env).await?;
    let now = env.clock.now();
    let mut gate = lock(tx.db(), key).await?;
    if !gate.row.waiting {
        if gate.reason.is_some() && !gate.is_blocked(now) {
            gate.clear(now);
            gate.save(tx.db()).await?;
        }
        return tx.commit().await;
    }
    if gate.row.release_at.is_none_or(|at| at > now) {
        return Ok(());
    }
    if gate.is_blocked(now) {
        gate.row.release_at = gate.row.open_at;
    } else {
        let (most, again) = permits(&tx, &gate, now).await?;
        let lanes = lane::waiting_before(tx.db(), key, most).await?;
        // Those who go now count as gone; nobody else is let through in their place.
        gate.row.waiting = lanes.len() == most;
        lane::let_through(&mut tx, &lanes).await?;
        gate.row.release_at = Some(again);
    }
    if let Some(at) = gate.row.release_at.filter(|_| gate.row.waiting) {
        tx.due(at);
    }
    gate.save(tx.db()).await?;
    tx.commit().await
}

/// Whoever was let through had nothing to send any more: the next one may go in its place.
pub(crate) async fn pass_on(env: &Env, key: &GateKey) -> Result<()> {
    let mut tx = SystemTx::begin(env).await?;
    let now = env.clock.now();
    let mut gate = lock(tx.db(), key).await?;
    if gate.row.waiting && !gate.is_blocked(now) {
        gate.row.release_at = Some(now);
        gate.save(tx.db()).await?;
        tx.due(now);
    }
    tx.commit().await
}

/// How many may go, and when it is worth looking again after that.
async fn permits(tx: &SystemTx<'_>, gate: &Gate, now: Time) -> Result<(usize, Time)> {
    if gate.reason.is_some() {
        // After an error one tries for all.
        return Ok((1, now + UNDER_WAY));
    }
    if gate.key.kind == Kind::Account {
        return Ok((ACCOUNT_AT_ONCE, now + chrono::TimeDelta::milliseconds(500)));
    }
    let Ok(widget) = gate.key.key.parse::<WidgetId>() else { return Ok((ACCOUNT_AT_ONCE, now)) };
    let mut counted = gate.sent.clone();
    counted.extend(received(tx.db(), widget.0, gate.row.per_second, now).await?);
    let room = pace::room(&counted, gate.row.per_second, now);
    counted.extend(std::iter::repeat_n(now, room));
    Ok((room, pace::next_free(&counted, gate.row.per_second, now)))
}
