//! What the workers do later: ids only, each with its queue and its key.
//!
//! A key names the cause, not the object: it stays taken after the job is done, so an object that
//! becomes due again needs another key. Jobs found by the ticker carry the tick that found them: one
//! that was consumed without effect is found again five seconds later.

pub mod table;

use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::id::{
    ConversationId, DeliveryId, ElementId, MessageId, RunId, TicketId, TurnId, WidgetId, WorkflowId,
    WorkspaceId,
};
use crate::lane::LaneKey;
use crate::workflow::trigger::Occasion;

/// The queues, by how long a job takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Queue {
    /// Database work only.
    Short,
    /// Waits for Meta or a model.
    Outside,
    /// Waits for strangers' servers, which keep nobody else waiting.
    Calls,
    /// Comes in such numbers that nobody who waits may stand behind it.
    Crowds,
    /// Counting and cleaning up.
    Upkeep,
}

impl Queue {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Short, Self::Outside, Self::Calls, Self::Crowds, Self::Upkeep];

    /// The name in the job tables.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Short => "short",
            Self::Outside => "outside",
            Self::Calls => "calls",
            Self::Crowds => "crowds",
            Self::Upkeep => "upkeep",
        }
    }
}

/// One piece of work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "job", rename_all = "snake_case")]
pub enum Job {
    /// Work through a lane.
    Drain { lane: LaneKey, token: i64 },
    /// A session may be over.
    Expire { workspace: WorkspaceId, conversation: ConversationId, tick: i64 },
    /// A snooze may be over.
    Unsnooze { workspace: WorkspaceId, conversation: ConversationId, tick: i64 },
    /// The bot's turn: `start` is how often it was started before.
    /// `tick` is what found it due: a newer message may have moved the due time before the job ran.
    Turn { workspace: WorkspaceId, turn: TurnId, start: i64, tick: i64 },
    /// Meta has been silent about a message for two minutes.
    Unknown { workspace: WorkspaceId, delivery: DeliveryId, tick: i64 },
    /// A bot message has waited too long to be sent.
    GiveUp { workspace: WorkspaceId, delivery: DeliveryId, tick: i64 },
    /// The content of a message has not come.
    Unreadable { workspace: WorkspaceId, message: MessageId, tick: i64 },
    /// The customer may see that the message was read, and with `typing` that an answer is being made.
    MarkRead { workspace: WorkspaceId, message: MessageId, typing: bool },
    /// A run of a workflow may go on. `cause` is what woke it.
    Workflow { workspace: WorkspaceId, run: RunId, cause: String },
    /// A run of a workflow waits for a stranger's server. `cause` names the call.
    WorkflowCall { workspace: WorkspaceId, run: RunId, cause: String },
    /// A time of the week has come that begins a workflow. `due` is when, in microseconds since 1970.
    Timetable { workspace: WorkspaceId, workflow: WorkflowId, due: i64, tick: i64 },
    /// The bot of a widget was switched off: runs that began before this epoch end.
    StopRuns { workspace: WorkspaceId, widget: WidgetId, epoch: i64 },
    /// Something happened that begins a workflow. `number` is that of the conversation's last message then, `due` the
    /// time that has come, in microseconds since 1970, if it is one.
    BeginWorkflow {
        workspace: WorkspaceId,
        workflow: WorkflowId,
        conversation: ConversationId,
        on: Occasion,
        number: i64,
        #[serde(default)]
        due: Option<i64>,
        cause: String,
    },
    /// Something parked may have found its message.
    Reconsider { element: ElementId, tick: i64 },
    /// A number is to be asked about.
    /// `due` is when, in microseconds since 1970.
    Probe { workspace: WorkspaceId, widget: WidgetId, due: i64, tick: i64 },
    /// A training ticket is to be taught.
    Teach { workspace: WorkspaceId, ticket: TicketId, tick: i64 },
    /// Figures of a workspace are to be counted.
    RollUp { workspace: WorkspaceId, tick: i64 },
    /// Old rows go.
    Prune { tick: i64 },
}

