//! What operators see of the lanes.

use sea_orm::ConnectionTrait;

use super::LaneKind;
use crate::clock::Time;
use crate::database::statement;
use crate::env::Env;
use crate::error::{Error, Result};

/// Every state of a lane, as stored.
const STATES: [&str; 4] = ["IDLE", "READY", "HELD", "PARKED"];

/// How many lanes of each kind are in each state, the empty ones too: a gauge that is not set again keeps
/// what it showed last.
///
/// # Errors
/// The database's.
pub async fn census(env: &Env) -> Result<Vec<(LaneKind, &'static str, i64)>> {
    let db = env.database.reader();
    let sql = "SELECT kind, state, COUNT(*) AS lanes FROM lane GROUP BY kind, state";
    let mut counts = std::collections::HashMap::new();
    for row in db.query_all_raw(statement(db, sql, [])).await? {
        let key: (String, String) = (row.try_get("", "kind")?, row.try_get("", "state")?);
        counts.insert(key, row.try_get::<i64>("", "lanes")?);
    }
    let all = LaneKind::ALL.into_iter().flat_map(|kind| STATES.map(|state| (kind, state)));
    let count = |(kind, state): (LaneKind, &'static str)| {
        let key = (kind.as_str().to_owned(), state.to_owned());
        (kind, state, counts.get(&key).copied().unwrap_or(0))
    };
    Ok(all.map(count).collect())
}

/// When the oldest thing came that waits in a lane of this kind. None when nothing waits.
///
/// # Errors
/// The database's.
pub async fn oldest(env: &Env, kind: LaneKind) -> Result<Option<Time>> {
    let sql = match kind {
        LaneKind::Intake => "SELECT MIN(received_at) AS at FROM ledger WHERE parsed_at IS NULL",
        LaneKind::Inbound => {
            "SELECT MIN(arrived_at) AS at FROM inbound_element WHERE outcome IS NULL AND lane_key IS NOT NULL"
        }
        LaneKind::Delivery => "SELECT MIN(created_at) AS at FROM delivery WHERE state = 'QUEUED'",
    };
    let db = env.database.reader();
    let row = db.query_one_raw(statement(db, sql, [])).await?.ok_or(Error::NotFound)?;
    Ok(row.try_get("", "at")?)
}
