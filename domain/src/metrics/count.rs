//! The plain count, straight from the tables: what every figure must be equal to.

mod cited;
mod definitions;
mod people;
mod rows;

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, QueryResult};

use self::definitions::Definition;
use self::rows::Query;
use super::{Figures, Parts, Period};
use crate::error::{Error, Result};
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

/// Counts. The number of statements does not depend on how many widgets and times there are, up to eighty times.
pub(super) async fn plain(db: &impl ConnectionTrait, asked: Asked<'_>) -> Result<Found> {
    let mut found = Found::new();
    if asked.widgets.is_empty() || matches!(asked.when, When::Places([]) | When::Quarters([])) {
        return Ok(found);
    }
    counts(db, asked, &mut found).await?;
    if asked.parts.times {
        people::first_responses(db, asked, &mut found).await?;
        people::handling(db, asked, &mut found).await?;
    }
    if asked.parts.cited {
        cited::count(db, asked, &mut found).await?;
    }
    found.retain(|_, figures| !figures.is_nothing());
    Ok(found)
}

/// Everything that adds up.
async fn counts(db: &impl ConnectionTrait, asked: Asked<'_>, found: &mut Found) -> Result<()> {
    let queries = definitions::ALL.iter().enumerate().map(|(which, definition)| {
        let Definition { rows, widget, at, word, .. } = definition;
        let sql = format!(
            "SELECT {which} AS which, {widget} AS widget_id, {{key}} AS key, {word} AS word, COUNT(*) AS n FROM {rows} \
             AND {widget} IN ({{widgets}}) AND {at} >= {{from}} AND {at} < {{until}} GROUP BY 2, 3, 4"
        );
        Query { sql, at }
    });
    for row in asked.rows(db, &queries.collect::<Vec<_>>()).await? {
        let (which, word): (i32, String) = (row.try_get("", "which")?, row.try_get("", "word")?);
        let definition = usize::try_from(which).ok().and_then(|which| definitions::ALL.get(which));
        let definition = definition.ok_or_else(|| Error::internal("a count that nobody asked for"))?;
        (definition.add)(&mut entry(found, &row)?.counts, &word, row.try_get("", "n")?);
    }
    Ok(())
}

/// The figures to which a row adds: it names a widget, and a quarter or a place.
fn entry<'a>(found: &'a mut Found, row: &QueryResult) -> Result<&'a mut Figures> {
    let (widget, key): (uuid::Uuid, i64) = (row.try_get("", "widget_id")?, row.try_get("", "key")?);
    Ok(found.entry((WidgetId(widget), key)).or_default())
}
