//! What admins do with workflows.

use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::check::{MAX_BYTES, Problem};
use super::definition::{Definition, Key, MAX_NAME};
use super::{find, live};
use crate::actor::Actor;
use crate::env::Env;
use crate::error::{Error, Refusal, Result, is_duplicate};
use crate::event::{Event, WorkflowChange};
use crate::id::{WorkflowId, WorkflowVersionId};
use crate::scope::Scope;
use crate::tx::{Committed, Tx, locked};

/// Workflows of a workspace.
const MOST: u64 = 500;
/// The longest name and the longest note of a version, in Unicode scalar values.
const LONGEST: usize = 200;

/// A workflow to make.
#[derive(Debug)]
pub struct New<'a> {
    /// By which others call it; it never changes.
    pub key: Key,
    /// What people call it.
    pub name: &'a str,
    /// Its first draft, or what is wrong with it: whoever may not make workflows is not told that.
    pub draft: Result<Definition>,
}

/// Makes a workflow; whatever is wrong with its draft can be mended later.
///
/// # Errors
/// Denied for plain members; Invalid on `key`, `name` or `definition`; NAME_TAKEN for a key in use.
pub async fn create(env: &Env, actor: &Actor, new: New<'_>) -> Result<(WorkflowId, Committed)> {
    actor.must_administer()?;
    if !new.key.is_well_formed() {
        let message = format!("give lower-case letters, digits, `-` and `_`, 1 to {MAX_NAME} characters");
        return Err(Error::invalid("key", message));
    }
    let name = line("name", new.name)?;
    let draft = stored(&new.draft?)?;
    let mut tx = Tx::begin(env, actor.workspace).await?;
    if tx.find::<entity::workflow::Entity>().count(tx.db()).await? >= MOST {
        return Err(Error::invalid(
            "key",
            format!("a workspace has at most {MOST} workflows: delete one first"),
        ));
    }
    let (id, now) = (WorkflowId::new(), tx.now());
    let row = entity::workflow::Model {
        id: id.0,
        workspace_id: tx.workspace.0,
        key: new.key.0,
        name: name.to_owned(),
        draft,
        revision: 1,
        last_number: 0,
        published_number: None,
        created_at: now,
        updated_at: now,
    };
    match tx.insert(row).await {
        Err(error) if is_duplicate(&error) => {
            return Err(Error::refused(Refusal::NameTaken, "there is a workflow with this key already"));
        }
        other => other?,
    }
    announce(&mut tx, id, WorkflowChange::Created);
    Ok((id, tx.commit().await?))
}

/// Changes to a workflow's draft.
#[derive(Debug, Default)]
pub struct Edit<'a> {
    /// The revision that its author saw; None overwrites whatever is there.
    pub seen: Option<i64>,
    /// Another name.
    pub name: Option<&'a str>,
    /// Another draft, or what is wrong with it.
    pub draft: Option<Result<Definition>>,
}

/// Changes the name or the draft; what is published stays.
///
/// # Errors
/// NOT_FOUND; Denied for plain members; Invalid; CHANGED_MEANWHILE.
pub async fn update(env: &Env, actor: &Actor, id: WorkflowId, edit: Edit<'_>) -> Result<Committed> {
    let mut tx = Tx::begin(env, actor.workspace).await?;
    let mut row = lock(&tx, id).await?;
    actor.must_administer()?;
    let before = row.clone();
    if let Some(name) = edit.name {
        line("name", name)?.clone_into(&mut row.name);
    }
    if let Some(draft) = edit.draft {
        row.draft = stored(&draft?)?;
    }
    unchanged_since(&row, edit.seen)?;
    if row != before {
        row.revision += 1;
        row.updated_at = tx.now();
        tx.save(&row).await?;
        announce(&mut tx, id, WorkflowChange::Edited);
    }
    tx.commit().await
}

