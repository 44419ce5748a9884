//! Runs of workflows on conversations.

mod mutation;

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use domain::id::{ConversationId, MemberId, RunId, SessionId, WorkflowId};
use domain::page::Page;
use domain::row;
use domain::workflow::live::{self, BegunBy, Filter, Status};
use domain::workflow::run::{At, Cancel, Ended, State, Wait};

use super::journal::{WorkflowFault, WorkflowJournalEntry, WorkflowJournalValue};
use crate::graphql::connection::{Connection, Paging};
use crate::graphql::link::{Glance, Link};
use crate::graphql::loader::WorkflowEntriesOf;
use crate::graphql::operation::{Operation, operation};
use crate::graphql::time::DateTime;
pub use mutation::WorkflowRunMutation;

/// A run.
pub struct WorkflowRun(row::WorkflowRun);

impl From<row::WorkflowRun> for WorkflowRun {
    fn from(row: row::WorkflowRun) -> Self {
        Self(row)
    }
}

/// How a run is doing.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "Status")]
pub enum WorkflowRunStatus {
    /// It goes on, or waits: `waitsFor` tells.
    Active,
    /// A person acts: it waits for the conversation to be handed back.
    Paused,
    /// It came to its end.
    Completed,
    /// A step could not be done: `fault` tells why. `workflowRetry` tries it again.
    Failed,
    /// It was ended: `cancelReason` tells why.
    Cancelled,
}

/// What began a run.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkflowRunOrigin {
    /// The widget that the workflow is set for: it answers the customer.
    Widget,
    /// A session opened.
    SessionOpened,
    /// The customer wrote.
    CustomerMessage,
    /// A person became responsible.
    HandedOver,
    /// A session closed.
    SessionClosed,
    /// A snooze ended by itself.
    SnoozeElapsed,
    /// A time of the week came.
    Schedule,
    /// A member or an integration: `startedBy` tells who.
    Command,
}

/// What a run waits for.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkflowRunWait {
    /// The customer's answer.
    Answer,
    /// A time, or a signal until then.
    Time,
    /// The result of a call to the outside.
    Outside,
}

/// Why a run was ended.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "Cancel")]
pub enum WorkflowCancelReason {
    /// A member or an integration ended it.
    Command,
    /// Its session is over.
    SessionClosed,
    /// The widget's bot is off.
    BotOff,
    /// The conversation was handed back, and its workflow began anew.
    Restarted,
}

/// What a run did next.
#[derive(SimpleObject)]
pub struct WorkflowRunEntry {
    /// What it did.
    #[graphql(flatten)]
    did: WorkflowJournalEntry,
    /// When.
    at: DateTime,
    /// For how long its step had been going on then, in milliseconds: what a step waited is in it.
    duration_ms: i64,
}

/// A run of a workflow on a conversation. It stays on the version with which it began, unless
/// `workflowMigrate` moves it.
#[Object]
impl WorkflowRun {
    /// Names this run.
    pub(in crate::graphql) async fn id(&self) -> ID {
        RunId(self.0.id).into()
    }

    /// The workflow; null if it was deleted since.
    async fn workflow(&self) -> Glance<WorkflowId> {
        Glance(WorkflowId(self.0.workflow_id))
    }

    /// The number of its version.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// Where it runs.
    async fn conversation(&self) -> Link<ConversationId> {
        Link(ConversationId(self.0.conversation_id))
    }

    /// The session with which it ends; null for one that outlives sessions.
    async fn session(&self) -> Option<Link<SessionId>> {
        self.0.session_id.map(|id| Link(SessionId(id)))
    }

    /// Whether it answers the customer; else it runs in the background.
    async fn foreground(&self) -> bool {
        self.0.foreground
    }

    /// What began it.
    async fn origin(&self, ctx: &Context<'_>) -> Result<WorkflowRunOrigin> {
        use domain::workflow::trigger::Occasion;
        Ok(match operation(ctx).read(BegunBy::read(&self.0))? {
            BegunBy::Widget => WorkflowRunOrigin::Widget,
            BegunBy::Command => WorkflowRunOrigin::Command,
            BegunBy::Trigger(Occasion::SessionOpened) => WorkflowRunOrigin::SessionOpened,
            BegunBy::Trigger(Occasion::CustomerMessage) => WorkflowRunOrigin::CustomerMessage,
            BegunBy::Trigger(Occasion::HandedOver) => WorkflowRunOrigin::HandedOver,
            BegunBy::Trigger(Occasion::SessionClosed) => WorkflowRunOrigin::SessionClosed,
            BegunBy::Trigger(Occasion::SnoozeElapsed) => WorkflowRunOrigin::SnoozeElapsed,
            BegunBy::Trigger(Occasion::Schedule) => WorkflowRunOrigin::Schedule,
        })
    }

    /// Who started it; null if it began by itself.
    async fn started_by(&self) -> Option<Glance<MemberId>> {
        self.0.member_id.map(|id| Glance(MemberId(id)))
    }

