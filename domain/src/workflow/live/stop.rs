//! The bot of a widget was switched off: the runs that it had look at it, and end.

use sea_orm::ConnectionTrait;

use crate::database::statement;
use crate::env::Env;
use crate::error::Result;
use crate::id::{RunId, WidgetId, WorkspaceId};
use crate::tx::Tx;

/// Runs per transaction.
const BATCH: i64 = 500;

/// Wakes the runs that began before the widget had this epoch.
///
/// # Errors
/// The database's; the job layer tries again.
pub async fn stop_older(env: &Env, workspace: WorkspaceId, widget: WidgetId, epoch: i64) -> Result<()> {
    let sql = "SELECT id FROM workflow_run WHERE widget_id = $1 AND widget_epoch < $2 AND ended_at IS NULL AND id > $3 \
               ORDER BY id LIMIT $4";
    let mut last = uuid::Uuid::nil();
    loop {
        let db = env.database.reader();
        let values = [widget.0.into(), epoch.into(), last.into(), BATCH.into()];
        let rows = db.query_all_raw(statement(db, sql, values)).await?;
        let runs: Vec<uuid::Uuid> =
            rows.iter().map(|row| row.try_get("", "id")).collect::<std::result::Result<_, _>>()?;
        let mut tx = Tx::begin(env, workspace).await?;
        for run in &runs {
            super::wake(&mut tx, RunId(*run), format!("epoch:{epoch}"));
        }
        tx.commit().await?;
        match runs.last() {
            Some(run) => last = *run,
            None => return Ok(()),
        }
    }
}
