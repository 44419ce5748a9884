//! The job: counts anew what changed, then one more of the days in which anything happened and that were never counted.
//! Run twice, late or beside another one, it leaves the same.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::ConnectionTrait;

use super::count::Asked;
use super::quarter::{self, OF_A_DAY};
use super::{Parts, Period, bucket, count, dirty, ends, progress};
use crate::clock::machine_now;
use crate::database::statement;
use crate::env::Env;
use crate::error::Result;
use crate::id::{WidgetId, WorkspaceId};
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
    for (changed, widgets) in by_quarter(&tail.quarters, row.built_from) {
        count_anew(&tx, &widgets, (changed, changed + 1)).await?;
    }
    row.position = tail.through;
    let widgets = progress::widgets(tx.db(), workspace).await?;
    // What lies between is empty: an old clock must not cost a step for every day since.
    let last = ends::last_before(tx.db(), workspace, &widgets, quarter::start(row.built_from)).await?;
    if let Some(last) = last {
        let from = last + 1 - OF_A_DAY;
        count_anew(&tx, &widgets, (from, last + 1)).await?;
        row.built_from = from;
    }
    if !tail.whole || last.is_some() {
        tx.enqueue(Job::RollUp { workspace, tick: machine_now().timestamp_micros() });
    }
    tx.save(&row).await?;
    tx.commit().await.map(drop)
}

/// What changed and is rolled up already, by quarters.
fn by_quarter(changed: &BTreeSet<(WidgetId, i64)>, built_from: i64) -> BTreeMap<i64, Vec<WidgetId>> {
    let mut quarters: BTreeMap<i64, Vec<WidgetId>> = BTreeMap::new();
    for (widget, quarter) in changed.iter().filter(|(_, quarter)| *quarter >= built_from) {
        quarters.entry(*quarter).or_default().push(*widget);
    }
    quarters
}

async fn count_anew(tx: &Tx<'_>, widgets: &[WidgetId], range: (i64, i64)) -> Result<()> {
    let (workspace, parts) = (tx.workspace, Parts::ALL);
    let times = [Period { from: quarter::start(range.0), until: quarter::start(range.1) }];
    let found = count::plain(tx.db(), Asked { workspace, widgets, times: &times, parts }).await?;
    bucket::replace(tx.db(), (workspace, widgets), range, &found).await
}

/// The workspaces of which the feed says something that is not rolled up.
pub(crate) async fn behind(db: &impl ConnectionTrait, limit: i64) -> Result<Vec<WorkspaceId>> {
    let sql = "SELECT f.workspace_id FROM feed f LEFT JOIN metric_progress p ON p.workspace_id = f.workspace_id \
               WHERE f.last > COALESCE(p.position, -1) ORDER BY f.last - COALESCE(p.position, -1) DESC LIMIT $1";
    let rows = db.query_all_raw(statement(db, sql, [limit.into()])).await?;
    rows.iter().map(|row| Ok(WorkspaceId(row.try_get("", "workspace_id")?))).collect()
}
