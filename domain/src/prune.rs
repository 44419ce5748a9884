//! Old rows go: events past the retention, raw bodies, finished jobs.

use chrono::TimeDelta;
use sea_orm::ConnectionTrait;

use crate::clock::machine_now;
use crate::database::statement;
use crate::env::Env;
use crate::error::Result;
use crate::{job, ledger};

/// Rows per statement: no lock lasts long.
const BATCH: i64 = 5_000;

/// Deletes what nobody may ask for any more.
///
/// # Errors
/// The database's.
pub async fn run(env: &Env) -> Result<()> {
    while ledger::prune(env, BATCH).await? == BATCH as u64 {}
    events(env).await?;
    let finished_before = machine_now() - TimeDelta::hours(1);
    let batch = BATCH as u64;
    while job::table::prune(env.database.writer(), finished_before, batch).await? == batch {}
    Ok(())
}

/// Remembers how far each feed is pruned before the events go, so that no reader mistakes a gap.
async fn events(env: &Env) -> Result<()> {
    let db = env.database.writer();
    let horizon = env.clock.now() - env.settings.feed_retention;
    let through = "UPDATE feed SET pruned_through = old.through FROM (SELECT workspace_id, MAX(position) AS through FROM event \
                   WHERE at < $1 GROUP BY workspace_id) AS old WHERE old.workspace_id = feed.workspace_id \
                   AND old.through > feed.pruned_through";
    db.execute_raw(statement(db, through, [horizon.into()])).await?;
    let gone = "DELETE FROM event WHERE EXISTS (SELECT 1 FROM feed WHERE feed.workspace_id = event.workspace_id \
                AND event.position <= feed.pruned_through)";
    db.execute_raw(statement(db, gone, [])).await?;
    Ok(())
}
