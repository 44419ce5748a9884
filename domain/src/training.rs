//! What the bot is to learn: a question, the right answer, and the documents that are to say it.
//!
//! A ticket waits as PENDING until an administrator has it taught. Then a job writes the answer into a new version of
//! each document and activates it (TRAINED), or says why it could not (FAILED); that one can be mended and tried again.
//!
//! Invariant: a ticket that is being taught, or was, is not changed any more, and all its documents learn it together.

mod check;
mod command;
mod correction;
mod find;
mod follow;
mod teach;
mod ticket;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::error::Corrupt;

pub(crate) use check::all_exist;
pub use command::{Changes, New, create, delete, train, update};
pub use find::{documents, list, load};
pub(crate) use follow::{follow, forget};
pub use teach::teach;

/// A ticket whose job has done nothing for so long is found again.
pub(crate) const PATIENCE: TimeDelta = TimeDelta::seconds(10);

/// How far a ticket is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum State {
    /// Somebody has to look at it.
    Pending,
    /// It is being taught.
    Training,
    /// Its documents say it.
    Trained,
    /// They could not be made to.
    Failed,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Training, Self::Trained, Self::Failed];

    /// As stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Training => "TRAINING",
            Self::Trained => "TRAINED",
            Self::Failed => "FAILED",
        }
    }

    /// Whether it can still be changed.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Pending | Self::Failed)
    }

    /// Reads a stored state.
    ///
    /// # Errors
    /// [`Corrupt`] for a text that no rule writes.
    pub fn read(row: &entity::training_ticket::Model) -> Result<Self, Corrupt> {
        Self::ALL.into_iter().find(|state| state.as_str() == row.state).ok_or_else(|| Corrupt {
            table: "training_ticket",
            id: row.id.to_string(),
            what: format!("state {}", row.state),
        })
    }
}
