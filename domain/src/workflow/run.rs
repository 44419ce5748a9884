//! Where a run stands: everything that the engine remembers between two stimuli.
//!
//! Invariant: a state holds ids and plain values only, so that it survives being stored, a restart, and a newer program.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::definition::{Key, Name, StepId};
use super::facts::Written;
use super::step::Outcome;
use crate::clock::Time;

/// How deep workflows may call each other.
pub const MAX_DEPTH: usize = 8;
/// How many messages wait for a run at most, and how many signals: one more pushes out the oldest of its kind.
pub const MAX_MAIL: usize = 100;

/// Where a run stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct State {
    /// The workflows that it is in, outermost first: one, and one more for each call. Never empty.
    pub frames: Vec<Frame>,
    /// What it does there.
    pub at: At,
    /// A person is responsible: nothing happens until the conversation is handed back.
    #[serde(default)]
    pub paused: bool,
    /// What arrived and was not taken by a step yet, oldest first.
    #[serde(default)]
    pub mailbox: VecDeque<Mail>,
    /// What came of its call to the outside, until its step takes it.
    #[serde(default)]
    pub result: Option<Outcome>,
    /// How many steps were begun: the number of the next one.
    pub visits: u64,
    /// What the customer wrote that the run took last.
    #[serde(default)]
    pub message: Option<Written>,
    /// Why the last question was not answered.
    #[serde(default)]
    pub doubt: Option<Doubt>,
    /// What it took of the customer and said nothing to yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owes: Option<Written>,
}

/// One workflow of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Frame {
    /// Which workflow.
    pub workflow: Key,
    /// Which version of it: a run stays on its version.
    pub version: i64,
    /// Where it is.
    pub step: StepId,
    /// What it remembers.
    pub variables: BTreeMap<Name, Json>,
    /// The number of the step that called it; None for the outermost.
    #[serde(default)]
    pub called_by: Option<u64>,
}

/// What a run does at its step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum At {
    /// It is about to begin the step.
    Ready,
    /// It waits there.
    #[serde(rename_all = "camelCase")]
    Waiting {
        /// The step's number in the run.
        visit: u64,
        /// For what.
        wait: Wait,
    },
    /// It is over.
    Ended {
        /// How.
        how: Ended,
    },
}

/// What a run waits for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "for", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Wait {
    /// The customer's answer, at most until then.
    Answer {
        /// None is for ever: the session's end ends the run.
        until: Option<Time>,
    },
    /// A time.
    Time {
        /// When.
        until: Time,
    },
    /// The result of a call to the outside, named by the step's number, at most until then.
    Outside {
        /// When the run gives up.
        until: Time,
    },
}

impl Wait {
    /// When the run wakes by itself.
    #[must_use]
    pub fn until(&self) -> Option<Time> {
        match self {
            Self::Answer { until } => *until,
            Self::Time { until } | Self::Outside { until } => Some(*until),
        }
    }
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Ended {
    /// It came to an end.
    Completed {
        /// What it gives to whoever asked for it.
        result: Json,
    },
    /// A step could not be done; it can be tried again.
    Failed {
        /// Why.
        fault: Fault,
        /// What it was about to do, or waited for: there it goes on when it is tried again.
        was: Box<At>,
    },
    /// Somebody or something ended it.
    Cancelled {
        /// Why.
        reason: Cancel,
    },
}

/// Why a run was ended from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Cancel {
    /// A member or an integration ended it.
    Command,
    /// Its session is over.
    SessionClosed,
    /// The widget's bot is off.
    BotOff,
    /// The conversation was handed back, and its workflow begins anew.
    Restarted,
}

/// Why a step could not be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    /// For programs.
    pub code: FaultCode,
    /// For people, with what to change.
    pub message: String,
}

/// The kinds of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FaultCode {
    /// A text or an expression could not be evaluated.
    Expression,
    /// A text, a value or all values together are too large.
    TooLarge,
    /// More steps than allowed without a wait.
    StepBudget,
    /// Too many workflows called each other.
    CallDepth,
    /// There is no such step or path.
    NoPath,
    /// There is no such workflow or version.
    NoWorkflow,
}

impl Fault {
    /// A fault.
    pub fn new(code: FaultCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

/// Why a question was not answered, or why else a person is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Doubt {
    /// Nothing fits well enough.
    Unsure,
    /// The customer wants a person.
    Requested,
    /// What the customer sent has no text.
    Unreadable,
    /// The model could not be asked.
    ModelDown,
}

/// Something that arrived for a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Mail {
    /// The customer wrote.
    Message(Written),
    /// A member or an integration said something.
    Signal(Signal),
}

/// What a member or an integration says to a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Signal {
    /// Its name, as a `wait` step knows it.
    pub name: Name,
    /// What comes with it.
    #[serde(default)]
    pub payload: Json,
}

impl State {
    /// A run that is about to begin.
    #[must_use]
    pub fn begin(frame: Frame, message: Option<Written>) -> Self {
        Self {
            frames: vec![frame],
            at: At::Ready,
            paused: false,
            mailbox: VecDeque::new(),
            result: None,
            visits: 0,
            owes: message.clone().filter(|message| !message.numbers.is_empty()),
            message,
            doubt: None,
        }
    }

    /// When the run has to be looked at again by itself; None while it waits for others, is paused, or is over.
    #[must_use]
    pub fn wake_at(&self) -> Option<Time> {
        match &self.at {
            At::Waiting { wait, .. } if !self.paused => wait.until(),
            At::Waiting { .. } | At::Ready | At::Ended { .. } => None,
        }
    }

    /// The innermost workflow.
    #[must_use]
    pub fn frame(&self) -> &Frame {
        self.frames.last().expect("a run is in a workflow")
    }

    pub(super) fn frame_mut(&mut self) -> &mut Frame {
        self.frames.last_mut().expect("a run is in a workflow")
    }

    /// What the customer wrote that no step took.
    #[must_use]
    pub fn untaken(&self) -> Option<Written> {
        let written = self.mailbox.iter().filter_map(|mail| match mail {
            Mail::Message(written) => Some(written.clone()),
            Mail::Signal(_) => None,
        });
        written.reduce(|before, next| Written::joined(Some(before), next))
    }

    /// What the customer wrote that nobody answers if the run ends now.
    #[must_use]
    pub fn unanswered(&self) -> Option<Written> {
        [self.owes.clone(), self.untaken()]
            .into_iter()
            .flatten()
            .reduce(|before, next| Written::joined(Some(before), next))
    }

    /// A step takes what the customer wrote.
    pub(super) fn take(&mut self, written: Written) {
        // Of what somebody else answers it is only told.
        if !written.numbers.is_empty() {
            let before = self.owes.take().filter(|owes| owes.numbers.len() < MAX_MAIL);
            self.owes = Some(Written::joined(before, written.clone()));
        }
        self.message = Some(written);
    }

    /// Keeps what arrived until a step takes it.
    pub(super) fn post(&mut self, mail: Mail) {
        let kind = std::mem::discriminant(&mail);
        let alike = |other: &Mail| std::mem::discriminant(other) == kind;
        if self.mailbox.iter().filter(|other| alike(other)).count() >= MAX_MAIL
            && let Some(oldest) = self.mailbox.iter().position(alike)
        {
            self.mailbox.remove(oldest);
        }
        self.mailbox.push_back(mail);
    }
}
