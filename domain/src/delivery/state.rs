//! The states of a delivery and the only steps between them.

use serde::{Deserialize, Serialize};

use crate::error::Corrupt;

/// Where the sending of a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum State {
    /// Waits for its turn.
    Queued,
    /// The request may be on the wire.
    Sending,
    /// Meta accepted it.
    Sent,
    /// It is on the customer's phone.
    Delivered,
    /// The customer saw it.
    Read,
    /// Meta refused it, or it could not be sent.
    Failed,
    /// It may have arrived; nobody repeats it. Meta's status settles it.
    Unknown,
    /// It was void before it was sent.
    Cancelled,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Queued,
        Self::Sending,
        Self::Sent,
        Self::Delivered,
        Self::Read,
        Self::Failed,
        Self::Unknown,
        Self::Cancelled,
    ];

    /// Whether a delivery may go from here to `to`.
    #[must_use]
    pub fn may_become(self, to: Self) -> bool {
        use State::{Cancelled, Delivered, Failed, Queued, Read, Sending, Sent, Unknown};
        match self {
            Queued => matches!(to, Sending | Cancelled | Failed),
            Sending => matches!(to, Sent | Queued | Failed | Unknown),
            Unknown => matches!(to, Sent | Delivered | Read | Failed),
            Sent => matches!(to, Delivered | Read | Failed),
            Delivered => matches!(to, Read),
            // A later proof of arrival wins.
            Failed => matches!(to, Delivered | Read),
            Read | Cancelled => false,
        }
    }

    /// Whether the customer surely does not have it.
    #[must_use]
    pub fn is_lost(self) -> bool {
        matches!(self, Self::Failed | Self::Cancelled)
    }

    /// As stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "QUEUED",
            Self::Sending => "SENDING",
            Self::Sent => "SENT",
            Self::Delivered => "DELIVERED",
            Self::Read => "READ",
            Self::Failed => "FAILED",
            Self::Unknown => "UNKNOWN",
            Self::Cancelled => "CANCELLED",
        }
    }

    /// Reads a stored state.
    ///
    /// # Errors
    /// [`Corrupt`] for a text that no rule writes.
    pub fn read(row: &entity::delivery::Model) -> Result<Self, Corrupt> {
        Self::ALL.into_iter().find(|state| state.as_str() == row.state).ok_or_else(|| Corrupt {
            table: "delivery",
            id: row.id.to_string(),
            what: format!("state {}", row.state),
        })
    }
}
