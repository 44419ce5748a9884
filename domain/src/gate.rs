//! What stops the sends of more than one conversation: a number that sends too fast or is not connected, an
//! account that calls too much.
//!
//! A gate is blocked by an error (with a reason, until a time or until somebody opens it), or merely full for a
//! moment (see [`pace`]). Lanes that find it so wait before it and are let through in the order in which they came,
//! as many as may pass. After an error one goes first, and only when Meta took it the others follow. What was on its way
//! when the gate closed neither opens it nor closes it for longer than Meta asks.
//!
//! Invariant: gates are locked after the rows of a conversation and before lanes, in the order of their keys.

mod find;
mod key;
pub mod pace;
mod pass;
mod row;
mod wait;

use chrono::TimeDelta;

use crate::clock::Time;
use crate::error::Result;
use crate::id::WidgetId;
use crate::tx::Tx;
use key::Kind;
use row::{Gate, lock, read};

pub use find::{Sending, blocked_for, of};
pub use key::GateKey;
pub(crate) use pass::{Closed, Passage, pass, passed};
pub use row::Reason;
pub(crate) use wait::{due, pass_on, release, wait_before};

/// The shortest pause after any error.
pub(crate) const SHORTEST_PAUSE: TimeDelta = TimeDelta::seconds(1);
/// The longest pause after a throttle or an unreachable Meta.
const LONGEST_PAUSE: i64 = 60;
/// The longest pause of an account, in minutes.
const LONGEST_ACCOUNT_PAUSE: i64 = 60;

/// An error stops everything behind the gate. Without `until` it is the caller who opens it again; an unhealthy
/// number stays so whatever else Meta answers meanwhile.
pub(crate) async fn block(tx: &mut Tx<'_>, key: &GateKey, reason: Reason, until: Option<Time>) -> Result<()> {
    let mut gate = lock(tx.db(), key).await?;
    if gate.reason == Some(Reason::Unhealthy) && reason != Reason::Unhealthy {
        return Ok(());
    }
    gate.reason = Some(reason);
    gate.row.open_at = until;
    gate.row.release_at = until;
    gate.row.strikes += 1;
    let now = tx.now();
    gate.row.blocked_since.get_or_insert(now);
    gate.row.blocked_at = Some(now);
    if let Some(until) = until {
        tx.due(until);
    }
    gate.save(tx.db()).await
}

/// A pause that grows with every refusal in a row, or as long as Meta asks for. `began` is when the refused call did.
pub(crate) async fn back_off(
    tx: &mut Tx<'_>,
    key: &GateKey,
    reason: Reason,
    asked_for: Option<TimeDelta>,
    began: Time,
) -> Result<()> {
    let mut gate = lock(tx.db(), key).await?;
    // It was on its way when the gate closed: one refusal more of the same kind.
    let is_old = gate.row.blocked_at.is_some_and(|at| began <= at);
    let strikes = gate.row.strikes + i64::from(!is_old);
    // Meta may ask for no pause at all: then it would be asked in a circle.
    let asked_for = asked_for.map(|asked_for| asked_for.max(SHORTEST_PAUSE));
    let pause = asked_for.unwrap_or_else(|| match key.kind {
        Kind::Number => TimeDelta::seconds(pace::jitter(strikes, LONGEST_PAUSE)),
        Kind::Account => TimeDelta::minutes(pace::doubling(strikes, LONGEST_ACCOUNT_PAUSE)),
    });
    let until = tx.now() + pause;
    if !is_old {
        return block(tx, key, reason, Some(until)).await;
    }
    // Where the gate is open again, a later call was taken; where health keeps it closed, time does not open it.
    let Some(open_at) = gate.row.open_at.filter(|at| gate.reason.is_some() && *at < until) else {
        return Ok(());
    };
    tracing::debug!(gate = key.key, %open_at, %until, "a gate stays closed for longer");
    gate.row.open_at = Some(until);
    gate.row.release_at = Some(until);
    tx.due(until);
    gate.save(tx.db()).await
}

/// What blocked the gate is over: who waits may go.
pub(crate) async fn open(tx: &mut Tx<'_>, key: &GateKey) -> Result<()> {
    // A gate that nobody ever closed need not be made to be opened.
    if read(tx.db(), key).await?.is_none_or(|gate| gate.reason.is_none()) {
        return Ok(());
    }
    let mut gate = lock(tx.db(), key).await?;
    let now = tx.now();
    gate.clear(now);
    tx.due(now);
    gate.save(tx.db()).await
}

/// How many messages a second the number may send and receive.
pub(crate) async fn set_pace(tx: &Tx<'_>, widget: WidgetId, per_second: i64) -> Result<()> {
    let mut gate = lock(tx.db(), &GateKey::number(widget)).await?;
    if gate.row.per_second == per_second {
        return Ok(());
    }
    gate.row.per_second = per_second;
    gate.save(tx.db()).await
}
