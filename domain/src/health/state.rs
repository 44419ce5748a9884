//! The states of a number.

use serde::{Deserialize, Serialize};

use crate::error::Corrupt;

/// How a number is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum State {
    /// As far as is known all is well.
    Connected,
    /// The phone changed or was set up anew; Meta usually reconnects it within minutes.
    Offboarded,
    /// The access token is no longer valid.
    NeedsReauth,
    /// The number is not registered, or not visible to the token.
    NeedsSetup,
    /// Meta has restricted the account. Meta's word or a person lifts it.
    Restricted,
    /// The account was disconnected or deleted. Meta or a person connects it again.
    Disconnected,
}

impl State {
    pub(super) const ALL: [Self; 6] = [
        Self::Connected,
        Self::Offboarded,
        Self::NeedsReauth,
        Self::NeedsSetup,
        Self::Restricted,
        Self::Disconnected,
    ];

    /// As stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Connected => "CONNECTED",
            Self::Offboarded => "OFFBOARDED",
            Self::NeedsReauth => "NEEDS_REAUTH",
            Self::NeedsSetup => "NEEDS_SETUP",
            Self::Restricted => "RESTRICTED",
            Self::Disconnected => "DISCONNECTED",
        }
    }

    /// Reads a stored state.
    ///
    /// # Errors
    /// [`Corrupt`] for a text that no rule writes.
    pub fn read(row: &entity::widget_health::Model) -> Result<Self, Corrupt> {
        Self::ALL.into_iter().find(|state| state.as_str() == row.state).ok_or_else(|| Corrupt {
            table: "widget_health",
            id: row.widget_id.to_string(),
            what: format!("state {}", row.state),
        })
    }
}
