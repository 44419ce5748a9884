//! The row of a run: what of its state can be asked for without reading it.

use chrono::TimeDelta;

use crate::clock::Time;
use crate::error::Corrupt;
use crate::workflow::run::{At, Ended, State, Wait};
use crate::workflow::trigger::Occasion;

/// How a run is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// It goes on, or waits.
    Active,
    /// A person acts: it waits for the conversation to be handed back.
    Paused,
    /// It came to its end.
    Completed,
    /// A step could not be done; it can be tried again.
    Failed,
    /// It was ended.
    Cancelled,
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Active, Self::Paused, Self::Completed, Self::Failed, Self::Cancelled];

    /// As stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Paused => "PAUSED",
            Self::Completed => "COMPLETED",
            Self::Failed => "FAILED",
            Self::Cancelled => "CANCELLED",
        }
    }

    /// Reads a stored status.
    ///
    /// # Errors
    /// [`Corrupt`] for a text that no rule writes.
    pub fn read(row: &entity::workflow_run::Model) -> Result<Self, Corrupt> {
        let known = Self::ALL.into_iter().find(|status| status.as_str() == row.status);
        known.ok_or_else(|| corrupt(row, format!("status {}", row.status)))
    }

    fn of(state: &State) -> Self {
        match &state.at {
            At::Ended { how: Ended::Completed { .. } } => Self::Completed,
            At::Ended { how: Ended::Failed { .. } } => Self::Failed,
            At::Ended { how: Ended::Cancelled { .. } } => Self::Cancelled,
            At::Ready | At::Waiting { .. } if state.paused => Self::Paused,
            At::Ready | At::Waiting { .. } => Self::Active,
        }
    }
}

/// What began a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BegunBy {
    /// The widget that the workflow is set for.
    Widget,
    /// One of its triggers.
    Trigger(Occasion),
    /// A member or an integration.
    Command,
}

impl BegunBy {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Widget => "WIDGET",
            Self::Trigger(occasion) => occasion.as_str(),
            Self::Command => "COMMAND",
        }
    }

    /// Reads what began a stored run.
    ///
    /// # Errors
    /// [`Corrupt`] for a text that no rule writes.
    pub fn read(row: &entity::workflow_run::Model) -> Result<Self, Corrupt> {
        let occasions = Occasion::ALL.into_iter().map(Self::Trigger);
        let known = occasions.chain([Self::Widget, Self::Command]).find(|by| by.as_str() == row.begun_by);
        known.ok_or_else(|| corrupt(row, format!("begun by {}", row.begun_by)))
    }
}

/// Where a stored run stands.
///
/// # Errors
/// [`Corrupt`] for a text that no rule writes.
pub fn state(row: &entity::workflow_run::Model) -> Result<State, Corrupt> {
    serde_json::from_str(&row.state).map_err(|error| corrupt(row, error.to_string()))
}

/// Writes where the run stands, and when it is to be looked at. A call that it does not wait for any more is forgotten:
/// it may hold credentials.
pub(super) fn write(row: &mut entity::workflow_run::Model, state: &State, now: Time) {
    let status = Status::of(state);
    row.state = serde_json::to_string(state).expect("a state is JSON");
    status.as_str().clone_into(&mut row.status);
    row.asks = matches!(&state.at, At::Waiting { wait: Wait::Answer { .. }, .. });
    if !matches!(&state.at, At::Waiting { wait: Wait::Outside { .. }, .. }) || state.result.is_some() {
        row.wanted_call = None;
        row.call_until = None;
    }
    row.due_at = match status {
        Status::Active => [state.wake_at(), row.call_until].into_iter().flatten().min(),
        Status::Paused | Status::Completed | Status::Failed | Status::Cancelled => None,
    };
    row.revision += 1;
    row.updated_at = now;
    row.ended_at = match status {
        Status::Active | Status::Paused => None,
        Status::Completed | Status::Failed | Status::Cancelled => row.ended_at.or(Some(now)),
    };
}

/// Whether nobody is making the call that the run waits for; whoever was must have died by then.
fn is_free(row: &entity::workflow_run::Model, now: Time) -> bool {
    row.wanted_call.is_some() && row.call_until.is_none_or(|until| until <= now)
}

/// Whether a job is to make the call. The job is not lost; so nobody looks for one who died any more.
pub(super) fn offer_call(row: &mut entity::workflow_run::Model, state: &State, now: Time) -> bool {
    let free = is_free(row, now);
    if free {
        row.call_until = None;
        row.due_at = state.wake_at();
    }
    free
}

/// Takes the call, until so long from now, if nobody else makes it.
pub(super) fn claim_call(row: &mut entity::workflow_run::Model, patience: TimeDelta, now: Time) -> bool {
    let free = is_free(row, now);
    if free {
        row.call_until = Some(now + patience);
        row.due_at = [row.due_at, row.call_until].into_iter().flatten().min();
    }
    free
}

pub(super) fn corrupt(row: &entity::workflow_run::Model, what: String) -> Corrupt {
    Corrupt { table: "workflow_run", id: row.id.to_string(), what }
}
