//! Workflows, their versions, and the library of what they call.

use std::collections::BTreeSet;
use std::sync::Arc;

use sea_orm::{ColumnTrait, Condition, QueryFilter};

use super::check::Problem;
use super::definition::{Definition, Key};
use super::run::State;
use super::{Library, check};
use crate::error::{Corrupt, Result};
use crate::id::{WorkflowId, WorkflowVersionId};
use crate::page::{self, Order, Page};
use crate::scope::Scope;

/// Workflows by id, in no order; ids of other workspaces are left out.
///
/// # Errors
/// The database's.
pub async fn load(scope: &Scope, ids: &[WorkflowId]) -> Result<Vec<entity::workflow::Model>> {
    let ids = ids.iter().map(|id| id.0);
    let query = scope.find::<entity::workflow::Entity>().filter(entity::workflow::Column::Id.is_in(ids));
    Ok(query.all(scope.reader()).await?)
}

/// Versions by id, in no order; ids of other workspaces are left out.
///
/// # Errors
/// The database's.
pub async fn load_versions(
    scope: &Scope,
    ids: &[WorkflowVersionId],
) -> Result<Vec<entity::workflow_version::Model>> {
    use entity::workflow_version::{Column, Entity};
    let query = scope.find::<Entity>().filter(Column::Id.is_in(ids.iter().map(|id| id.0)));
    Ok(query.all(scope.reader()).await?)
}

/// The version with that number of each of these workflows.
///
/// # Errors
/// The database's.
pub async fn numbered(
    scope: &Scope,
    wanted: &[(WorkflowId, i64)],
) -> Result<Vec<entity::workflow_version::Model>> {
    use entity::workflow_version::{Column, Entity};
    let one = |(id, number): &(WorkflowId, i64)| {
        Condition::all().add(Column::WorkflowId.eq(id.0)).add(Column::Number.eq(*number))
    };
    let any = wanted.iter().fold(Condition::any(), |any, pair| any.add(one(pair)));
    let rows = match wanted {
        [] => Vec::new(),
        _ => scope.find::<Entity>().filter(any).all(scope.reader()).await?,
    };
    Ok(rows)
}

/// A page of the workspace's workflows, oldest first.
///
/// # Errors
/// The database's.
pub async fn list(scope: &Scope, page: &Page<uuid::Uuid>) -> Result<Vec<entity::workflow::Model>> {
    use entity::workflow::{Column, Entity};
    let query = page::by_column(scope.find::<Entity>(), Column::Id, page, Order::Rising);
    Ok(page.in_order(query.all(scope.reader()).await?))
}

/// A page of the versions of each of these workflows, newest first.
///
/// # Errors
/// The database's.
pub async fn versions(
    scope: &Scope,
    workflows: &[WorkflowId],
    page: &Page<i64>,
) -> Result<Vec<entity::workflow_version::Model>> {
    use entity::workflow_version::{Column, Entity};
    let of = |id: &WorkflowId| {
        let all = scope.find::<Entity>().filter(Column::WorkflowId.eq(id.0));
        page::by_column(all, Column::Number, page, Order::Falling)
    };
    let mut rows = page::each(scope, workflows.iter().map(of).collect()).await?;
    rows.sort_by_key(|row| std::cmp::Reverse(row.number));
    Ok(rows)
}

/// What a workflow's draft holds.
///
/// # Errors
/// [`Corrupt`] for a text that no rule writes.
pub fn draft(row: &entity::workflow::Model) -> Result<Definition, Corrupt> {
    read("workflow", row.id, &row.draft)
}

/// What a version holds.
///
/// # Errors
/// [`Corrupt`] for a text that no rule writes.
pub fn definition(row: &entity::workflow_version::Model) -> Result<Definition, Corrupt> {
    read("workflow_version", row.id, &row.definition)
}

/// What keeps the draft of each of these workflows from being published.
///
/// # Errors
/// The database's.
pub async fn problems(scope: &Scope, ids: &[WorkflowId]) -> Result<Vec<(WorkflowId, Vec<Problem>)>> {
    let mut drafts = Vec::new();
    for row in load(scope, ids).await? {
        drafts.push((WorkflowId(row.id), draft(&row)?, Key(row.key)));
    }
    let published = published_of(scope, drafts.iter().flat_map(|(_, draft, _)| called(draft))).await?;
    let of = |(id, draft, key): (WorkflowId, Definition, Key)| {
        let library = published.clone().with_draft(&key, &draft);
        (id, check(&draft, &library))
    };
    Ok(drafts.into_iter().map(of).collect())
}

