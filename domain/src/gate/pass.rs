//! Passing the gates, last of all before a send starts.

use chrono::TimeDelta;
use sea_orm::ConnectionTrait;

use super::{Gate, GateKey, Kind, Reason, lock, pace, read};
use crate::clock::Time;
use crate::database::statement;
use crate::error::Result;
use crate::tx::Tx;

/// How long the first one after an error may take to tell how it went. Longer than any call.
const TRIAL: TimeDelta = TimeDelta::seconds(20);

/// Whether a send may start.
pub(crate) enum Passage {
    /// It may, and it is counted.
    Through,
    /// It waits.
    Closed(Closed),
}

/// The gate to wait before.
#[derive(Debug)]
pub(crate) struct Closed {
    pub gate: GateKey,
    /// When it may have room. None where an error says how long.
    pub room_at: Option<Time>,
}

/// Passes all gates of a widget, or none. `waited` is the gate that let the lane through after waiting.
pub(crate) async fn pass(
    tx: &mut Tx<'_>,
    widget: &entity::widget::Model,
    waited: Option<&GateKey>,
) -> Result<Passage> {
    let now = tx.now();
    let mut gates = Vec::new();
    for key in GateKey::before(widget) {
        // All numbers of an account share its gate: it is ours alone only where something is wrong.
        let matters = |gate: Gate| gate.reason.is_some() || gate.row.waiting;
        if key.kind == Kind::Number || read(tx.db(), &key).await?.is_some_and(matters) {
            gates.push(lock(tx.db(), &key).await?);
        }
    }
    for gate in &mut gates {
        // Whoever comes now goes behind those who wait. Who has waited has not to wait before the other gate too: two
        // gates would send their first ones to each other's end for ever.
        let overtakes = gate.row.waiting && waited.is_none();
        if overtakes || gate.is_blocked(now) {
            return Ok(Passage::Closed(Closed { gate: gate.key.clone(), room_at: None }));
        }
        if gate.key.kind == Kind::Number {
            let counted = counted(tx.db(), gate, widget, now).await?;
            let free = pace::next_free(&counted, gate.row.per_second, now);
            if free > now {
                return Ok(Passage::Closed(Closed { gate: gate.key.clone(), room_at: Some(free) }));
            }
        }
    }
    for mut gate in gates {
        let trial = gate.reason.is_some();
        if trial {
            gate.row.open_at = Some(now + TRIAL);
            gate.row.release_at = gate.row.open_at;
        }
        if gate.key.kind == Kind::Number {
            gate.sent.retain(|at| *at > pace::horizon(now));
            gate.sent.push(now);
        }
        if trial || gate.key.kind == Kind::Number {
            gate.save(tx.db()).await?;
        }
    }
    Ok(Passage::Through)
}

/// Meta took or judged a message: nothing is wrong with the number or the account as such, unless the gate closed after
/// the call `began`.
pub(crate) async fn passed(tx: &mut Tx<'_>, widget: &entity::widget::Model, began: Time) -> Result<()> {
    for key in GateKey::before(widget) {
        let Some(gate) = read(tx.db(), &key).await? else { continue };
        let by_time = matches!(gate.reason, Some(Reason::Throttled | Reason::Unreachable));
        if by_time && gate.row.blocked_at.is_none_or(|at| began > at) {
            super::open(tx, &key).await?;
        }
    }
    Ok(())
}

/// What counts towards the number's second: what it sent, and what its customers wrote.
pub(super) async fn counted(
    db: &impl ConnectionTrait,
    gate: &Gate,
    widget: &entity::widget::Model,
    now: Time,
) -> Result<Vec<Time>> {
    let inbound = received(db, widget.id, gate.row.per_second, now).await?;
    Ok(gate.sent.iter().copied().chain(inbound).collect())
}

/// The newest customer messages of the last second, as many as could matter.
pub(super) async fn received(
    db: &impl ConnectionTrait,
    widget: uuid::Uuid,
    per_second: i64,
    now: Time,
) -> Result<Vec<Time>> {
    let sql = "SELECT arrived_at FROM inbound_element WHERE widget_id = $1 AND field = 'messages' AND kind = 'message' \
               AND arrived_at > $2 ORDER BY arrived_at DESC LIMIT $3";
    let values = [widget.into(), pace::horizon(now).into(), per_second.into()];
    let rows = db.query_all_raw(statement(db, sql, values)).await?;
    Ok(rows.iter().map(|row| row.try_get("", "arrived_at")).collect::<Result<_, _>>()?)
}
