//! What members think of answers.
//!
//! Invariant: a member has one rating of a message. One that says DOWN leads to a training ticket ([`crate::training`]);
//! as long as that waits it follows the rating, and it goes when the rating does.

mod command;
mod find;

use serde::{Deserialize, Serialize};

use crate::error::Corrupt;
use crate::id::DocumentId;

pub use command::{rate, withdraw};
pub use find::{load, of};

/// Good or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Rating {
    /// A good answer.
    Up,
    /// Something is wrong with it.
    Down,
}

/// What is wrong with an answer, and what would be right.
#[derive(Debug, Clone)]
pub struct Correction {
    /// What the customer asked, 1 to 120 characters; none for what they wrote before the answer.
    pub question: Option<String>,
    /// What is wrong: 1 to 2,000 characters.
    pub wrong: String,
    /// The right answer: 1 to 800 characters.
    pub answer: String,
    /// The documents that should have said it: 1 to 10.
    pub documents: Vec<DocumentId>,
}

impl Rating {
    /// As stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Up => "UP",
            Self::Down => "DOWN",
        }
    }

    /// From its stored form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Up, Self::Down].into_iter().find(|rating| rating.as_str() == text)
    }

    /// Reads a stored rating.
    ///
    /// # Errors
    /// [`Corrupt`] for a text that no rule writes.
    pub fn read(row: &entity::feedback::Model) -> Result<Self, Corrupt> {
        Self::parse(&row.rating).ok_or_else(|| Corrupt {
            table: "feedback",
            id: row.id.to_string(),
            what: format!("rating {}", row.rating),
        })
    }
}