impl Job {
    /// Which workers take it.
    #[must_use]
    pub fn queue(&self) -> Queue {
        match self {
            Self::Drain { lane, .. } => match lane.kind {
                crate::lane::LaneKind::Delivery => Queue::Outside,
                crate::lane::LaneKind::Inbound | crate::lane::LaneKind::Intake => Queue::Short,
            },
            Self::Turn { .. } | Self::Workflow { .. } | Self::MarkRead { .. } | Self::Probe { .. } => {
                Queue::Outside
            }
            Self::WorkflowCall { .. } => Queue::Calls,
            Self::Timetable { .. } | Self::StopRuns { .. } | Self::BeginWorkflow { due: Some(_), .. } => {
                Queue::Crowds
            }
            Self::Expire { .. }
            | Self::Unsnooze { .. }
            | Self::Unknown { .. }
            | Self::GiveUp { .. }
            | Self::Unreadable { .. }
            | Self::BeginWorkflow { due: None, .. }
            | Self::Reconsider { .. } => Queue::Short,
            Self::Teach { .. } | Self::RollUp { .. } | Self::Prune { .. } => Queue::Upkeep,
        }
    }

    /// The cause; two jobs with one key are one job.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Drain { lane, token } => format!("drain:{}:{}:{token}", lane.kind.as_str(), lane.key),
            Self::Expire { conversation, tick, .. } => format!("expire:{conversation}:{tick}"),
            Self::Unsnooze { conversation, tick, .. } => format!("unsnooze:{conversation}:{tick}"),
            Self::Turn { turn, start, tick, .. } => format!("turn:{turn}:{start}:{tick}"),
            Self::Unknown { delivery, tick, .. } => format!("unknown:{delivery}:{tick}"),
            Self::GiveUp { delivery, tick, .. } => format!("give-up:{delivery}:{tick}"),
            Self::Unreadable { message, tick, .. } => format!("unreadable:{message}:{tick}"),
            Self::MarkRead { message, typing, .. } => format!("mark-read:{message}:{typing}"),
            Self::Workflow { run, cause, .. } => format!("workflow:{run}:{cause}"),
            Self::WorkflowCall { run, cause, .. } => format!("workflow-call:{run}:{cause}"),
            Self::StopRuns { widget, epoch, .. } => format!("stop-runs:{widget}:{epoch}"),
            Self::Timetable { workflow, due, tick, .. } => format!("timetable:{workflow}:{due}:{tick}"),
            Self::BeginWorkflow { workflow, conversation, cause, .. } => {
                format!("begin-workflow:{workflow}:{conversation}:{cause}")
            }
            Self::Reconsider { element, tick } => format!("reconsider:{element}:{tick}"),
            Self::Probe { widget, due, tick, .. } => format!("probe:{widget}:{due}:{tick}"),
            Self::Teach { ticket, tick, .. } => format!("teach:{ticket}:{tick}"),
            Self::RollUp { workspace, tick } => format!("roll-up:{workspace}:{tick}"),
            Self::Prune { tick } => format!("cron:prune:{tick}"),
        }
    }
}

/// How often a job is tried before it becomes a dead letter.
const ATTEMPTS: u32 = 12;

/// Writes jobs inside the caller's transaction; one whose key is taken is left out.
pub(crate) async fn insert(db: &impl ConnectionTrait, jobs: &[Job]) -> Result<()> {
    if jobs.is_empty() {
        return Ok(());
    }
    let rows: Vec<table::NewJob> = jobs
        .iter()
        .map(|job| {
            let payload = serde_json::to_value(job).map_err(crate::Error::internal)?;
            Ok(table::NewJob { queue: job.queue().as_str(), key: job.key(), payload, attempts: ATTEMPTS })
        })
        .collect::<Result<_>>()?;
    table::insert(db, &rows).await?;
    Ok(())
}
