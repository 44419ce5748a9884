//! The kinds of step. A kind is a file beside this one and an arm of [`Kind`]; the engine, the checks and the journal
//! know kinds only by what [`StepKind`] asks of them.

pub mod answer;
pub mod ask;
pub mod branch;
pub mod call;
pub mod choose;
pub mod close;
pub mod end;
pub mod hand_back;
pub mod hand_over;
pub mod http;
pub mod send;
pub mod set;
pub mod tag;
pub mod visit;
pub mod wait;

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::definition::{Key, Name, StepId, To};
use super::facts::Written;
use super::run::{Fault, FaultCode, Mail, Signal, Wait};
use super::template::Source;
use visit::Visit;

macro_rules! kinds {
    ($($(#[$doc:meta])* $arm:ident($kind:path),)*) => {
        /// What a step does.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
        pub enum Kind {
            $($(#[$doc])* $arm($kind),)*
        }

        impl Kind {
            pub(super) fn rules(&self) -> &dyn StepKind {
                match self {
                    $(Self::$arm(kind) => kind,)*
                }
            }
        }
    };
}

kinds! {
    /// Says something to the customer.
    Send(send::Send),
    /// Asks the customer and waits for the answer.
    Ask(ask::Ask),
    /// Lets the customer choose from a list.
    Choose(choose::Choose),
    /// Goes one of several ways.
    Branch(branch::Branch),
    /// Changes variables.
    Set(set::Set),
    /// Waits.
    Wait(wait::Pause),
    /// Answers from the company's knowledge.
    Answer(answer::Answer),
    /// Asks for a person.
    HandOver(hand_over::HandOver),
    /// Makes the bot responsible again.
    HandBack(hand_back::HandBack),
    /// Tags the conversation.
    Tag(tag::Tag),
    /// Calls a server of somebody else's.
    Http(http::Http),
    /// Runs another workflow and goes on with its result.
    Call(call::Call),
    /// Closes the session.
    Close(close::Close),
    /// Ends the workflow.
    End(end::End),
}

/// What a kind of step tells of itself and does.
pub(super) trait StepKind {
    /// Its ways out.
    fn paths(&self) -> Vec<Path<'_>>;

    /// Its texts and expressions, by field.
    fn sources(&self) -> Vec<(Cow<'static, str>, Source<'_>)> {
        Vec::new()
    }

    /// The variables that it writes, by field.
    fn writes(&self) -> Vec<(Cow<'static, str>, &Name)> {
        Vec::new()
    }

    /// The workflow that it calls.
    fn calls(&self) -> Option<&call::Call> {
        None
    }

    /// What else is wrong with it: the field and what to change.
    fn faults(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// A run comes to it.
    fn enter(&self, visit: &mut Visit<'_>) -> Result<Next, Fault>;

    /// Whether a run that waits in it is to hear of this.
    fn wants(&self, mail: &Mail) -> bool {
        matches!(mail, Mail::Message(_))
    }

    /// A run that waits in it hears something. None if that is nothing to it.
    fn hear(&self, _visit: &mut Visit<'_>, _what: &Heard) -> Result<Option<Next>, Fault> {
        Ok(None)
    }
}

/// A way out of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Path<'a> {
    /// Its name, unique in the step.
    pub name: Cow<'static, str>,
    /// Where it leads.
    pub to: Option<&'a StepId>,
    /// Whether it may lead nowhere: then what it is for does not happen.
    pub optional: bool,
    /// Whether a run that goes along it has waited, or took something that had arrived: a loop needs such a path.
    pub waits: bool,
}

impl<'a> Path<'a> {
    fn new(name: impl Into<Cow<'static, str>>, to: &'a To) -> Self {
        Self { name: name.into(), to: to.as_ref(), optional: false, waits: false }
    }

    fn waits(self) -> Self {
        Self { waits: true, ..self }
    }

    fn optional_if(self, optional: bool) -> Self {
        Self { optional, ..self }
    }
}

/// Where a run goes from a step.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Next {
    /// Along a path.
    Go { path: Cow<'static, str>, to: StepId },
    /// It stays and waits.
    Wait(Wait),
    /// Into another workflow, with some of its variables set.
    Call { workflow: Key, inputs: Vec<(Name, Json)> },
    /// Back to the workflow that called, or out.
    Return(Json),
    /// Out, whoever called.
    Stop,
}

impl Next {
    /// Along a path; a fault if it leads nowhere, as it may in a draft.
    fn go(path: impl Into<Cow<'static, str>>, to: &To) -> Result<Self, Fault> {
        let path = path.into();
        match to.clone() {
            Some(to) => Ok(Self::Go { path, to }),
            None => Err(Fault::new(FaultCode::NoPath, format!("the path `{path}` leads nowhere"))),
        }
    }
}

/// What a waiting step hears.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Heard {
    /// The customer wrote.
    Message(Written),
    /// A member or an integration said something.
    Signal(Signal),
    /// Its time is over.
    Elapsed,
    /// What it called the outside for.
    Result(Outcome),
    /// The workflow that it called is over.
    Returned(Json),
    /// The workflow that it called, or was to call, could not be run.
    NotRun(Fault),
}

/// What came of a call to the outside.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Outcome {
    /// Of a question to the company's knowledge.
    Knowledge(answer::Finding),
    /// Of a request.
    Http(http::Response),
}
