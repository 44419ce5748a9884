//! What a workflow is made of.

use async_graphql::{Enum, InputObject, SimpleObject};
use domain::workflow::Definition;
use domain::workflow::definition::{self, Name, StepId, Variable};
use domain::workflow::schedule::{Day, Schedule};
use domain::workflow::template::Expression;
use domain::workflow::trigger::{Occasion, Trigger};

use super::step::{WorkflowStep, WorkflowStepInput};
use crate::graphql::business_hours::Weekday;

/// A graph of steps.
#[derive(SimpleObject)]
pub struct WorkflowDefinition {
    /// What starts runs by itself in the background: at most 20.
    triggers: Vec<WorkflowTrigger>,
    /// What a run remembers: at most 50.
    variables: Vec<WorkflowVariable>,
    /// What becomes of a run that a person interrupted, when the conversation is handed back.
    after_hand_back: WorkflowAfterHandBack,
    /// The step with which a run begins. Null only in a draft.
    start: Option<String>,
    /// The steps, in the order in which their author keeps them: at most 200.
    steps: Vec<WorkflowStep>,
}

/// A graph of steps to write.
#[derive(InputObject)]
pub struct WorkflowDefinitionInput {
    /// What starts runs by itself in the background: at most 20.
    #[graphql(default)]
    triggers: Vec<WorkflowTrigger>,
    /// What a run remembers: at most 50.
    #[graphql(default)]
    variables: Vec<WorkflowVariable>,
    /// What becomes of a run that a person interrupted, when the conversation is handed back.
    #[graphql(default_with = "WorkflowAfterHandBack::Resume")]
    after_hand_back: WorkflowAfterHandBack,
    /// The step with which a run begins. A draft may leave it out.
    start: Option<String>,
    /// The steps, in the order in which their author keeps them: at most 200.
    #[graphql(default)]
    steps: Vec<WorkflowStepInput>,
}

/// Something that starts a run in the background of the conversation in which it happens; a schedule in every
/// conversation whose session is open.
#[derive(SimpleObject, InputObject)]
#[graphql(input_name = "WorkflowTriggerInput")]
pub struct WorkflowTrigger {
    /// What happens.
    on: WorkflowOccasion,
    /// For SCHEDULE alone: when.
    schedule: Option<WorkflowSchedule>,
    /// Only if this expression holds then; null is always. It may read no variables.
    when: Option<String>,
}

/// A time of the day, on some days of the week.
#[derive(SimpleObject, InputObject)]
#[graphql(input_name = "WorkflowScheduleInput")]
pub struct WorkflowSchedule {
    /// On which days; none is every day.
    #[graphql(default)]
    days: Vec<Weekday>,
    /// When, in the workspace's time zone, as `09:00`. A time that the clock skips is the moment at which it is put
    /// forward; of one that comes twice it is the first.
    time: String,
}

/// What starts a run.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "Occasion")]
pub enum WorkflowOccasion {
    /// A session opens.
    SessionOpened,
    /// The customer writes.
    CustomerMessage,
    /// A person becomes responsible.
    HandedOver,
    /// A session closes. Such a run outlives it, and may send while the reply window is open.
    SessionClosed,
    /// A snooze ends by itself.
    SnoozeElapsed,
    /// A time of the week comes. One that passed more than an hour ago while no server ran is left out.
    Schedule,
}

/// Something that a run remembers, read as `vars.<name>`.
#[derive(SimpleObject, InputObject)]
#[graphql(input_name = "WorkflowVariableInput")]
pub struct WorkflowVariable {
    /// Its name: a letter, then letters, digits and `_`, at most 64 characters.
    name: String,
    /// What it holds at first: an expression; null is nothing.
    initial: Option<String>,
}

/// What becomes of an interrupted run when the conversation is handed back.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "definition::AfterHandBack")]
pub enum WorkflowAfterHandBack {
    /// It goes on where it stood.
    Resume,
    /// It ends, and a new run begins.
    Restart,
}

impl From<&Schedule> for WorkflowSchedule {
    fn from(schedule: &Schedule) -> Self {
        Self { days: schedule.days.iter().map(|day| (*day).into()).collect(), time: schedule.time.clone() }
    }
}

impl From<WorkflowSchedule> for Schedule {
    fn from(schedule: WorkflowSchedule) -> Self {
        Self { days: schedule.days.into_iter().map(Day::from).collect(), time: schedule.time }
    }
}

impl From<&Definition> for WorkflowDefinition {
    fn from(definition: &Definition) -> Self {
        let variable = |variable: &Variable| WorkflowVariable {
            name: variable.name.0.clone(),
            initial: variable.initial.as_ref().map(|initial| initial.0.clone()),
        };
        let trigger = |trigger: &Trigger| WorkflowTrigger {
            on: trigger.on.into(),
            schedule: trigger.schedule.as_ref().map(WorkflowSchedule::from),
            when: trigger.when.as_ref().map(|when| when.0.clone()),
        };
        Self {
            triggers: definition.triggers.iter().map(trigger).collect(),
            variables: definition.variables.iter().map(variable).collect(),
            after_hand_back: definition.after_hand_back.into(),
            start: definition.start.as_ref().map(|start| start.0.clone()),
            steps: definition.steps.iter().map(WorkflowStep::from).collect(),
        }
    }
}

impl WorkflowDefinitionInput {
    /// The definition, or what is wrong with it.
    pub fn read(self) -> domain::Result<Definition> {
        let variable = |variable: WorkflowVariable| Variable {
            name: Name(variable.name),
            initial: variable.initial.map(Expression),
        };
        let steps: Result<_, String> = self.steps.iter().map(WorkflowStepInput::read).collect();
        let trigger = |trigger: WorkflowTrigger| Trigger {
            on: trigger.on.into(),
            schedule: trigger.schedule.map(Schedule::from),
            when: trigger.when.map(Expression),
        };
        Ok(Definition {
            triggers: self.triggers.into_iter().map(trigger).collect(),
            variables: self.variables.into_iter().map(variable).collect(),
            after_hand_back: self.after_hand_back.into(),
            start: self.start.map(StepId),
            steps: steps.map_err(|message| domain::Error::invalid("definition", message))?,
        })
    }
}
