//! The journal of a run, as it is stored: everything but the values of headers, which are credentials.

use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};

use crate::error::{Corrupt, Result};
use crate::tx::Tx;
use crate::workflow::journal::{Effect, Entry, Outcome};
use crate::workflow::step;

/// Adds an entry. One that goes on after a wait began when its step was entered.
pub(super) async fn write(
    tx: &mut Tx<'_>,
    run: &mut entity::workflow_run::Model,
    entry: &Entry,
) -> Result<()> {
    let now = tx.now();
    let begun_at = last_of(tx, run, entry.visit).await?.map_or(now, |before| before.begun_at);
    let stored = redacted(entry);
    tx.insert(entity::workflow_entry::Model {
        run_id: run.id,
        number: run.entries,
        workspace_id: run.workspace_id,
        visit: entry.visit.cast_signed(),
        entry: serde_json::to_string(&stored).map_err(crate::Error::internal)?,
        begun_at,
        at: now,
    })
    .await?;
    run.entries += 1;
    Ok(())
}

/// Notes a result for which the run could not wait: it was over before.
pub(super) async fn too_late(
    tx: &mut Tx<'_>,
    run: &mut entity::workflow_run::Model,
    visit: u64,
    outcome: &step::Outcome,
) -> Result<()> {
    let Some(before) = last_of(tx, run, visit).await? else { return Ok(()) };
    let mut late = entry(&before)?;
    if late.outcome != Outcome::Waits {
        return Ok(());
    }
    late.outcome = Outcome::TooLate;
    late.effects.clear();
    let came = serde_json::to_value(outcome).map_err(crate::Error::internal)?;
    late.input = [("result".to_owned(), came)].into_iter().collect();
    write(tx, run, &late).await
}

/// What a stored entry says.
///
/// # Errors
/// [`Corrupt`] for a text that no rule writes.
pub fn entry(row: &entity::workflow_entry::Model) -> Result<Entry, Corrupt> {
    serde_json::from_str(&row.entry).map_err(|error| Corrupt {
        table: "workflow_entry",
        id: format!("{} {}", row.run_id, row.number),
        what: error.to_string(),
    })
}

async fn last_of(
    tx: &Tx<'_>,
    run: &entity::workflow_run::Model,
    visit: u64,
) -> Result<Option<entity::workflow_entry::Model>> {
    use entity::workflow_entry::{Column, Entity};
    let query = tx
        .find::<Entity>()
        .filter(Column::RunId.eq(run.id))
        .filter(Column::Visit.eq(visit.cast_signed()))
        .order_by_desc(Column::Number);
    Ok(query.one(tx.db()).await?)
}

fn redacted(entry: &Entry) -> Entry {
    let mut entry = entry.clone();
    for effect in &mut entry.effects {
        if let Effect::Http(request) = effect {
            request.headers.iter_mut().for_each(|(_, value)| value.clear());
        }
    }
    entry
}