/// Makes the draft a version and publishes it; if it is the published version already, nothing changes.
///
/// # Errors
/// NOT_FOUND; Denied for plain members; Invalid on `note`; CHANGED_MEANWHILE; HAS_PROBLEMS, with
/// [`find::problems`] telling which.
pub async fn publish(
    env: &Env,
    actor: &Actor,
    id: WorkflowId,
    seen: Option<i64>,
    note: Option<&str>,
) -> Result<Committed> {
    let scope = Scope::of(env, actor.workspace);
    let Some(looked_at) = find::load(&scope, &[id]).await?.pop() else { return Err(Error::NotFound) };
    actor.must_administer()?;
    let note = note.map(|note| line("note", note)).transpose()?;
    unchanged_since(&looked_at, seen)?;
    sound(&scope, &looked_at, &find::draft(&looked_at)?).await?;
    let mut tx = Tx::begin(env, actor.workspace).await?;
    let mut row = lock(&tx, id).await?;
    unchanged_since(&row, Some(looked_at.revision))?;
    if published(&tx, &row).await?.is_some_and(|version| version.definition == row.draft) {
        return tx.commit().await;
    }
    row.last_number += 1;
    row.published_number = Some(row.last_number);
    row.updated_at = tx.now();
    let version = entity::workflow_version::Model {
        id: WorkflowVersionId::new().0,
        workspace_id: row.workspace_id,
        workflow_id: row.id,
        number: row.last_number,
        definition: row.draft.clone(),
        note: note.map(str::to_owned),
        member_id: actor.member.0,
        api_token_id: actor.token.map(|token| token.0),
        published_at: row.updated_at,
    };
    tx.insert(version).await?;
    tx.save(&row).await?;
    live::write_triggers(&mut tx, id, Some(&find::draft(&row)?)).await?;
    announce(&mut tx, id, WorkflowChange::Published);
    tx.commit().await
}

/// Makes an earlier version the published one again; the draft stays as it is.
///
/// # Errors
/// NOT_FOUND; Denied for plain members; Invalid on `number` for one that there is not; HAS_PROBLEMS if it calls what is
/// gone.
pub async fn roll_back(env: &Env, actor: &Actor, id: WorkflowId, number: i64) -> Result<Committed> {
    let scope = Scope::of(env, actor.workspace);
    let Some(row) = find::load(&scope, &[id]).await?.pop() else { return Err(Error::NotFound) };
    actor.must_administer()?;
    let Some(version) = find::numbered(&scope, &[(id, number)]).await?.pop() else {
        let message = match row.last_number {
            0 => "nothing was published yet".to_owned(),
            last => format!("there is no version {number}: give 1 to {last}"),
        };
        return Err(Error::invalid("number", message));
    };
    sound(&scope, &row, &find::definition(&version)?).await?;
    let mut tx = Tx::begin(env, actor.workspace).await?;
    let mut row = lock(&tx, id).await?;
    if row.published_number != Some(number) {
        row.published_number = Some(number);
        row.updated_at = tx.now();
        tx.save(&row).await?;
        live::write_triggers(&mut tx, id, Some(&find::definition(&version)?)).await?;
        announce(&mut tx, id, WorkflowChange::RolledBack);
    }
    tx.commit().await
}

/// Deletes a workflow with its versions. Its runs stay, with what they did.
///
/// # Errors
/// NOT_FOUND; Denied for plain members; IN_USE while a widget has it, or a run of it is not over.
pub async fn delete(env: &Env, actor: &Actor, id: WorkflowId) -> Result<Committed> {
    let mut tx = Tx::begin(env, actor.workspace).await?;
    lock(&tx, id).await?;
    actor.must_administer()?;
    unused(&tx, id).await?;
    live::write_triggers(&mut tx, id, None).await?;
    let versions = entity::workflow_version::Column::WorkflowId.eq(id.0);
    entity::workflow_version::Entity::delete_many().filter(versions).exec(tx.db()).await?;
    entity::workflow::Entity::delete_many()
        .filter(entity::workflow::Column::Id.eq(id.0))
        .exec(tx.db())
        .await?;
    announce(&mut tx, id, WorkflowChange::Deleted);
    tx.commit().await
}

