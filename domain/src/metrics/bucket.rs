//! Buckets as they are stored: one per widget and quarter in which anything happened.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel};

use super::{ByReason, Counts};
use crate::conversation::WaitReason;
use crate::database::statement;
use crate::error::Result;
use crate::id::{WidgetId, WorkspaceId};

/// Rows written at once: what SQLite takes in one statement.
const AT_ONCE: usize = 500;

/// Puts these in the place of whatever a widget has from quarter `from` on and before `until`.
pub(super) async fn replace(
    db: &impl ConnectionTrait,
    (workspace, widget): (WorkspaceId, WidgetId),
    (from, until): (i64, i64),
    counts: &BTreeMap<i64, Counts>,
) -> Result<()> {
    let gone = "DELETE FROM metric_bucket WHERE widget_id = $1 AND quarter >= $2 AND quarter < $3";
    db.execute_raw(statement(db, gone, [widget.0.into(), from.into(), until.into()])).await?;
    let rows: Vec<_> = counts
        .iter()
        .map(|(quarter, counts)| entity::metric_bucket::Model {
            widget_id: widget.0,
            quarter: *quarter,
            workspace_id: workspace.0,
            conversations: counts.conversations,
            customer: counts.customer,
            bot: counts.bot,
            agent: counts.agent,
            business_app: counts.business_app,
            closed: counts.closed,
            resolved_by_bot: counts.resolved_by_bot,
            handed_over: write(&counts.handed_over),
        })
        .collect();
    for some in rows.chunks(AT_ONCE) {
        let some = some.iter().cloned().map(IntoActiveModel::into_active_model);
        entity::metric_bucket::Entity::insert_many(some).exec_without_returning(db).await?;
    }
    Ok(())
}

/// The reasons with their numbers; those of none are left out.
fn write(counts: &ByReason) -> String {
    let each = counts.each().filter(|(_, n)| *n != 0);
    each.map(|(reason, n)| format!("{}={n}", reason.as_str())).collect::<Vec<_>>().join(" ")
}

fn read(text: &str) -> ByReason {
    let mut counts = ByReason::default();
    for (reason, n) in text.split(' ').filter_map(|part| part.split_once('=')) {
        if let (Some(reason), Ok(n)) = (WaitReason::parse(reason), n.parse()) {
            counts.add(reason, n);
        }
    }
    counts
}

/// What is rolled up of a widget from quarter `from` on and before `until`.
pub(super) async fn load(
    db: &impl ConnectionTrait,
    widget: WidgetId,
    (from, until): (i64, i64),
) -> Result<BTreeMap<i64, Counts>> {
    let sql = "SELECT quarter, conversations, customer, bot, agent, business_app, closed, resolved_by_bot, handed_over \
               FROM metric_bucket WHERE widget_id = $1 AND quarter >= $2 AND quarter < $3";
    let mut found = BTreeMap::new();
    for row in db.query_all_raw(statement(db, sql, [widget.0.into(), from.into(), until.into()])).await? {
        let counts = Counts {
            conversations: row.try_get("", "conversations")?,
            customer: row.try_get("", "customer")?,
            bot: row.try_get("", "bot")?,
            agent: row.try_get("", "agent")?,
            business_app: row.try_get("", "business_app")?,
            closed: row.try_get("", "closed")?,
            resolved_by_bot: row.try_get("", "resolved_by_bot")?,
            handed_over: read(&row.try_get::<String>("", "handed_over")?),
        };
        found.insert(row.try_get("", "quarter")?, counts);
    }
    Ok(found)
}
