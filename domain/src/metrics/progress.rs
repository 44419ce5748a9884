//! How far a workspace is rolled up.
//!
//! Every quarter from `built_from` on is rolled up, but for what the feed says after `position`. Building goes
//! backwards, from one day in which anything happened to the next, so that the newest figures are fast first; `built`
//! says that it came to its end, or the ticker asks for another step.
//!
//! Invariant: whoever rolls up locks this row before anything else, and no other row of the rules.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::{dirty, ends, quarter};
use crate::database::statement;
use crate::env::Env;
use crate::error::{Error, Result};
use crate::id::{WidgetId, WorkspaceId};
use crate::job::Job;
use crate::scope::{Scope, within};
use crate::tx::{Tx, locked};

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Days that are rolled up, of those in which anything happened from the first to the last.
    pub built: i64,
    /// All of them.
    pub days: i64,
}

impl Progress {
    /// Whether nothing is left to build.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.built >= self.days
    }
}

/// The row, ours alone until the transaction ends: two that roll up at once would undo each other's counts. Begins from
/// nothing where there is none, or where the feed lost what was not read yet.
pub(super) async fn lock(tx: &mut Tx<'_>) -> Result<entity::metric_progress::Model> {
    let (last, pruned) = dirty::head(tx.db(), tx.workspace).await?;
    let find = |tx: &Tx<'_>| locked(tx.find::<entity::metric_progress::Entity>());
    let mut row = match find(tx).one(tx.db()).await? {
        Some(row) => row,
        None => {
            let made = "INSERT INTO metric_progress (workspace_id, position, built_from) VALUES ($1, $2, $3) \
                        ON CONFLICT (workspace_id) DO NOTHING";
            let values = [tx.workspace.0.into(), last.into(), nothing_built(tx).await?.into()];
            tx.db().execute_raw(statement(tx.db(), made, values)).await?;
            let row = find(tx).one(tx.db()).await?;
            row.ok_or_else(|| Error::internal("progress that was made is gone"))?
        }
    };
    if row.position < pruned {
        tracing::warn!(workspace = %tx.workspace, "the feed lost what was not rolled up yet: everything is counted anew");
        row.position = last;
        row.built_from = nothing_built(tx).await?;
        row.built = false;
        forget(tx).await?;
    }
    Ok(row)
}

/// Throws away what is rolled up.
async fn forget(tx: &Tx<'_>) -> Result<()> {
    let ours = entity::metric_bucket::Column::WorkspaceId.eq(tx.workspace.0);
    entity::metric_bucket::Entity::delete_many().filter(ours).exec(tx.db()).await?;
    Ok(())
}

/// After everything that happened, now or by a clock that is ahead: building jumps over what is empty.
async fn nothing_built(tx: &mut Tx<'_>) -> Result<i64> {
    let widgets = widgets(tx.db(), tx.workspace).await?;
    let last = ends::ends(tx.db(), tx.workspace, &widgets).await?.map(|(_, last)| last);
    Ok(last.unwrap_or(i64::MIN).max(quarter::of(tx.now()) + quarter::OF_A_DAY) + 1)
}

/// Every widget of a workspace, archived ones too: what happened on them counts.
pub(super) async fn widgets(db: &impl ConnectionTrait, workspace: WorkspaceId) -> Result<Vec<WidgetId>> {
    let rows = within::<entity::widget::Entity>(workspace).all(db).await?;
    Ok(rows.into_iter().map(|row| WidgetId(row.id)).collect())
}

/// Throws away what is rolled up and counts everything anew, by the job. Figures stay right meanwhile, but take longer.
///
/// # Errors
/// The database's.
pub async fn rebuild(env: &Env, workspace: WorkspaceId) -> Result<()> {
    let mut tx = Tx::begin(env, workspace).await?;
    let row = lock(&mut tx).await?;
    let (position, _) = dirty::head(tx.db(), workspace).await?;
    let built_from = nothing_built(&mut tx).await?;
    tx.save(&entity::metric_progress::Model { position, built_from, built: false, ..row }).await?;
    forget(&tx).await?;
    let tick = crate::clock::machine_now().timestamp_micros();
    tx.enqueue(Job::RollUp { workspace, tick });
    tx.commit().await.map(drop)
}

/// How far the workspace is.
///
/// # Errors
/// The database's.
pub async fn progress(scope: &Scope) -> Result<Progress> {
    let db = scope.reader();
    let widgets = widgets(db, scope.workspace()).await?;
    let Some((first, last)) = ends::ends(db, scope.workspace(), &widgets).await? else {
        return Ok(Progress { built: 0, days: 0 });
    };
    let row = scope.find::<entity::metric_progress::Entity>().one(db).await?;
    let days = |quarters: i64| (quarters.max(0) + quarter::OF_A_DAY - 1) / quarter::OF_A_DAY;
    let all = days(last - first + 1);
    let left = row.map_or(all, |row| days(row.built_from.min(last + 1) - first));
    Ok(Progress { built: all - left, days: all })
}