/// Checks the size of a definition that may have problems otherwise.
///
/// # Errors
/// Invalid on `definition`.
pub fn bounded(definition: &Definition) -> Result<()> {
    let bytes = serde_json::to_string(definition).map_err(Error::internal)?.len();
    match bytes <= MAX_BYTES {
        true => Ok(()),
        false => {
            let message = format!("it has {bytes} bytes of JSON, at most {MAX_BYTES} are allowed");
            Err(Error::invalid("definition", message))
        }
    }
}

async fn lock(tx: &Tx<'_>, id: WorkflowId) -> Result<entity::workflow::Model> {
    let query = tx.find::<entity::workflow::Entity>().filter(entity::workflow::Column::Id.eq(id.0));
    locked(query).one(tx.db()).await?.ok_or(Error::NotFound)
}

async fn version(
    tx: &Tx<'_>,
    id: WorkflowId,
    number: i64,
) -> Result<Option<entity::workflow_version::Model>> {
    use entity::workflow_version::Column;
    let query = tx
        .find::<entity::workflow_version::Entity>()
        .filter(Column::WorkflowId.eq(id.0))
        .filter(Column::Number.eq(number));
    Ok(query.one(tx.db()).await?)
}

async fn published(
    tx: &Tx<'_>,
    row: &entity::workflow::Model,
) -> Result<Option<entity::workflow_version::Model>> {
    match row.published_number {
        Some(number) => version(tx, WorkflowId(row.id), number).await,
        None => Ok(None),
    }
}

/// Nothing is wrong with the definition.
async fn sound(scope: &Scope, row: &entity::workflow::Model, definition: &Definition) -> Result<()> {
    let problems = find::problems_of(scope, &Key(row.key.clone()), definition).await?;
    match problems.first() {
        Some(first) => Err(Error::refused(Refusal::HasProblems, told(&problems, first))),
        None => Ok(()),
    }
}

fn announce(tx: &mut Tx<'_>, workflow: WorkflowId, change: WorkflowChange) {
    tx.announce(Event::WorkflowChanged { workflow, change });
}

fn unchanged_since(row: &entity::workflow::Model, seen: Option<i64>) -> Result<()> {
    match seen {
        Some(seen) if seen != row.revision => {
            let message = format!("it is at revision {} now: look at it and try again", row.revision);
            Err(Error::refused(Refusal::ChangedMeanwhile, message))
        }
        Some(_) | None => Ok(()),
    }
}

fn told(problems: &[Problem], first: &Problem) -> String {
    let at = first.step.as_ref().map(|step| format!("step `{step}`, ")).unwrap_or_default();
    let more = match problems.len() {
        1 => String::new(),
        n => format!(", and {} more", n - 1),
    };
    format!("{at}{}: {}{more}", first.field, first.message)
}

fn stored(definition: &Definition) -> Result<String> {
    bounded(definition)?;
    serde_json::to_string(definition).map_err(Error::internal)
}

fn line<'a>(field: &'static str, text: &'a str) -> Result<&'a str> {
    let text = text.trim();
    match (1..=LONGEST).contains(&text.chars().count()) && !text.chars().any(char::is_control) {
        true => Ok(text),
        false => Err(Error::invalid(field, format!("give one line of 1 to {LONGEST} characters"))),
    }
}

/// Widgets and runs that are not over need the workflow.
async fn unused(tx: &Tx<'_>, id: WorkflowId) -> Result<()> {
    use entity::{widget, workflow_run};
    let widgets = tx.find::<widget::Entity>().filter(widget::Column::WorkflowId.eq(id.0));
    if widgets.count(tx.db()).await? > 0 {
        return Err(Error::refused(Refusal::InUse, "a widget has this workflow: give it another one first"));
    }
    let runs = tx
        .find::<workflow_run::Entity>()
        .filter(workflow_run::Column::WorkflowId.eq(id.0))
        .filter(workflow_run::Column::EndedAt.is_null());
    if runs.count(tx.db()).await? > 0 {
        return Err(Error::refused(Refusal::InUse, "runs of this workflow are not over: cancel them first"));
    }
    Ok(())
}
