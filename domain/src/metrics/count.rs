//! The plain count, straight from the tables: what every figure must be equal to.

mod bot;
mod messages;
mod people;
mod sends;
mod sessions;

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement, Value};

use super::{Figures, Parts};
use crate::clock::Time;
use crate::error::Result;
use crate::id::{WidgetId, WorkspaceId};

/// What happened, by widget and by the quarter in which it did.
pub(super) type Found = BTreeMap<(WidgetId, i64), Figures>;

/// What is counted: some widgets of a workspace, from a moment on and before another.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub workspace: WorkspaceId,
    pub widgets: &'a [WidgetId],
    pub from: Time,
    pub until: Time,
    pub parts: Parts,
}

/// Counts. The number of statements depends on nothing.
pub(super) async fn plain(db: &impl ConnectionTrait, asked: Asked<'_>) -> Result<Found> {
    let mut found = Found::new();
    if asked.widgets.is_empty() || asked.from >= asked.until {
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
    /// The rows of a query. In it `{widgets}` stands for the list of them, `{quarter}` for the quarter of `column`, and
    /// `$1`, `$2` and `$3` are the workspace and the times.
    async fn rows(&self, db: &impl ConnectionTrait, sql: &str, column: &str) -> Result<Vec<QueryResult>> {
        let places: Vec<String> = (4..4 + self.widgets.len()).map(|place| format!("${place}")).collect();
        let sql = sql.replace("{widgets}", &places.join(", ")).replace("{quarter}", &quarter_of(db, column));
        let mut values: Vec<Value> = vec![self.workspace.0.into(), self.from.into(), self.until.into()];
        values.extend(self.widgets.iter().map(|widget| Value::from(widget.0)));
        Ok(db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?)
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
        DbBackend::Postgres => format!("FLOOR(EXTRACT(EPOCH FROM {column}) / 900)::BIGINT"),
        _ => format!("CAST(strftime('%s', substr({column}, 1, 19)) AS INTEGER) / 900"),
    }
}
