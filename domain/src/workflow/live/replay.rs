//! What a run was told is kept with what was true then, so that its journal can be replayed step by step.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};

use super::row::corrupt;
use crate::error::Result;
use crate::scope::Scope;
use crate::tx::Tx;
use crate::workflow::definition::Key;
use crate::workflow::facts::Facts;
use crate::workflow::journal::Entry;
use crate::workflow::run::State;
use crate::workflow::{Library, Stimulus, engine, find};

/// Keeps what made a run go on.
pub(super) async fn keep(
    tx: &mut Tx<'_>,
    run: &mut entity::workflow_run::Model,
    stimulus: &Stimulus,
    (facts, library): (&Facts, &Library),
) -> Result<()> {
    let at = tx.now();
    tx.insert(entity::workflow_transition::Model {
        run_id: run.id,
        number: run.transitions,
        workspace_id: run.workspace_id,
        stimulus: serde_json::to_string(stimulus).map_err(crate::Error::internal)?,
        facts: serde_json::to_string(facts).map_err(crate::Error::internal)?,
        published: serde_json::to_string(library.published_numbers()).map_err(crate::Error::internal)?,
        at,
    })
    .await?;
    run.transitions += 1;
    Ok(())
}

/// Runs it again from its beginning, with nothing carried out: where it stands then, and what it did. Workflows are taken
/// as they were published then.
///
/// # Errors
/// [`Corrupt`](crate::error::Corrupt) for texts that no rule writes; the database's.
pub async fn replay(scope: &Scope, run: &entity::workflow_run::Model) -> Result<(State, Vec<Entry>)> {
    use entity::workflow_transition::{Column, Entity};
    let unreadable = |error: serde_json::Error| corrupt(run, error.to_string());
    let mut state: State = serde_json::from_str(&run.first_state).map_err(unreadable)?;
    let mut library = find::library_of(scope, &state).await?;
    let told = scope.find::<Entity>().filter(Column::RunId.eq(run.id)).order_by_asc(Column::Number);
    let told = told.all(scope.reader()).await?;
    let published = |row: &entity::workflow_transition::Model| {
        serde_json::from_str::<BTreeMap<Key, i64>>(&row.published).map_err(unreadable)
    };
    let mut versions = BTreeSet::new();
    for row in &told {
        versions.extend(published(row)?);
    }
    find::add(scope, &mut library, versions.into_iter().collect()).await?;
    let mut entries = Vec::new();
    for row in told {
        library.as_of(published(&row)?);
        let stimulus: Stimulus = serde_json::from_str(&row.stimulus).map_err(unreadable)?;
        let facts: Facts = serde_json::from_str(&row.facts).map_err(unreadable)?;
        let transition = engine::step(&library, &state, stimulus, &facts);
        state = transition.state;
        entries.extend(transition.entries);
    }
    Ok((state, entries))
}
