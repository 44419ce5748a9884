//! The plain count, straight from the tables: what every figure must be equal to.

mod bot;
mod feedback;
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

/// What happened, by widget and by what it is told apart by: a quarter, or the place of a stretch.
pub(super) type Found = BTreeMap<(WidgetId, i64), Figures>;

/// What is counted: some widgets of a workspace.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub workspace: WorkspaceId,
    pub widgets: &'a [WidgetId],
    pub when: When<'a>,
    pub parts: Parts,
}

/// The times in which something is counted, and what it is told apart by. No two times have a moment in common.
#[derive(Clone, Copy)]
pub(super) enum When<'a> {
    /// By the quarters of some times.
    Quarters(&'a [Period]),
    /// By the places of some times; several may have one place.
    Places(&'a [(i64, Period)]),
}

/// Times in one statement: SQLite takes at most 500 parts of a UNION.
const AT_ONCE: usize = 100;

/// Counts. The number of statements depends on nothing, up to a hundred times.
pub(super) async fn plain(db: &impl ConnectionTrait, asked: Asked<'_>) -> Result<Found> {
    let mut found = Found::new();
    if asked.widgets.is_empty() || matches!(asked.when, When::Places([]) | When::Quarters([])) {
        return Ok(found);
    }
    messages::count(db, asked, &mut found).await?;
    sessions::opened(db, asked, &mut found).await?;
    sessions::closed(db, asked, &mut found).await?;
    sends::undelivered(db, asked, &mut found).await?;
    bot::unanswered(db, asked, &mut found).await?;
    feedback::count(db, asked, &mut found).await?;
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
    /// `{widgets}` stands for the list of them, `{key}` for the quarter of `column` or the place of the time, `{from}` and
    /// `{until}` for the time, and `$1` for the workspace.
    async fn rows(&self, db: &impl ConnectionTrait, sql: &str, column: &str) -> Result<Vec<QueryResult>> {
        let sql = match self.when {
            When::Quarters(_) => sql.replace("{key}", &quarter_of(db, column)),
            When::Places(_) => sql.to_owned(),
        };
        let times: Vec<(Option<i64>, Period)> = match self.when {
            When::Quarters(times) => times.iter().map(|time| (None, *time)).collect(),
            When::Places(times) => times.iter().map(|(place, time)| (Some(*place), *time)).collect(),
        };
        let sql = sql.replace("{widgets}", &places(2, self.widgets.len()));
        let mut rows = Vec::new();
        for times in times.chunks(AT_ONCE) {
            let mut values: Vec<Value> = vec![self.workspace.0.into()];
            values.extend(self.widgets.iter().map(|widget| Value::from(widget.0)));
            let mut bind = |value: Value| {
                values.push(value);
                format!("${}", values.len())
            };
            let mut branches = Vec::new();
            for (place, time) in times {
                let mut branch = sql.replace("{from}", &bind(time.from.into()));
                branch = branch.replace("{until}", &bind(time.until.into()));
                if let Some(place) = place {
                    // A number and no word: the text is another one with each place, and would be prepared anew.
                    branch = branch.replace("{key}", &format!("CAST({} AS BIGINT)", bind((*place).into())));
                }
                branches.push(branch);
            }
            let all = branches.join(" UNION ALL ");
            let statement = Statement::from_sql_and_values(db.get_database_backend(), all, values);
            rows.extend(db.query_all_raw(statement).await?);
        }
        Ok(rows)
    }
}

/// The figures to which a row adds: it names a widget, and a quarter or a place.
fn entry<'a>(found: &'a mut Found, row: &QueryResult) -> Result<&'a mut Figures> {
    let (widget, key): (uuid::Uuid, i64) = (row.try_get("", "widget_id")?, row.try_get("", "key")?);
    Ok(found.entry((WidgetId(widget), key)).or_default())
}

/// The quarter of a column, in the database's own words. SQLite would round a fraction of a second up.
fn quarter_of(db: &impl ConnectionTrait, column: &str) -> String {
    match db.get_database_backend() {
        DbBackend::Postgres => format!("FLOOR(DATE_PART('epoch', {column}) / 900)::BIGINT"),
        _ => format!("CAST(strftime('%s', substr({column}, 1, 19)) AS INTEGER) / 900"),
    }
}
