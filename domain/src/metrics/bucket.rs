//! Buckets as they are stored: one per widget and quarter in which anything happened.

use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel, Statement, Value};

use super::count::Found;
use super::plan::Range;
use crate::database::places;
use crate::error::Result;
use crate::id::{WidgetId, WorkspaceId};

/// Rows written at once: what SQLite takes in one statement.
const AT_ONCE: usize = 500;
/// Ranges forgotten at once.
const RANGES: usize = 200;

/// Puts these in the place of whatever the widgets have in these quarters.
pub(super) async fn replace(
    db: &impl ConnectionTrait,
    (workspace, widgets): (WorkspaceId, &[WidgetId]),
    ranges: &[Range],
    found: &Found,
) -> Result<()> {
    for some in ranges.chunks(RANGES) {
        forget(db, widgets, some).await?;
    }
    let rows: Vec<_> = found
        .iter()
        .map(|((widget, quarter), figures)| entity::metric_bucket::Model {
            widget_id: widget.0,
            quarter: *quarter,
            workspace_id: workspace.0,
            conversations: figures.counts.conversations,
            customer: figures.counts.customer,
            bot: figures.counts.bot,
            agent: figures.counts.agent,
            business_app: figures.counts.business_app,
            closed: figures.counts.closed,
            resolved_by_bot: figures.counts.resolved_by_bot,
            handed_over: figures.counts.handed_over.write(),
            unanswered: figures.counts.unanswered,
            undelivered: figures.counts.undelivered.write(),
            feedback: figures.counts.feedback.write(),
            cited: figures.cited.write(),
            first_response: figures.first_response.write(),
            handling: figures.handling.write(),
        })
        .collect();
    for some in rows.chunks(AT_ONCE) {
        let some = some.iter().cloned().map(IntoActiveModel::into_active_model);
        entity::metric_bucket::Entity::insert_many(some).exec_without_returning(db).await?;
    }
    Ok(())
}

async fn forget(db: &impl ConnectionTrait, widgets: &[WidgetId], ranges: &[Range]) -> Result<()> {
    let mut values: Vec<Value> = widgets.iter().map(|widget| Value::from(widget.0)).collect();
    let mut any = Vec::new();
    for (first, last) in ranges {
        any.push(format!("quarter >= ${} AND quarter < ${}", values.len() + 1, values.len() + 2));
        values.extend([Value::from(*first), Value::from(*last)]);
    }
    let (widgets, any) = (places(1, widgets.len()), any.join(" OR "));
    let gone = format!("DELETE FROM metric_bucket WHERE widget_id IN ({widgets}) AND ({any})");
    db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), gone, values)).await?;
    Ok(())
}
