//! The plain count, straight from the tables: what every figure must be equal to.

mod bot;
mod messages;
mod people;
mod sends;
mod sessions;

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement, Value};

use super::{Figures, Parts, Period};
use crate::database::places;
use crate::error::Result;
use crate::id::{WidgetId, WorkspaceId};

/// What happened, by widget and by the quarter in which it did.
pub(super) type Found = BTreeMap<(WidgetId, i64), Figures>;

/// What is counted: some widgets of a workspace, in some times.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub workspace: WorkspaceId,
    pub widgets: &'a [WidgetId],
    /// Each from a moment on and before another. No two have a moment in common.
    pub times: &'a [Period],
    pub parts: Parts,
}

/// Times in one statement: SQLite takes at most 500 parts of a UNION.
const AT_ONCE: usize = 100;

/// Counts. The number of statements depends on nothing, up to a hundred times.
pub(super) async fn plain(db: &impl ConnectionTrait, asked: Asked<'_>) -> Result<Found> {
    let mut found = Found::new();
    let times: Vec<Period> = asked.times.iter().filter(|time| time.from < time.until).copied().collect();
    let asked = Asked { times: &times, ..asked };
    if asked.widgets.is_empty() || asked.times.is_empty() {
        return Ok(found);
    }
    messages::count(db, asked, &mut found).await?;
    sessions::opened(db, asked, &mut found).await?;
    sessions::closed(db, asked, &mut found).await?;
    sends::undelivered(db, asked, &mut found).await?;
    bot::unanswered(db, asked, &mut found).await?;
    if asked.parts.times {
        people::first_responses(db, asked, &mut found).await?;
        people::handling(db, asked, &mut found).await?;
    }
    if asked.parts.cited {
        bot::cited(db, asked, &mut found).await?;
    }
    found.retain(|_, figures| !figures.is_nothing());
    Ok(found)
}

impl Asked<'_> {
    /// The rows of a query, asked for each time by itself, so that each finds its way through an index. In it
    /// `{widgets}` stands for the list of them, `{quarter}` for the quarter of `column`, `{from}` and `{until}` for the
    /// time, and `$1` for the workspace.
    async fn rows(&self, db: &impl ConnectionTrait, sql: &str, column: &str) -> Result<Vec<QueryResult>> {
        let widgets = places(2, self.widgets.len());
        let sql = sql.replace("{widgets}", &widgets).replace("{quarter}", &quarter_of(db, column));
        let mut rows = Vec::new();
        for times in self.times.chunks(AT_ONCE) {
            let mut values: Vec<Value> = vec![self.workspace.0.into()];
            values.extend(self.widgets.iter().map(|widget| Value::from(widget.0)));
            let mut branches = Vec::new();
            for time in times {
                let place = values.len() + 1;
                let (from, until) = (format!("${place}"), format!("${}", place + 1));
                branches.push(sql.replace("{from}", &from).replace("{until}", &until));
                values.extend([Value::from(time.from), Value::from(time.until)]);
            }
            let all = branches.join(" UNION ALL ");
            let statement = Statement::from_sql_and_values(db.get_database_backend(), all, values);
            rows.extend(db.query_all_raw(statement).await?);
        }
        Ok(rows)
    }
}

/// The figures to which a row adds: it names a widget and a quarter.
fn entry<'a>(found: &'a mut Found, row: &QueryResult) -> Result<&'a mut Figures> {
    let (widget, quarter): (uuid::Uuid, i64) = (row.try_get("", "widget_id")?, row.try_get("", "quarter")?);
    Ok(found.entry((WidgetId(widget), quarter)).or_default())
}

/// The quarter of a column, in the database's own words. SQLite would round a fraction of a second up.
fn quarter_of(db: &impl ConnectionTrait, column: &str) -> String {
    match db.get_database_backend() {
        DbBackend::Postgres => format!("FLOOR(DATE_PART('epoch', {column}) / 900)::BIGINT"),
        _ => format!("CAST(strftime('%s', substr({column}, 1, 19)) AS INTEGER) / 900"),
    }
}
