//! Runs that have been over for long go, with their journals; what they said stays.

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::clock::Time;
use crate::database::statement;
use crate::env::Env;
use crate::error::Result;

/// What belongs to a run, and the run.
const TABLES: [(&str, &str); 4] = [
    ("workflow_stimulus", "run_id"),
    ("workflow_transition", "run_id"),
    ("workflow_entry", "run_id"),
    ("workflow_run", "id"),
];

/// Deletes up to `most` runs that ended before then; gives back how many.
///
/// # Errors
/// The database's.
pub async fn prune(env: &Env, before: Time, most: u16) -> Result<usize> {
    let db = env.database.reader();
    let over = "SELECT id FROM workflow_run WHERE ended_at IS NOT NULL AND ended_at < $1 LIMIT $2";
    let rows = db.query_all_raw(statement(db, over, [before.into(), i64::from(most).into()])).await?;
    if rows.is_empty() {
        return Ok(0);
    }
    let tx = env.database.begin().await?;
    for row in &rows {
        let run: Uuid = row.try_get("", "id")?;
        // One that is tried again at this moment is not over any more; its lock is waited for.
        let still = "UPDATE workflow_run SET ended_at = ended_at WHERE id = $1 AND ended_at < $2";
        if tx.execute_raw(statement(&tx, still, [run.into(), before.into()])).await?.rows_affected() == 0 {
            continue;
        }
        for (table, column) in TABLES {
            let gone = format!("DELETE FROM {table} WHERE {column} = $1");
            tx.execute_raw(statement(&tx, &gone, [run.into()])).await?;
        }
    }
    tx.commit().await?;
    Ok(rows.len())
}