/// What keeps a definition from being published as the workflow `key`.
///
/// # Errors
/// The database's.
pub(super) async fn problems_of(scope: &Scope, key: &Key, definition: &Definition) -> Result<Vec<Problem>> {
    Ok(check(definition, &library(scope, key, definition).await?))
}

/// A definition as if it were published as version 0 of the workflow `key`, with everything that it calls.
///
/// # Errors
/// The database's.
pub async fn library(scope: &Scope, key: &Key, definition: &Definition) -> Result<Library> {
    Ok(published_of(scope, called(definition)).await?.with_draft(key, definition))
}

/// The versions that a run is in, and all that those may call.
///
/// # Errors
/// The database's.
pub(super) async fn library_of(scope: &Scope, state: &State) -> Result<Library> {
    let own = || state.frames.iter().map(|frame| &frame.workflow);
    let mut versions = Library::default();
    let frames = state.frames.iter().map(|frame| (frame.workflow.clone(), frame.version)).collect();
    add(scope, &mut versions, frames).await?;
    // Its own workflow may have to begin anew.
    let calls: Vec<&Key> = versions.definitions().flat_map(called).chain(own()).collect();
    let mut library = published_of(scope, calls.into_iter()).await?;
    library.keep_all(versions);
    Ok(library)
}

/// Adds versions to a library, as far as there are any.
///
/// # Errors
/// The database's.
pub(super) async fn add(scope: &Scope, library: &mut Library, versions: Vec<(Key, i64)>) -> Result<()> {
    for (key, number) in versions {
        let workflow = entity::workflow::Column::Key.eq(key.0.as_str());
        let row = scope.find::<entity::workflow::Entity>().filter(workflow).one(scope.reader()).await?;
        let Some(row) = row else { continue };
        if let Some(version) = numbered(scope, &[(WorkflowId(row.id), number)]).await?.pop() {
            library.keep(key, number, Arc::new(definition(&version)?));
        }
    }
    Ok(())
}

/// The published version of a workflow, with all that it may call; None if there is none.
///
/// # Errors
/// The database's.
pub(crate) async fn published_alone(
    scope: &Scope,
    id: WorkflowId,
) -> Result<Option<(Key, Library, Definition)>> {
    let Some(row) = load(scope, &[id]).await?.pop() else { return Ok(None) };
    let Some(number) = row.published_number else { return Ok(None) };
    let Some(version) = numbered(scope, &[(id, number)]).await?.pop() else { return Ok(None) };
    let (key, definition) = (Key(row.key), definition(&version)?);
    let mut library = published_of(scope, called(&definition)).await?;
    library.publish(key.clone(), number, Arc::new(definition.clone()));
    Ok(Some((key, library, definition)))
}

/// The published versions of these workflows, and of all that those call: a read for each depth of calls.
async fn published_of(scope: &Scope, keys: impl Iterator<Item = &Key>) -> Result<Library> {
    let mut library = Library::default();
    let mut wanted: BTreeSet<Key> = keys.cloned().collect();
    let mut known = BTreeSet::new();
    loop {
        wanted.retain(|key| !known.contains(key));
        if wanted.is_empty() {
            return Ok(library);
        }
        known.extend(wanted.iter().cloned());
        let mut next = BTreeSet::new();
        for (key, number, definition) in published(scope, &wanted).await? {
            next.extend(called(&definition).cloned());
            library.publish(key, number, Arc::new(definition));
        }
        wanted = next;
    }
}

async fn published(scope: &Scope, keys: &BTreeSet<Key>) -> Result<Vec<(Key, i64, Definition)>> {
    let keys = entity::workflow::Column::Key.is_in(keys.iter().map(|key| key.0.as_str()));
    let workflows = scope.find::<entity::workflow::Entity>().filter(keys).all(scope.reader()).await?;
    let wanted: Vec<(WorkflowId, i64)> =
        workflows.iter().filter_map(|row| Some((WorkflowId(row.id), row.published_number?))).collect();
    let mut found = Vec::new();
    for version in numbered(scope, &wanted).await? {
        let workflow = workflows.iter().find(|row| row.id == version.workflow_id);
        let key = workflow.map(|row| Key(row.key.clone())).ok_or(crate::Error::NotFound)?;
        found.push((key, version.number, self::definition(&version)?));
    }
    Ok(found)
}

fn read(table: &'static str, id: uuid::Uuid, text: &str) -> Result<Definition, Corrupt> {
    serde_json::from_str(text).map_err(|error| Corrupt { table, id: id.to_string(), what: error.to_string() })
}

/// What a definition calls.
fn called(definition: &Definition) -> impl Iterator<Item = &Key> {
    definition.steps.iter().filter_map(|step| step.kind.rules().calls()).map(|call| &call.workflow)
}
