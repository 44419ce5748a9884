//! The job: counts anew what changed, then one more of the days in which anything happened and that were never counted.
//! Run twice, late or beside another one, it leaves the same.

use sea_orm::ConnectionTrait;

use super::quarter::{self, OF_A_DAY};
use super::{bucket, count, dirty, ends, progress};
use crate::clock::machine_now;
use crate::database::statement;
use crate::env::Env;
use crate::error::Result;
use crate::id::WorkspaceId;
use crate::job::Job;
use crate::tx::Tx;

/// Events read at once.
const EVENTS: u64 = 1_000;

/// One step; another job goes on where it ends.
///
/// # Errors
/// The database's; the job layer tries again.
pub async fn roll_up(env: &Env, workspace: WorkspaceId) -> Result<()> {
    let mut tx = Tx::begin(env, workspace).await?;
    let mut row = progress::lock(&mut tx).await?;
    let tail = dirty::after(tx.db(), workspace, row.position, EVENTS).await?;
    for (widget, changed) in tail.quarters.iter().filter(|(_, changed)| *changed >= row.built_from) {
        let until = changed + 1;
        let times = (quarter::start(*changed), quarter::start(until));
        let counts = count::plain(tx.db(), (workspace, *widget), times).await?;
        bucket::replace(tx.db(), (workspace, *widget), (*changed, until), &counts).await?;
    }
    row.position = tail.through;
    let widgets = progress::widgets(tx.db(), workspace).await?;
    // What lies between is empty: an old clock must not cost a step for every day since.
    let last = ends::last_before(tx.db(), workspace, &widgets, quarter::start(row.built_from)).await?;
    if let Some(last) = last {
        let from = last + 1 - OF_A_DAY;
        let times = (quarter::start(from), quarter::start(last + 1));
        for widget in widgets {
            let counts = count::plain(tx.db(), (workspace, widget), times).await?;
            bucket::replace(tx.db(), (workspace, widget), (from, row.built_from), &counts).await?;
        }
        row.built_from = from;
    }
    if !tail.whole || last.is_some() {
        tx.enqueue(Job::RollUp { workspace, tick: machine_now().timestamp_micros() });
    }
    tx.save(&row).await?;
    tx.commit().await.map(drop)
}

/// The workspaces of which the feed says something that is not rolled up.
pub(crate) async fn behind(db: &impl ConnectionTrait, limit: i64) -> Result<Vec<WorkspaceId>> {
    let sql = "SELECT f.workspace_id FROM feed f LEFT JOIN metric_progress p ON p.workspace_id = f.workspace_id \
               WHERE f.last > COALESCE(p.position, -1) LIMIT $1";
    let rows = db.query_all_raw(statement(db, sql, [limit.into()])).await?;
    rows.iter().map(|row| Ok(WorkspaceId(row.try_get("", "workspace_id")?))).collect()
}
