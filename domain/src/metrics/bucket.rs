//! Buckets as they are stored: one per widget and quarter in which anything happened.

use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel, QueryResult, Statement, Value};

use super::count::Found;
use super::{Counts, Figures, Parts, Tally, Times};
use crate::error::Result;
use crate::id::{WidgetId, WorkspaceId};

/// Rows written at once: what SQLite takes in one statement.
const AT_ONCE: usize = 500;

/// Puts these in the place of whatever the widgets have from quarter `from` on and before `until`.
pub(super) async fn replace(
    db: &impl ConnectionTrait,
    (workspace, widgets): (WorkspaceId, &[WidgetId]),
    range: (i64, i64),
    found: &Found,
) -> Result<()> {
    if widgets.is_empty() {
        return Ok(());
    }
    db.execute_raw(of_range(db, "DELETE FROM metric_bucket", widgets, range)).await?;
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

/// What is rolled up of some widgets from quarter `from` on and before `until`.
pub(super) async fn load(
    db: &impl ConnectionTrait,
    widgets: &[WidgetId],
    range: (i64, i64),
    parts: Parts,
) -> Result<Found> {
    let mut found = Found::new();
    if widgets.is_empty() || range.0 >= range.1 {
        return Ok(found);
    }
    // Sketches and lists are larger than all the rest.
    let cited = if parts.cited { ", cited" } else { "" };
    let times = if parts.times { ", first_response, handling" } else { "" };
    let what = format!(
        "SELECT widget_id, quarter, conversations, customer, bot, agent, business_app, closed, resolved_by_bot, \
         handed_over, unanswered, undelivered{cited}{times} FROM metric_bucket"
    );
    for row in db.query_all_raw(of_range(db, &what, widgets, range)).await? {
        let widget: uuid::Uuid = row.try_get("", "widget_id")?;
        found.insert((WidgetId(widget), row.try_get("", "quarter")?), read(&row, parts)?);
    }
    Ok(found)
}

fn read(row: &QueryResult, parts: Parts) -> Result<Figures> {
    let counts = Counts {
        conversations: row.try_get("", "conversations")?,
        customer: row.try_get("", "customer")?,
        bot: row.try_get("", "bot")?,
        agent: row.try_get("", "agent")?,
        business_app: row.try_get("", "business_app")?,
        closed: row.try_get("", "closed")?,
        resolved_by_bot: row.try_get("", "resolved_by_bot")?,
        handed_over: Tally::read(&row.try_get::<String>("", "handed_over")?),
        unanswered: row.try_get("", "unanswered")?,
        undelivered: Tally::read(&row.try_get::<String>("", "undelivered")?),
    };
    let mut figures = Figures { counts, ..Figures::default() };
    if parts.cited {
        figures.cited = Tally::read(&row.try_get::<String>("", "cited")?);
    }
    if parts.times {
        figures.first_response = Times::read(row.try_get("", "first_response")?)?;
        figures.handling = Times::read(row.try_get("", "handling")?)?;
    }
    Ok(figures)
}

fn of_range(
    db: &impl ConnectionTrait,
    what: &str,
    widgets: &[WidgetId],
    (from, until): (i64, i64),
) -> Statement {
    let places: Vec<String> = (3..3 + widgets.len()).map(|place| format!("${place}")).collect();
    let sql = format!("{what} WHERE quarter >= $1 AND quarter < $2 AND widget_id IN ({})", places.join(", "));
    let mut values: Vec<Value> = vec![from.into(), until.into()];
    values.extend(widgets.iter().map(|widget| Value::from(widget.0)));
    Statement::from_sql_and_values(db.get_database_backend(), sql, values)
}
