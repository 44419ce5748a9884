//! What a run did, step by step.

use async_graphql::{Enum, SimpleObject, Union};
use domain::workflow::journal::{Effect, Entry, Outcome};
use domain::workflow::run::{Doubt, Fault, FaultCode};

use super::step::WorkflowHttpMethod;

/// A step that a run began, or that waited and went on.
#[derive(SimpleObject)]
pub struct WorkflowJournalEntry {
    /// The number of the step in its run, from 0; the same when it goes on after a wait.
    visit: i64,
    /// The key of the workflow whose step it is.
    workflow: String,
    /// The version of that workflow; 0 is the draft.
    version: i64,
    /// The step's id.
    step: String,
    /// What it worked with: its texts with every place filled in, and the values of its expressions.
    input: Vec<WorkflowJournalValue>,
    /// Where it led.
    outcome: WorkflowJournalOutcome,
    /// The path that it took; null unless it WENT.
    path: Option<String>,
    /// Why it could not be done; null unless it FAILED.
    fault: Option<WorkflowFault>,
    /// What it wanted done, in order.
    effects: Vec<WorkflowEffect>,
}

/// A value that a step worked with.
#[derive(SimpleObject)]
pub struct WorkflowJournalValue {
    /// What it was for.
    pub field: String,
    /// The value, as JSON.
    pub json: String,
}

/// Where a step led.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkflowJournalOutcome {
    /// Along one of its paths.
    Went,
    /// It waits.
    Waits,
    /// Into another workflow.
    Called,
    /// Back to the workflow that called, or out of the run.
    Ended,
    /// The result of its call came when the run was over.
    TooLate,
    /// It could not be done.
    Failed,
}

/// Why a step could not be done.
#[derive(SimpleObject)]
pub struct WorkflowFault {
    /// Why, for programs.
    code: WorkflowFaultCode,
    /// Why, for people, with what to change.
    message: String,
}

impl From<Fault> for WorkflowFault {
    fn from(fault: Fault) -> Self {
        Self { code: fault.code.into(), message: fault.message }
    }
}

/// Why a step can fail.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "FaultCode")]
pub enum WorkflowFaultCode {
    /// A text or an expression could not be evaluated.
    Expression,
    /// A text, a value or all values together are too large.
    TooLarge,
    /// More than 100 steps without a wait.
    StepBudget,
    /// More than 8 workflows called each other.
    CallDepth,
    /// There is no such step or path.
    NoPath,
    /// There is no such workflow or version.
    NoWorkflow,
}

/// Something that a step wanted done.
#[derive(Union)]
pub enum WorkflowEffect {
    /// Say something to the customer.
    Send(WorkflowSendEffect),
    /// Look for an answer in the company's knowledge.
    Answer(WorkflowAnswerEffect),
    /// Ask for a person.
    HandOver(WorkflowHandOverEffect),
    /// Tag the conversation.
    Tag(WorkflowTagEffect),
    /// Call a server of somebody else's.
    Http(WorkflowHttpEffect),
    /// Something that needs no more words.
    Plain(WorkflowPlainEffect),
}

/// Say something to the customer.
#[derive(SimpleObject)]
pub struct WorkflowSendEffect {
    /// What.
    text: String,
    /// How sure the answer is, from 0 to 1; null for a text of the workflow's own.
    confidence: Option<f64>,
}

/// Look for an answer in the company's knowledge.
#[derive(SimpleObject)]
pub struct WorkflowAnswerEffect {
    /// The question.
    question: String,
}

/// Ask for a person.
#[derive(SimpleObject)]
pub struct WorkflowHandOverEffect {
    /// Why; null is because the workflow says so.
    doubt: Option<WorkflowDoubt>,
    /// A note for colleagues.
    note: Option<String>,
}

/// Put tags on the conversation and take others off.
#[derive(SimpleObject)]
pub struct WorkflowTagEffect {
    /// These on.
    add: Vec<String>,
    /// These off.
    remove: Vec<String>,
}

/// Call a server of somebody else's.
#[derive(SimpleObject)]
pub struct WorkflowHttpEffect {
    /// How.
    method: WorkflowHttpMethod,
    /// Where to.
    url: String,
    /// The names of its headers; their values are not shown.
    header_names: Vec<String>,
    /// With this body.
    body: Option<String>,
}

/// Something that needs no more words.
#[derive(SimpleObject)]
pub struct WorkflowPlainEffect {
    /// What.
    kind: WorkflowPlainEffectKind,
}

/// What needs no more words.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkflowPlainEffectKind {
    /// Make the bot responsible again.
    HandBack,
    /// Close the session.
    Close,
}

/// Why a question was not answered.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "Doubt")]
pub enum WorkflowDoubt {
    /// Nothing fits well enough.
    Unsure,
    /// The customer wants a person.
    Requested,
    /// What the customer sent has no text.
    Unreadable,
    /// The model could not be asked.
    ModelDown,
}

impl From<Entry> for WorkflowJournalEntry {
    fn from(entry: Entry) -> Self {
        let (outcome, path, fault) = match entry.outcome {
            Outcome::Went { path } => (WorkflowJournalOutcome::Went, Some(path), None),
            Outcome::Waits => (WorkflowJournalOutcome::Waits, None, None),
            Outcome::Called => (WorkflowJournalOutcome::Called, None, None),
            Outcome::Ended => (WorkflowJournalOutcome::Ended, None, None),
            Outcome::TooLate => (WorkflowJournalOutcome::TooLate, None, None),
            Outcome::Failed { fault } => (WorkflowJournalOutcome::Failed, None, Some(fault.into())),
        };
        let value = |(field, value): (String, serde_json::Value)| WorkflowJournalValue {
            field,
            json: value.to_string(),
        };
        Self {
            visit: entry.visit.cast_signed(),
            workflow: entry.workflow.0,
            version: entry.version,
            step: entry.step.0,
            input: entry.input.into_iter().map(value).collect(),
            outcome,
            path,
            fault,
            effects: entry.effects.into_iter().map(WorkflowEffect::from).collect(),
        }
    }
}

impl From<Effect> for WorkflowEffect {
    fn from(effect: Effect) -> Self {
        let plain = |kind| Self::Plain(WorkflowPlainEffect { kind });
        match effect {
            Effect::Send { text, confidence, .. } => Self::Send(WorkflowSendEffect { text, confidence }),
            Effect::Answer { question, .. } => Self::Answer(WorkflowAnswerEffect { question }),
            Effect::HandOver { doubt, note } => {
                Self::HandOver(WorkflowHandOverEffect { doubt: doubt.map(WorkflowDoubt::from), note })
            }
            Effect::HandBack => plain(WorkflowPlainEffectKind::HandBack),
            Effect::Tag { add, remove } => Self::Tag(WorkflowTagEffect { add, remove }),
            Effect::Close => plain(WorkflowPlainEffectKind::Close),
            Effect::Http(request) => Self::Http(WorkflowHttpEffect {
                method: request.method.into(),
                url: request.url,
                header_names: request.headers.into_iter().map(|(name, _)| name).collect(),
                body: request.body,
            }),
        }
    }
}
