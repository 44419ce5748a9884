//! What starts runs of a published workflow by itself, beside a member, an integration and the widget that it is set for.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::schedule::Schedule;
use super::template::Expression;

/// How many triggers a workflow has at most.
pub const MAX_TRIGGERS: usize = 20;

/// Something that starts a run in the background of the conversation in which it happens; a schedule in every
/// conversation whose session is open.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Trigger {
    /// What happens.
    pub on: Occasion,
    /// For SCHEDULE alone: when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Schedule>,
    /// Only if this holds then; None is always. It may read no variables.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Expression>,
}

/// What happens in a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Occasion {
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

impl Occasion {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::SessionOpened,
        Self::CustomerMessage,
        Self::HandedOver,
        Self::SessionClosed,
        Self::SnoozeElapsed,
        Self::Schedule,
    ];

    /// As stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SessionOpened => "SESSION_OPENED",
            Self::CustomerMessage => "CUSTOMER_MESSAGE",
            Self::HandedOver => "HANDED_OVER",
            Self::SessionClosed => "SESSION_CLOSED",
            Self::SnoozeElapsed => "SNOOZE_ELAPSED",
            Self::Schedule => "SCHEDULE",
        }
    }
}
