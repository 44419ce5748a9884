//! One statement for many times.

use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement, Value};

use super::{Asked, When};
use crate::database::places;
use crate::error::Result;
use crate::metrics::Period;

/// Parts of a UNION, of which SQLite takes at most 500.
const AT_ONCE: usize = 480;

/// What is asked of a time. In it `{widgets}` stands for the list of them, `{key}` for what rows are told apart by,
/// `{from}` and `{until}` for the time, and `$1` for the workspace.
pub(super) struct Query<'a> {
    pub sql: String,
    /// The column of the time.
    pub at: &'a str,
}

impl Asked<'_> {
    /// The rows of some queries, asked for each time by itself, so that each finds its way through an index.
    pub(super) async fn rows(
        &self,
        db: &impl ConnectionTrait,
        queries: &[Query<'_>],
    ) -> Result<Vec<QueryResult>> {
        let times: Vec<(Option<i64>, Period)> = match self.when {
            When::Quarters(times) => times.iter().map(|time| (None, *time)).collect(),
            When::Places(times) => times.iter().map(|(place, time)| (Some(*place), *time)).collect(),
        };
        let mut rows = Vec::new();
        for times in times.chunks(AT_ONCE / queries.len().max(1)) {
            rows.extend(db.query_all_raw(self.statement(db, queries, times)).await?);
        }
        Ok(rows)
    }

    fn statement(
        &self,
        db: &impl ConnectionTrait,
        queries: &[Query<'_>],
        times: &[(Option<i64>, Period)],
    ) -> Statement {
        let mut values: Vec<Value> = vec![self.workspace.0.into()];
        values.extend(self.widgets.iter().map(|widget| Value::from(widget.0)));
        let widgets = places(2, self.widgets.len());
        let mut bind = |value: Value| {
            values.push(value);
            format!("${}", values.len())
        };
        let mut branches = Vec::new();
        for (place, time) in times {
            let (from, until) = (bind(time.from.into()), bind(time.until.into()));
            // Bound like the times: a text with the number in it would be another statement for each.
            let key = place.map(|place| format!("CAST({} AS BIGINT)", bind(place.into())));
            for Query { sql, at } in queries {
                let key = key.clone().unwrap_or_else(|| quarter_of(db, at));
                let branch = sql.replace("{widgets}", &widgets).replace("{key}", &key);
                branches.push(branch.replace("{from}", &from).replace("{until}", &until));
            }
        }
        Statement::from_sql_and_values(db.get_database_backend(), branches.join(" UNION ALL "), values)
    }
}

/// The quarter of a column, in the database's own words. SQLite would round a fraction of a second up.
fn quarter_of(db: &impl ConnectionTrait, column: &str) -> String {
    match db.get_database_backend() {
        DbBackend::Postgres => format!("FLOOR(DATE_PART('epoch', {column}) / 900)::BIGINT"),
        _ => format!("CAST(strftime('%s', substr({column}, 1, 19)) AS INTEGER) / 900"),
    }
}
