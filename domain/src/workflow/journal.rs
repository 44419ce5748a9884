//! What a transition says of itself: step by step what was done, with what, and where it led.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::definition::{Key, Seconds, StepId};
use super::run::{Doubt, Fault, State};
use crate::id::PassageId;

/// A stimulus worked off.
#[derive(Debug, Clone, PartialEq)]
pub struct Transition {
    /// Where the run stands now.
    pub state: State,
    /// What it did, in order.
    pub entries: Vec<Entry>,
}

impl Transition {
    /// What is to be done now, in order, each with the number of the step that wants it.
    pub fn effects(&self) -> impl Iterator<Item = (u64, &Effect)> {
        self.entries.iter().flat_map(|entry| entry.effects.iter().map(|effect| (entry.visit, effect)))
    }
}

/// A step begun, or one that waited and goes on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// The number of the step in its run, from 0; the same when it goes on after a wait.
    pub visit: u64,
    /// Whose step.
    pub workflow: Key,
    /// Of which version.
    pub version: i64,
    /// Which step.
    pub step: StepId,
    /// What it worked with, every place filled in.
    #[serde(default)]
    pub input: serde_json::Map<String, Json>,
    /// Where it led.
    pub outcome: Outcome,
    /// What is to be done.
    #[serde(default)]
    pub effects: Vec<Effect>,
}

/// Where a step led.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Outcome {
    /// Along one of its paths.
    Went {
        /// The path's name.
        path: String,
    },
    /// It waits.
    Waits,
    /// Into another workflow.
    Called,
    /// Back to the workflow that called, or out of the run.
    Ended,
    /// The result of its call came when the run was over.
    TooLate,
    /// It could not be done.
    Failed {
        /// Why.
        fault: Fault,
    },
}

/// Something that is to be done in the world.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Effect {
    /// Say something to the customer.
    Send {
        /// What.
        text: String,
        /// What it leans on, best first.
        #[serde(default)]
        passages: Vec<PassageId>,
        /// How sure the answer is, from 0 to 1; None for a text of the workflow's own.
        #[serde(default)]
        confidence: Option<f64>,
    },
    /// Look for an answer in the company's knowledge. Its result comes back as a stimulus.
    Answer {
        /// The question.
        question: String,
        /// From 0 to 1; None is the widget's.
        threshold: Option<f64>,
    },
    /// Ask for a person.
    HandOver {
        /// Why; None is because the workflow says so.
        doubt: Option<Doubt>,
        /// A note for colleagues.
        note: Option<String>,
    },
    /// Make the bot responsible again.
    HandBack,
    /// Put tags on the conversation and take others off.
    Tag {
        /// These on.
        add: Vec<String>,
        /// These off.
        remove: Vec<String>,
    },
    /// Close the session.
    Close,
    /// Call a server of somebody else's. Its result comes back as a stimulus.
    Http(Request),
}

/// A call to a server of somebody else's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    /// How.
    pub method: super::step::http::Method,
    /// Where to.
    pub url: String,
    /// With these headers.
    pub headers: Vec<(String, String)>,
    /// With this body.
    pub body: Option<String>,
    /// For how long at most.
    pub timeout_seconds: Seconds,
}