    /// How it is doing.
    async fn status(&self, ctx: &Context<'_>) -> Result<WorkflowRunStatus> {
        Ok(operation(ctx).read(Status::read(&self.0))?.into())
    }

    /// The key of the workflow in which it is: its own, or one that it called.
    async fn current_workflow(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(self.state(operation(ctx))?.frame().workflow.0.clone())
    }

    /// The id of the step at which it is, or was when it ended.
    async fn current_step(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(self.state(operation(ctx))?.frame().step.0.clone())
    }

    /// What it waits for; null if it does not wait.
    async fn waits_for(&self, ctx: &Context<'_>) -> Result<Option<WorkflowRunWait>> {
        Ok(match self.state(operation(ctx))?.at {
            At::Waiting { wait: Wait::Answer { .. }, .. } => Some(WorkflowRunWait::Answer),
            At::Waiting { wait: Wait::Time { .. }, .. } => Some(WorkflowRunWait::Time),
            At::Waiting { wait: Wait::Outside { .. }, .. } => Some(WorkflowRunWait::Outside),
            At::Ready | At::Ended { .. } => None,
        })
    }

    /// When it goes on by itself; null if it waits for others, is paused, or is over.
    async fn wakes_at(&self) -> Option<DateTime> {
        self.0.due_at.map(DateTime::from)
    }

    /// What it remembers in the workflow in which it is. Needs an admin.
    async fn variables(&self, ctx: &Context<'_>) -> Result<Vec<WorkflowJournalValue>> {
        let operation = operation(ctx);
        operation.told(operation.actor.must_administer())?;
        let variables = self.state(operation)?.frame().variables.clone();
        let shown = |(name, value): (domain::workflow::definition::Name, serde_json::Value)| {
            WorkflowJournalValue { field: name.0, json: value.to_string() }
        };
        Ok(variables.into_iter().map(shown).collect())
    }

    /// Why its step could not be done; null unless it FAILED.
    async fn fault(&self, ctx: &Context<'_>) -> Result<Option<WorkflowFault>> {
        Ok(match self.state(operation(ctx))?.at {
            At::Ended { how: Ended::Failed { fault, .. } } => Some(fault.into()),
            _ => None,
        })
    }

    /// Why it was ended; null unless it was CANCELLED.
    async fn cancel_reason(&self, ctx: &Context<'_>) -> Result<Option<WorkflowCancelReason>> {
        Ok(match self.state(operation(ctx))?.at {
            At::Ended { how: Ended::Cancelled { reason } } => Some(reason.into()),
            _ => None,
        })
    }

    /// What it did, step by step. Needs an admin.
    async fn journal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many from the beginning, 1 to 100; without first and last 50.")]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "At most so many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<Connection<WorkflowRunEntry>> {
        let operation = operation(ctx);
        operation.told(operation.actor.must_administer())?;
        let page: Page<i64> = Paging { first, after, last, before }.page()?;
        let rows = operation.find(WorkflowEntriesOf(RunId(self.0.id), page.clone())).await?;
        let mut entries = Vec::new();
        for row in rows.unwrap_or_default() {
            let did = operation.read(live::entry(&row))?.into();
            let duration_ms = (row.at - row.begun_at).num_milliseconds();
            entries.push((row.number, WorkflowRunEntry { did, at: row.at.into(), duration_ms }));
        }
        Ok(Connection::new(&page, entries, |entry| entry))
    }

    /// When it began.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// When it ended; null if it is not over.
    async fn ended_at(&self) -> Option<DateTime> {
        self.0.ended_at.map(DateTime::from)
    }
}

impl WorkflowRun {
    fn state(&self, operation: &Operation) -> Result<State> {
        operation.read(live::state(&self.0))
    }
}

/// Reads of runs.
#[derive(Default)]
pub struct WorkflowRunQuery;

#[Object]
impl WorkflowRunQuery {
    /// Runs of workflows, newest first.
    #[allow(clippy::too_many_arguments, reason = "a connection has four, and the filters are flat")]
    async fn workflow_runs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only of this workflow.")] workflow_id: Option<ID>,
        #[graphql(desc = "Only on this conversation.")] conversation_id: Option<ID>,
        #[graphql(desc = "Only those that are doing so.")] status: Option<WorkflowRunStatus>,
        #[graphql(desc = "At most so many from the beginning, 1 to 100; without first and last 50.")]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "At most so many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<Connection<WorkflowRun>> {
        let operation = operation(ctx);
        let workflow: Option<WorkflowId> = workflow_id.as_ref().map(|id| operation.id(id)).transpose()?;
        let conversation: Option<ConversationId> =
            conversation_id.as_ref().map(|id| operation.id(id)).transpose()?;
        if let Some(id) = workflow {
            operation.named(id).await?;
        }
        if let Some(id) = conversation {
            operation.named(id).await?;
        }
        let filter = Filter { workflow, conversation, status: status.map(Status::from) };
        let page = Paging { first, after, last, before }.page()?;
        let rows = operation.told(live::list(&operation.scope, &filter, &page).await)?;
        Ok(Connection::new(&page, rows, |row| (row.id, WorkflowRun(row))))
    }
}
