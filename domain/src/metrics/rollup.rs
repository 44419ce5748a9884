//! The job: counts anew what changed, then one more of the days in which anything happened and that were never counted.
//! Run twice, late or beside another one, it leaves the same.

use std::collections::BTreeSet;

use sea_orm::ConnectionTrait;

use super::count::{Asked, When};
use super::plan::{Range, ranges};
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
    let changed: Vec<_> =
        tail.quarters.into_iter().filter(|(_, quarter)| *quarter >= row.built_from).collect();
    let quarters: BTreeSet<i64> = changed.iter().map(|(_, quarter)| *quarter).collect();
    let touched: BTreeSet<WidgetId> = changed.iter().map(|(widget, _)| *widget).collect();
    count_anew(&tx, &Vec::from_iter(touched), &ranges(quarters)).await?;
    row.position = tail.through;
    let widgets = progress::widgets(tx.db(), workspace).await?;
    // What lies between is empty: an old clock must not cost a step for every day since.
    let last = ends::last_before(tx.db(), workspace, &widgets, quarter::start(row.built_from)).await?;
    if let Some(last) = last {
        let from = last + 1 - OF_A_DAY;
        count_anew(&tx, &widgets, &[(from, last + 1)]).await?;
        row.built_from = from;
    }
    row.built = last.is_none();
    if !tail.whole || last.is_some() {
        tx.enqueue(Job::RollUp { workspace, tick: machine_now().timestamp_micros() });
    }
    tx.save(&row).await?;
    tx.commit().await.map(drop)
}

async fn count_anew(tx: &Tx<'_>, widgets: &[WidgetId], ranges: &[Range]) -> Result<()> {
    let (workspace, parts) = (tx.workspace, Parts::ALL);
    let time = |range: &Range| Period { from: quarter::start(range.0), until: quarter::start(range.1) };
    let times: Vec<Period> = ranges.iter().map(time).collect();
    let asked = Asked { workspace, widgets, when: When::Quarters(&times), parts };
    let found = count::plain(tx.db(), asked).await?;
    bucket::replace(tx.db(), (workspace, widgets), ranges, &found).await
}

/// The workspaces of which something is not rolled up: the feed says so, or building has not come to its end.
pub(crate) async fn behind(db: &impl ConnectionTrait, limit: i64) -> Result<Vec<WorkspaceId>> {
    let sql = "SELECT f.workspace_id FROM feed f LEFT JOIN metric_progress p ON p.workspace_id = f.workspace_id \
               WHERE f.last > COALESCE(p.position, -1) OR NOT p.built ORDER BY f.last - COALESCE(p.position, -1) DESC LIMIT $1";
    let rows = db.query_all_raw(statement(db, sql, [limit.into()])).await?;
    rows.iter().map(|row| Ok(WorkspaceId(row.try_get("", "workspace_id")?))).collect()
}
