//! Writing, publishing and trying out workflows.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use domain::error::Error;
use domain::id::WorkflowId;
use domain::workflow::command::{self, Edit, New};
use domain::workflow::definition::{Definition, Key};
use domain::workflow::file;

use super::Workflow;
use super::definition::WorkflowDefinitionInput;
use super::simulation::{self, WorkflowSimulateInput, WorkflowSimulation};
use crate::graphql::cursor::{self, Cursor};
use crate::graphql::operation::{env, operation};
use crate::graphql::user_error::user_errors;

user_errors! {
    /// Why a change of a workflow was refused.
    WorkflowUserError;
    /// Why a change of a workflow was refused, for programs.
    WorkflowErrorCode {
        /// There is a workflow with this key already.
        NameTaken,
        /// Somebody else changed it since that revision: look at it and try again.
        ChangedMeanwhile,
        /// Something is to be mended first: `problems` of the workflow tell what.
        HasProblems,
        /// A widget has it, or runs of it are not over.
        InUse,
    }
}

/// A workflow to make.
#[derive(InputObject)]
pub struct WorkflowCreateInput {
    /// By which other workflows call it: lower-case letters, digits, `-` and `_`, at most 64 characters. It never
    /// changes.
    key: String,
    /// What people call it: one line of 1 to 200 characters.
    name: String,
    /// Its first draft; null is an empty one.
    definition: Option<WorkflowDefinitionInput>,
}

/// A change of a workflow's draft.
#[derive(InputObject)]
pub struct WorkflowUpdateInput {
    /// The workflow.
    workflow_id: ID,
    /// The revision that its author saw: if there is a newer one, nothing is changed. Null overwrites whatever is there.
    revision: Option<i64>,
    /// What people call it: one line of 1 to 200 characters; null leaves it.
    name: Option<String>,
    /// The whole draft; null leaves it. What is wrong with it can be mended later: `problems` tell.
    definition: Option<WorkflowDefinitionInput>,
}

/// A workflow to make from a file, or a file for a draft.
#[derive(InputObject)]
pub struct WorkflowImportInput {
    /// The text of the file.
    file: String,
    /// The workflow whose name and draft it replaces; null makes a new one with the file's key.
    workflow_id: Option<ID>,
    /// The revision of that workflow that the importer saw; null overwrites whatever is there.
    revision: Option<i64>,
}

/// Which draft to publish.
#[derive(InputObject)]
pub struct WorkflowPublishInput {
    /// The workflow.
    workflow_id: ID,
    /// The revision that its publisher saw; null publishes whatever is there.
    revision: Option<i64>,
    /// What is to be said about the version: one line of 1 to 200 characters.
    note: Option<String>,
}

/// Which version to publish again.
#[derive(InputObject)]
pub struct WorkflowRollBackInput {
    /// The workflow.
    workflow_id: ID,
    /// The number of the version.
    number: i64,
}

/// Which workflow to delete.
#[derive(InputObject)]
pub struct WorkflowDeleteInput {
    /// The workflow.
    workflow_id: ID,
}

