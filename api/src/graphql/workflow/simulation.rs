//! Trying a workflow out.

mod input;

use async_graphql::{Context, Enum, ID, Result, SimpleObject};
use domain::error::Error;
use domain::id::WorkflowId;
use domain::workflow::definition::Key;
use domain::workflow::run::{At, Ended, State};
use domain::workflow::simulate::{Happening, Simulation};
use domain::workflow::{Stimulus, find, simulate};

use super::journal::{WorkflowFault, WorkflowJournalEntry, WorkflowJournalValue};
use crate::graphql::operation::{env, operation};
use crate::graphql::time::DateTime;
pub use input::WorkflowSimulateInput;

/// A run that was tried out.
#[derive(SimpleObject)]
pub struct WorkflowSimulation {
    /// What happened, in order, and what the run did about it.
    happenings: Vec<WorkflowHappening>,
    /// Where the run stands at the end.
    state: WorkflowRunState,
    /// The simulation's clock at the end.
    now: DateTime,
    /// When the run would wake by itself; null if it would not.
    wakes_at: Option<DateTime>,
    /// The step at which it stands, or stood when it ended.
    step: String,
    /// Why it failed; null if it did not.
    fault: Option<WorkflowFault>,
    /// What it remembers at the end.
    variables: Vec<WorkflowJournalValue>,
    /// Whether the journal grew longer than 1,000 entries or 4 MB: then the rest of the script was left out, and `now` is
    /// where it stopped.
    truncated: bool,
}

/// Something that happened to a run.
#[derive(SimpleObject)]
pub struct WorkflowHappening {
    /// When, on the simulation's clock.
    at: DateTime,
    /// What.
    kind: WorkflowHappeningKind,
    /// What the run did about it, step by step.
    entries: Vec<WorkflowJournalEntry>,
}

/// What happens to a run.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkflowHappeningKind {
    /// It began, or its time had come.
    Looked,
    /// The customer wrote.
    MessageReceived,
    /// A member or an integration said something.
    Signalled,
    /// A call to the outside had a result.
    ResultReceived,
    /// A person took over.
    Paused,
    /// The conversation was handed back.
    Resumed,
    /// It was ended from outside, for example with its session.
    Cancelled,
    /// Its failed step was tried again.
    Retried,
    /// It went over to the version that is published.
    Migrated,
}

/// Where a run stands.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkflowRunState {
    /// It waits for the customer's answer.
    WaitingForAnswer,
    /// It waits for a time, or for something that may happen before.
    WaitingForTime,
    /// It waits for the result of a call to the outside.
    WaitingForResult,
    /// A person is responsible: it waits for the conversation to be handed back.
    Paused,
    /// It came to its end.
    Completed,
    /// A step could not be done.
    Failed,
    /// It was ended from outside.
    Cancelled,
}

impl WorkflowRunState {
    fn of(state: &State) -> Self {
        use domain::workflow::run::Wait;
        match &state.at {
            At::Ended { how: Ended::Completed { .. } } => Self::Completed,
            At::Ended { how: Ended::Failed { .. } } => Self::Failed,
            At::Ended { how: Ended::Cancelled { .. } } => Self::Cancelled,
            At::Ready | At::Waiting { .. } if state.paused => Self::Paused,
            At::Waiting { wait: Wait::Answer { .. }, .. } => Self::WaitingForAnswer,
            At::Waiting { wait: Wait::Outside { .. }, .. } => Self::WaitingForResult,
            At::Ready | At::Waiting { wait: Wait::Time { .. }, .. } => Self::WaitingForTime,
        }
    }
}

impl From<&Stimulus> for WorkflowHappeningKind {
    fn from(stimulus: &Stimulus) -> Self {
        match stimulus {
            Stimulus::Look => Self::Looked,
            Stimulus::Message(_) => Self::MessageReceived,
            Stimulus::Signal(_) => Self::Signalled,
            Stimulus::Result { .. } => Self::ResultReceived,
            Stimulus::Pause => Self::Paused,
            Stimulus::Resume => Self::Resumed,
            Stimulus::Cancel(_) => Self::Cancelled,
            Stimulus::Retry => Self::Retried,
            Stimulus::Migrate => Self::Migrated,
        }
    }
}

impl From<Happening> for WorkflowHappening {
    fn from(happening: Happening) -> Self {
        Self {
            at: happening.at.into(),
            kind: (&happening.stimulus).into(),
            entries: happening.entries.into_iter().map(WorkflowJournalEntry::from).collect(),
        }
    }
}

impl From<&Simulation<'_>> for WorkflowSimulation {
    fn from(simulation: &Simulation<'_>) -> Self {
        let state = simulation.state();
        let fault = match &state.at {
            At::Ended { how: Ended::Failed { fault, .. } } => Some(fault.clone().into()),
            At::Ended { .. } | At::Ready | At::Waiting { .. } => None,
        };
        let frame = state.frame();
        Self {
            happenings: simulation.happened().iter().cloned().map(WorkflowHappening::from).collect(),
            state: WorkflowRunState::of(state),
            now: simulation.now().into(),
            wakes_at: state.wake_at().map(DateTime),
            step: frame.step.0.clone(),
            fault,
            variables: frame
                .variables
                .iter()
                .map(|(name, value)| WorkflowJournalValue { field: name.0.clone(), json: value.to_string() })
                .collect(),
            truncated: simulation.is_exhausted(),
        }
    }
}

/// Plays the script of `input`.
pub(super) async fn play(
    ctx: &Context<'_>,
    workflow: &ID,
    input: WorkflowSimulateInput,
) -> Result<domain::Result<WorkflowSimulation>> {
    let operation = operation(ctx);
    let row = operation.named::<WorkflowId>(operation.id(workflow)?).await?;
    operation.told(operation.actor.must_administer())?;
    let key = Key(row.key.clone());
    let (definition, script) = match input.read(env(ctx), &operation.scope).await {
        Ok(read) => read,
        Err(error) => return Ok(Err(error)),
    };
    let definition = match definition {
        Some(definition) => definition,
        None => operation.read(find::draft(&row))?,
    };
    let library = operation.told(find::library(&operation.scope, &key, &definition).await)?;
    let played = operation.told(simulate::play(&operation.scope, &library, &key, script).await)?;
    Ok(match played {
        Ok(simulation) => Ok(WorkflowSimulation::from(&simulation)),
        Err(fault) => Err(Error::invalid("definition", fault.message)),
    })
}
