//! What a workflow is made of, as it is stored, exported and imported: JSON whose fields are only ever added to.

use std::fmt;

use chrono::TimeDelta;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::step::Kind;
use super::template::Expression;
use super::trigger::Trigger;

/// The longest name of a step, a variable or a workflow, in characters.
pub const MAX_NAME: usize = 64;

/// A graph of steps.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Definition {
    /// What starts a run by itself, beside whoever calls or starts it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub triggers: Vec<Trigger>,
    /// What a run remembers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variables: Vec<Variable>,
    /// What becomes of a run that a person interrupted, when the conversation is handed back.
    #[serde(default)]
    pub after_hand_back: AfterHandBack,
    /// Where a run begins. None only in a draft.
    #[serde(default)]
    pub start: To,
    /// The steps, in the order in which their author keeps them.
    #[serde(default)]
    pub steps: Vec<Step>,
}

/// One step, and where it leads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// Its name, unique in the workflow.
    pub id: StepId,
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What it does.
    #[serde(flatten)]
    pub kind: Kind,
}

/// Something that a run remembers, readable as `vars.<name>`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Variable {
    /// Its name.
    pub name: Name,
    /// What it holds at first; null if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initial: Option<Expression>,
}

/// The longest time that anything waits, in seconds: five years.
pub const MAX_SECONDS: u32 = 5 * 366 * 86_400;

/// A stretch of time, in seconds: at most five years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "u32", into = "u32")]
pub struct Seconds(u32);

impl TryFrom<u32> for Seconds {
    type Error = String;

    fn try_from(seconds: u32) -> Result<Self, String> {
        match seconds {
            0..=MAX_SECONDS => Ok(Self(seconds)),
            _ => Err(format!("{seconds} seconds are too many: give at most {MAX_SECONDS}")),
        }
    }
}

impl From<Seconds> for u32 {
    fn from(seconds: Seconds) -> Self {
        seconds.0
    }
}

impl From<Seconds> for TimeDelta {
    fn from(seconds: Seconds) -> Self {
        Self::seconds(seconds.0.into())
    }
}

/// What becomes of an interrupted run when the conversation is handed back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AfterHandBack {
    /// It goes on where it stood.
    #[default]
    Resume,
    /// It ends, and a new run begins.
    Restart,
}

/// Where a path leads; None only in a draft.
pub type To = Option<StepId>;

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }
    )*};
}

names! {
    /// The name of a step.
    StepId
    /// The name of a variable: what an expression may write after `vars.`.
    Name
    /// The name of a workflow, by which others call it.
    Key
}

impl StepId {
    /// Lower-case letters, digits, `-` and `_`.
    #[must_use]
    pub fn is_well_formed(&self) -> bool {
        is_short(&self.0)
            && self.0.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(&b))
    }
}

impl Name {
    /// A letter, then letters, digits and `_`.
    #[must_use]
    pub fn is_well_formed(&self) -> bool {
        is_short(&self.0)
            && self.0.starts_with(|c: char| c.is_ascii_alphabetic())
            && self.0.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    }
}

impl Key {
    /// As a step's.
    #[must_use]
    pub fn is_well_formed(&self) -> bool {
        StepId(self.0.clone()).is_well_formed()
    }
}

fn is_short(text: &str) -> bool {
    (1..=MAX_NAME).contains(&text.len())
}

impl Definition {
    /// The step of that name.
    #[must_use]
    pub fn step(&self, id: &StepId) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == *id)
    }
}
