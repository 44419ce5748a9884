//! Old rows go: events and runs of workflows past their retention, raw bodies, finished jobs.

use chrono::TimeDelta;
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::clock::machine_now;
use crate::database::statement;
use crate::env::Env;
use crate::error::Result;
use crate::workflow::live;
use crate::{job, ledger};

/// Rows per transaction: no lock lasts long.
const BATCH: u16 = 1_000;
/// Runs per transaction: each has a journal.
const RUNS: u16 = 100;

/// Deletes what nobody may ask for any more.
///
/// # Errors
/// The database's.
pub async fn run(env: &Env) -> Result<()> {
    while ledger::prune(env, BATCH.into()).await? == usize::from(BATCH) {}
    events(env).await?;
    let ended_before = env.clock.now() - env.settings.run_retention;
    while live::prune(env, ended_before, RUNS).await? == usize::from(RUNS) {}
    let finished_before = machine_now() - TimeDelta::hours(1);
    while job::table::prune(env.database.writer(), finished_before, BATCH.into()).await? == u64::from(BATCH) {
    }
    Ok(())
}

/// The old events of every workspace.
async fn events(env: &Env) -> Result<()> {
    let db = env.database.reader();
    let horizon = env.clock.now() - env.settings.feed_retention;
    let old = "SELECT e.workspace_id, MAX(e.position) AS through, MIN(f.pruned_through) AS pruned FROM event e \
               JOIN feed f ON f.workspace_id = e.workspace_id WHERE e.at < $1 GROUP BY e.workspace_id";
    for row in db.query_all_raw(statement(db, old, [horizon.into()])).await? {
        let workspace: Uuid = row.try_get("", "workspace_id")?;
        let (through, mut pruned): (i64, i64) = (row.try_get("", "through")?, row.try_get("", "pruned")?);
        while pruned < through {
            pruned = through.min(pruned + i64::from(BATCH));
            through_position(env, workspace, pruned).await?;
        }
    }
    Ok(())
}

/// Remembers how far the feed is pruned in the transaction that prunes it: no reader takes the gap for a loss.
async fn through_position(env: &Env, workspace: Uuid, position: i64) -> Result<()> {
    let tx = env.database.begin().await?;
    let mark = "UPDATE feed SET pruned_through = $1 WHERE workspace_id = $2 AND pruned_through < $3";
    tx.execute_raw(statement(&tx, mark, [position.into(), workspace.into(), position.into()])).await?;
    let gone = "DELETE FROM event WHERE workspace_id = $1 AND position <= $2";
    tx.execute_raw(statement(&tx, gone, [workspace.into(), position.into()])).await?;
    tx.commit().await?;
    Ok(())
}
