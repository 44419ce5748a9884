//! Buckets as they are stored: one per widget and quarter in which anything happened.

use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel, QueryResult, Statement, Value};

use super::count::Found;
use super::{Counts, Figures, Parts, Tally, Times};
use crate::database::places;
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
         unanswered, handed_over, undelivered{cited}{times} FROM metric_bucket"
    );
    for row in db.query_all_raw(of_range(db, &what, widgets, range)).await? {
        found.insert((WidgetId(row.try_get_by_index(0)?), row.try_get_by_index(1)?), read(&row, parts)?);
    }
    Ok(found)
}

/// By places, in the order of the statement: there are thousands of rows.
fn read(row: &QueryResult, parts: Parts) -> Result<Figures> {
    let words = |place: usize| row.try_get_by_index::<String>(place);
    let counts = Counts {
        conversations: row.try_get_by_index(2)?,
        customer: row.try_get_by_index(3)?,
        bot: row.try_get_by_index(4)?,
        agent: row.try_get_by_index(5)?,
        business_app: row.try_get_by_index(6)?,
        closed: row.try_get_by_index(7)?,
        resolved_by_bot: row.try_get_by_index(8)?,
        unanswered: row.try_get_by_index(9)?,
        handed_over: Tally::read(&words(10)?),
        undelivered: Tally::read(&words(11)?),
    };
    let mut figures = Figures { counts, ..Figures::default() };
    if parts.cited {
        figures.cited = Tally::read(&words(12)?);
    }
    if parts.times {
        let place = if parts.cited { 13 } else { 12 };
        figures.first_response = Times::read(row.try_get_by_index(place)?)?;
        figures.handling = Times::read(row.try_get_by_index(place + 1)?)?;
    }
    Ok(figures)
}

fn of_range(
    db: &impl ConnectionTrait,
    what: &str,
    widgets: &[WidgetId],
    (from, until): (i64, i64),
) -> Statement {
    let places = places(3, widgets.len());
    let sql = format!("{what} WHERE quarter >= $1 AND quarter < $2 AND widget_id IN ({places})");
    let mut values: Vec<Value> = vec![from.into(), until.into()];
    values.extend(widgets.iter().map(|widget| Value::from(widget.0)));
    Statement::from_sql_and_values(db.get_database_backend(), sql, values)
}
