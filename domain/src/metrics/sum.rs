//! Adding up what is rolled up: the database adds, so that a month is one row for each of its days.

use sea_orm::{ConnectionTrait, QueryResult, Statement, Value};

use super::count::Found;
use super::plan::Range;
use super::{Counts, Figures, Parts, Tally, Times};
use crate::database::places;
use crate::error::Result;
use crate::id::WidgetId;

/// Ranges in one statement: SQLite takes at most 500 parts of a UNION.
const AT_ONCE: usize = 400;

/// What happened in some ranges of quarters, in order, by widget and by the place of the range.
pub(super) async fn sums(
    db: &impl ConnectionTrait,
    widgets: &[WidgetId],
    ranges: &[(i64, Range)],
    parts: Parts,
) -> Result<Found> {
    let mut found = Found::new();
    if widgets.is_empty() || ranges.is_empty() {
        return Ok(found);
    }
    for ranges in ranges.chunks(AT_ONCE) {
        counts(db, (widgets, ranges), parts, &mut found).await?;
    }
    if parts.times {
        times(db, (widgets, ranges), &mut found).await?;
    }
    Ok(found)
}

type Asked<'a> = (&'a [WidgetId], &'a [(i64, Range)]);

/// Each range finds its way through the index by itself. Lists of words add up by standing behind one another.
async fn counts(
    db: &impl ConnectionTrait,
    (widgets, ranges): Asked<'_>,
    parts: Parts,
    found: &mut Found,
) -> Result<()> {
    let number = |name: &str| format!("CAST(SUM({name}) AS BIGINT)");
    let words = |name: &str| format!("COALESCE(STRING_AGG(NULLIF({name}, ''), ' '), '')");
    let numbers = [
        "conversations",
        "customer",
        "bot",
        "agent",
        "business_app",
        "closed",
        "resolved_by_bot",
        "unanswered",
    ];
    let mut columns: Vec<String> = numbers.map(number).into();
    columns.extend(["handed_over", "undelivered", "feedback"].map(words));
    columns.extend(parts.cited.then(|| words("cited")));
    let (columns, of_widgets) = (columns.join(", "), places(1, widgets.len()));
    let (mut values, mut branches) = (bound(widgets), Vec::new());
    for (place, (first, last)) in ranges {
        let n = values.len();
        branches.push(format!(
            "SELECT widget_id, CAST(${} AS BIGINT) AS place, {columns} FROM metric_bucket \
             WHERE widget_id IN ({of_widgets}) AND quarter >= ${} AND quarter < ${} GROUP BY 1, 2",
            n + 1,
            n + 2,
            n + 3
        ));
        values.extend([*place, *first, *last].map(Value::from));
    }
    let sql = branches.join(" UNION ALL ");
    for row in
        db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?
    {
        let key = (WidgetId(row.try_get_by_index(0)?), row.try_get_by_index(1)?);
        found.entry(key).or_default().add(&read(&row, parts)?);
    }
    Ok(())
}

/// By places, in the order of the statement.
fn read(row: &QueryResult, parts: Parts) -> Result<Figures> {
    let number = |place: usize| row.try_get_by_index::<i64>(place);
    let words = |place: usize| row.try_get_by_index::<String>(place);
    let counts = Counts {
        conversations: number(2)?,
        customer: number(3)?,
        bot: number(4)?,
        agent: number(5)?,
        business_app: number(6)?,
        closed: number(7)?,
        resolved_by_bot: number(8)?,
        unanswered: number(9)?,
        handed_over: Tally::read(&words(10)?),
        undelivered: Tally::read(&words(11)?),
        feedback: Tally::read(&words(12)?),
    };
    let mut figures = Figures { counts, ..Figures::default() };
    if parts.cited {
        figures.cited = Tally::read(&words(13)?);
    }
    Ok(figures)
}

/// Sketches are added here: the database cannot.
async fn times(db: &impl ConnectionTrait, (widgets, ranges): Asked<'_>, found: &mut Found) -> Result<()> {
    let sql = format!(
        "SELECT widget_id, quarter, first_response, handling FROM metric_bucket \
         WHERE widget_id IN ({}) AND quarter >= ${} AND quarter < ${} \
         AND (first_response IS NOT NULL OR handling IS NOT NULL)",
        places(1, widgets.len()),
        widgets.len() + 1,
        widgets.len() + 2
    );
    let mut values = bound(widgets);
    let ends = (ranges.first().map(|(_, (first, _))| *first), ranges.last().map(|(_, (_, last))| *last));
    values.extend([ends.0, ends.1].map(Value::from));
    for row in
        db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?
    {
        let quarter: i64 = row.try_get_by_index(1)?;
        let which = ranges.partition_point(|(_, (_, last))| *last <= quarter);
        let Some((place, _)) = ranges.get(which).filter(|(_, (first, _))| *first <= quarter) else {
            continue;
        };
        let figures = found.entry((WidgetId(row.try_get_by_index(0)?), *place)).or_default();
        figures.first_response.add(&Times::read(row.try_get_by_index(2)?)?);
        figures.handling.add(&Times::read(row.try_get_by_index(3)?)?);
    }
    Ok(())
}

fn bound(widgets: &[WidgetId]) -> Vec<Value> {
    widgets.iter().map(|widget| Value::from(widget.0)).collect()
}
