//! Lanes that wait before a gate, in the order in which they came to it.

use std::collections::{BTreeSet, HashMap};

use sea_orm::ConnectionTrait;

use super::{LaneKey, LaneKind, lock, make_ready};
use crate::clock::{Time, machine_now};
use crate::database::statement;
use crate::error::Result;
use crate::gate::GateKey;
use crate::tx::SystemTx;

/// Where a lane waits. Places are given by machine time, so that two lanes never come at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// The one that it had.
    Kept,
    /// Behind all others.
    Last,
}

/// Parks a held lane before a gate: in the place that it had there, if it was let through in vain, or else behind
/// the others.
pub(crate) async fn park_before(
    db: &impl ConnectionTrait,
    (lane, token): (&LaneKey, i64),
    gate: &GateKey,
    place: Place,
    until: Option<Time>,
) -> Result<()> {
    let (kind, key) = gate.columns();
    let now = machine_now();
    db.execute_raw(statement(
        db,
        "UPDATE lane SET state = 'PARKED', due_at = $1, lease_until = NULL, \
         gated_at = CASE WHEN $2 THEN COALESCE(gated_at, $3) ELSE $4 END, gate_kind = $5, gate_key = $6 \
         WHERE kind = $7 AND key = $8 AND state = 'HELD' AND token = $9",
        [
            until.into(),
            (place == Place::Kept).into(),
            now.into(),
            now.into(),
            kind.into(),
            key.into(),
            lane.kind.as_str().into(),
            lane.key.clone().into(),
            token.into(),
        ],
    ))
    .await?;
    Ok(())
}

/// The lanes that have waited longest before a gate.
pub(crate) async fn waiting_before(
    db: &impl ConnectionTrait,
    gate: &GateKey,
    most: usize,
) -> Result<Vec<LaneKey>> {
    let (kind, key) = gate.columns();
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let sql = "SELECT key FROM lane WHERE kind = 'DELIVERY' AND state = 'PARKED' AND gate_kind = $1 AND gate_key = $2 \
               ORDER BY gated_at, key LIMIT $3";
    let rows = db.query_all_raw(statement(db, sql, [kind.into(), key.into(), most.into()])).await?;
    let delivery =
        |row: &sea_orm::QueryResult| Ok(LaneKey { kind: LaneKind::Delivery, key: row.try_get("", "key")? });
    rows.iter().map(delivery).collect()
}

/// Makes lanes that wait before a gate ready, in this order; they keep the mark of having waited.
pub(crate) async fn let_through(tx: &mut SystemTx<'_>, lanes: &[LaneKey]) -> Result<()> {
    let mut jobs = HashMap::new();
    // Locked in the order of their keys, like everywhere.
    for lane in lanes.iter().collect::<BTreeSet<_>>() {
        if let Some((state, token)) = lock(tx.db(), lane).await?
            && state == "PARKED"
        {
            jobs.insert(lane, make_ready(tx.db(), lane, token).await?);
        }
    }
    for job in lanes.iter().filter_map(|lane| jobs.remove(lane)) {
        tx.enqueue(job);
    }
    Ok(())
}