macro_rules! payloads {
    ($($(#[$doc:meta])* $name:ident { $(#[$field_doc:meta])* $field:ident: $type:ty })*) => {$(
        $(#[$doc])*
        #[derive(SimpleObject)]
        pub struct $name {
            $(#[$field_doc])*
            $field: $type,
            /// Why it was refused; empty if it was done.
            user_errors: Vec<WorkflowUserError>,
            /// Where the change stands in the feed of events; null if nothing changed.
            event_cursor: Option<Cursor>,
        }
    )*};
}

payloads! {
    /// What making a workflow answers.
    WorkflowCreatePayload {
        /// The workflow; null if it was refused.
        workflow: Option<Workflow>
    }

    /// What changing a draft answers.
    WorkflowUpdatePayload {
        /// The workflow as it is now.
        workflow: Workflow
    }

    /// What importing a file answers.
    WorkflowImportPayload {
        /// The workflow as it is now; null if none was made.
        workflow: Option<Workflow>
    }

    /// What publishing answers.
    WorkflowPublishPayload {
        /// The workflow as it is now.
        workflow: Workflow
    }

    /// What publishing an earlier version again answers.
    WorkflowRollBackPayload {
        /// The workflow as it is now.
        workflow: Workflow
    }

    /// What deleting a workflow answers.
    WorkflowDeletePayload {
        /// The id of the workflow that is gone.
        deleted_workflow_id: ID
    }
}

/// What trying a workflow out answers.
#[derive(SimpleObject)]
pub struct WorkflowSimulatePayload {
    /// The run; null if the script was refused, or the workflow cannot begin.
    simulation: Option<WorkflowSimulation>,
    /// Why it was refused; empty if it was done.
    user_errors: Vec<WorkflowUserError>,
}

/// Changes of workflows.
#[derive(Default)]
pub struct WorkflowMutation;

#[Object]
impl WorkflowMutation {
    /// Makes a workflow, as a draft. Needs an admin.
    async fn workflow_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What it is called and does.")] input: WorkflowCreateInput,
    ) -> Result<WorkflowCreatePayload> {
        let operation = operation(ctx);
        let made = async {
            let draft =
                input.definition.map_or_else(|| Ok(Definition::default()), WorkflowDefinitionInput::read);
            let new = New { key: Key(input.key), name: &input.name, draft };
            command::create(env(ctx), &operation.actor, new).await
        };
        Ok(match operation.settle(made.await)? {
            Ok((id, committed)) => WorkflowCreatePayload {
                workflow: Some(operation.named(id).await?.into()),
                user_errors: Vec::new(),
                event_cursor: cursor::of(&committed),
            },
            Err(error) => {
                WorkflowCreatePayload { workflow: None, user_errors: vec![error], event_cursor: None }
            }
        })
    }

    /// Changes a workflow's name or draft; what is published stays as it is. Needs an admin.
    async fn workflow_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which workflow, and the change.")] input: WorkflowUpdateInput,
    ) -> Result<WorkflowUpdatePayload> {
        let operation = operation(ctx);
        let id: WorkflowId = operation.id(&input.workflow_id)?;
        let changed = async {
            let draft = input.definition.map(WorkflowDefinitionInput::read);
            let edit = Edit { seen: input.revision, name: input.name.as_deref(), draft };
            command::update(env(ctx), &operation.actor, id, edit).await
        };
        let (event_cursor, user_errors) = cursor::and_errors(operation.settle(changed.await)?);
        Ok(WorkflowUpdatePayload { workflow: operation.named(id).await?.into(), user_errors, event_cursor })
    }

    /// Makes a workflow from a file, or replaces a draft by one. Needs an admin.
    async fn workflow_import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file, and where it goes.")] input: WorkflowImportInput,
    ) -> Result<WorkflowImportPayload> {
        let operation = operation(ctx);
        let into: Option<WorkflowId> = input.workflow_id.as_ref().map(|id| operation.id(id)).transpose()?;
        if let Some(id) = into {
            operation.named(id).await?;
        }
        let imported = async {
            // Who may not is told that, and not what is wrong with the file.
            operation.actor.must_administer()?;
            let file = file::read(&input.file).map_err(|message| Error::invalid("file", message))?;
            let draft = Ok(file.definition);
            match into {
                Some(id) => {
                    let edit = Edit { seen: input.revision, name: Some(&file.name), draft: Some(draft) };
                    let committed = command::update(env(ctx), &operation.actor, id, edit).await?;
                    Ok((id, committed))
                }
                None => {
                    let new = New { key: file.key, name: &file.name, draft };
                    command::create(env(ctx), &operation.actor, new).await
                }
            }
        };
        let (id, event_cursor, user_errors) = match operation.settle(imported.await)? {
            Ok((id, committed)) => (Some(id), cursor::of(&committed), Vec::new()),
            Err(error) => (into, None, vec![error]),
        };
        let workflow = match id {
            Some(id) => Some(operation.named(id).await?.into()),
            None => None,
        };
        Ok(WorkflowImportPayload { workflow, user_errors, event_cursor })
    }

    /// Makes the draft a version and publishes it, if it has no problems. Needs an admin.
    async fn workflow_publish(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which workflow.")] input: WorkflowPublishInput,
    ) -> Result<WorkflowPublishPayload> {
        let operation = operation(ctx);
        let id: WorkflowId = operation.id(&input.workflow_id)?;
        let note = input.note.as_deref();
        let done = command::publish(env(ctx), &operation.actor, id, input.revision, note).await;
        let (event_cursor, user_errors) = cursor::and_errors(operation.settle(done)?);
        Ok(WorkflowPublishPayload { workflow: operation.named(id).await?.into(), user_errors, event_cursor })
    }

    /// Makes an earlier version the published one again; the draft stays as it is. Needs an admin.
    async fn workflow_roll_back(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which workflow, and to which version.")] input: WorkflowRollBackInput,
    ) -> Result<WorkflowRollBackPayload> {
        let operation = operation(ctx);
        let id: WorkflowId = operation.id(&input.workflow_id)?;
        let done = command::roll_back(env(ctx), &operation.actor, id, input.number).await;
        let (event_cursor, user_errors) = cursor::and_errors(operation.settle(done)?);
        Ok(WorkflowRollBackPayload { workflow: operation.named(id).await?.into(), user_errors, event_cursor })
    }

    /// Tries a workflow out: the engine that runs it, on a clock of its own, with a customer who says what the script
    /// says. Questions are answered from the present knowledge; nothing is stored, sent or called. Needs an admin.
    async fn workflow_simulate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which workflow, and the script.")] input: WorkflowSimulateInput,
    ) -> Result<WorkflowSimulatePayload> {
        let workflow = input.workflow_id.clone();
        let played = simulation::play(ctx, &workflow, input).await?;
        Ok(match operation(ctx).settle(played)? {
            Ok(simulation) => {
                WorkflowSimulatePayload { simulation: Some(simulation), user_errors: Vec::new() }
            }
            Err(error) => WorkflowSimulatePayload { simulation: None, user_errors: vec![error] },
        })
    }

    /// Deletes a workflow with its versions; its runs stay. Refused while a widget has it or runs of it are not over.
    /// Needs an admin.
    async fn workflow_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which workflow.")] input: WorkflowDeleteInput,
    ) -> Result<WorkflowDeletePayload> {
        let operation = operation(ctx);
        let id: WorkflowId = operation.id(&input.workflow_id)?;
        let done = command::delete(env(ctx), &operation.actor, id).await;
        let (event_cursor, user_errors) = cursor::and_errors(operation.settle(done)?);
        Ok(WorkflowDeletePayload { deleted_workflow_id: id.into(), user_errors, event_cursor })
    }
}
