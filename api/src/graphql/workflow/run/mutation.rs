//! Starting runs, and telling them things.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use domain::error::Error;
use domain::id::{ConversationId, RunId, WorkflowId};
use domain::workflow::definition::Name;
use domain::workflow::live::command;
use domain::workflow::run::Signal;

use super::WorkflowRun;
use crate::graphql::cursor::{self, Cursor};
use crate::graphql::operation::{Operation, env, operation};
use crate::graphql::user_error::user_errors;

user_errors! {
    /// Why something that concerns a run was refused.
    WorkflowRunUserError;
    /// Why something that concerns a run was refused, for programs.
    WorkflowRunErrorCode {
        /// Nothing of the workflow is published.
        NotPublished,
        /// The widget's bot is off: runs end with it.
        BotOff,
        /// The run is over.
        RunIsOver,
        /// Only a failed run can be tried again.
        RunHasNotFailed,
        /// The run cannot go on in the version that is published now: the message says why.
        CannotMigrate,
    }
}

/// A run to start.
#[derive(InputObject)]
pub struct WorkflowStartInput {
    /// The workflow: its published version is run.
    workflow_id: ID,
    /// Where it runs, in the background.
    conversation_id: ID,
    /// Values of the workflow's variables, in the place of their initial ones.
    #[graphql(default)]
    variables: Vec<WorkflowValueInput>,
}

/// A variable's value.
#[derive(InputObject)]
pub struct WorkflowValueInput {
    /// The variable's name.
    variable: String,
    /// The value, as JSON: at most 32768 bytes.
    json: String,
}

/// Something to say to a run.
#[derive(InputObject)]
pub struct WorkflowSignalInput {
    /// The run.
    run_id: ID,
    /// The signal's name: a letter, then letters, digits and `_`, at most 64 characters. A `WAIT` step that waits for
    /// this signal goes on; until one does, the run keeps it.
    name: String,
    /// What comes with it, as JSON: at most 32768 bytes; null is nothing.
    payload: Option<String>,
}

/// Which run to end.
#[derive(InputObject)]
pub struct WorkflowCancelInput {
    /// The run.
    run_id: ID,
}

/// Which run to try again.
#[derive(InputObject)]
pub struct WorkflowRetryInput {
    /// The run.
    run_id: ID,
}

/// Which run is to go on in another version.
#[derive(InputObject)]
pub struct WorkflowMigrateInput {
    /// The run.
    run_id: ID,
}

/// What starting a run answers.
#[derive(SimpleObject)]
pub struct WorkflowStartPayload {
    /// The run; null if it was refused.
    run: Option<WorkflowRun>,
    /// Why it was refused; empty if it was done.
    user_errors: Vec<WorkflowRunUserError>,
    /// Where the change stands in the feed of events; null if nothing changed.
    event_cursor: Option<Cursor>,
}

macro_rules! payloads {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(SimpleObject)]
        pub struct $name {
            /// The run. It acts on what it was told a moment later.
            run: WorkflowRun,
            /// Why it was refused; empty if it was done.
            user_errors: Vec<WorkflowRunUserError>,
            /// Where the change stands in the feed of events; null if nothing changed yet.
            event_cursor: Option<Cursor>,
        }
    )*};
}

payloads! {
    /// What saying something to a run answers.
    WorkflowSignalPayload
    /// What ending a run answers.
    WorkflowCancelPayload
    /// What trying a run again answers.
    WorkflowRetryPayload
    /// What moving a run to another version answers.
    WorkflowMigratePayload
}

/// Changes of runs.
#[derive(Default)]
pub struct WorkflowRunMutation;

#[Object]
impl WorkflowRunMutation {
    /// Starts a run of a published workflow in the background of a conversation.
    async fn workflow_start(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which workflow, and where.")] input: WorkflowStartInput,
    ) -> Result<WorkflowStartPayload> {
        let operation = operation(ctx);
        let workflow: WorkflowId = operation.id(&input.workflow_id)?;
        let conversation: ConversationId = operation.id(&input.conversation_id)?;
        let started = async {
            let mut variables = Vec::new();
            for value in input.variables {
                let message = |error| format!("{}: {error}", value.variable);
                let json = serde_json::from_str(&value.json)
                    .map_err(|error| Error::invalid("variables", message(error)))?;
                variables.push((Name(value.variable.clone()), json));
            }
            command::start(env(ctx), &operation.actor, workflow, conversation, variables).await
        };
        Ok(match operation.settle(started.await)? {
            Ok((id, committed)) => WorkflowStartPayload {
                run: Some(operation.named(id).await?.into()),
                user_errors: Vec::new(),
                event_cursor: cursor::of(&committed),
            },
            Err(error) => WorkflowStartPayload { run: None, user_errors: vec![error], event_cursor: None },
        })
    }

    /// Says something to a run that waits for it, or will.
    async fn workflow_signal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which run, and what.")] input: WorkflowSignalInput,
    ) -> Result<WorkflowSignalPayload> {
        let operation = operation(ctx);
        let id: RunId = operation.id(&input.run_id)?;
        let told = async {
            let payload = input.payload.as_deref().map(serde_json::from_str).transpose();
            let payload = payload.map_err(|error| Error::invalid("payload", error.to_string()))?;
            let signal = Signal { name: Name(input.name), payload: payload.unwrap_or_default() };
            command::signal(env(ctx), &operation.actor, id, signal).await
        };
        let (event_cursor, user_errors) = cursor::and_errors(operation.settle(told.await)?);
        Ok(WorkflowSignalPayload { run: run(operation, id).await?, user_errors, event_cursor })
    }

    /// Ends a run. One that is over stays as it is; a failed one cannot be tried again then.
    async fn workflow_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which run.")] input: WorkflowCancelInput,
    ) -> Result<WorkflowCancelPayload> {
        let operation = operation(ctx);
        let id: RunId = operation.id(&input.run_id)?;
        let done = command::cancel(env(ctx), &operation.actor, id).await;
        let (event_cursor, user_errors) = cursor::and_errors(operation.settle(done)?);
        Ok(WorkflowCancelPayload { run: run(operation, id).await?, user_errors, event_cursor })
    }

    /// Tries the step of a failed run again.
    async fn workflow_retry(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which run.")] input: WorkflowRetryInput,
    ) -> Result<WorkflowRetryPayload> {
        let operation = operation(ctx);
        let id: RunId = operation.id(&input.run_id)?;
        let done = command::retry(env(ctx), &operation.actor, id).await;
        let (event_cursor, user_errors) = cursor::and_errors(operation.settle(done)?);
        Ok(WorkflowRetryPayload { run: run(operation, id).await?, user_errors, event_cursor })
    }

    /// Lets a run go on in the version of its workflow that is published now. Where it is stays; what follows is the new
    /// version's. Needs an admin.
    async fn workflow_migrate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which run.")] input: WorkflowMigrateInput,
    ) -> Result<WorkflowMigratePayload> {
        let operation = operation(ctx);
        let id: RunId = operation.id(&input.run_id)?;
        let done = command::migrate(env(ctx), &operation.actor, id).await;
        let (event_cursor, user_errors) = cursor::and_errors(operation.settle(done)?);
        Ok(WorkflowMigratePayload { run: run(operation, id).await?, user_errors, event_cursor })
    }
}

async fn run(operation: &Operation, id: RunId) -> Result<WorkflowRun> {
    Ok(operation.named(id).await?.into())
}
