//! What can go wrong, sorted by what the reader does next.
//!
//! Only `Internal` needs an operator; its text never leaves the server.

use std::error::Error as StdError;

/// The result of every command, step and read.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Mend the input.
    #[error("{message}")]
    Invalid {
        /// The input field, outermost first.
        field: &'static str,
        /// What to change, with the limit.
        message: String,
    },
    /// The state says no; the object shows what it is now.
    #[error("{message}")]
    Refused {
        /// Why, for programs.
        code: Refusal,
        /// Why, for people, with what is possible instead.
        message: String,
    },
    /// No such thing in this workspace.
    #[error("not found")]
    NotFound,
    /// Somebody else changed it meanwhile: load it again.
    #[error("changed meanwhile, load it again")]
    Conflict,
    /// This role may not.
    #[error("your role does not allow this")]
    Denied,
    /// Wait and try again.
    #[error("unavailable")]
    Unavailable(#[source] Box<dyn StdError + Send + Sync>),
    /// A fault of ours.
    #[error("internal error")]
    Internal(#[source] Box<dyn StdError + Send + Sync>),
}

/// Why the state refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// The table of product states has no such step from here.
    InvalidTransition,
    /// Meta's 24 hours are over.
    WindowClosed,
    /// Somebody wrote since the number that the writer saw.
    NewerMessages,
    /// The bot is off, so nothing can be handed back to it.
    BotOff,
    /// The channel is switched off.
    ChannelDisabled,
    /// Something is missing before the widget may be published.
    SetupIncomplete,
    /// The number is linked already.
    NumberTaken,
    /// The name is used by another widget of the channel.
    NameTaken,
    /// Meta refused the number or the token.
    RejectedByMeta,
    /// Only answers can be rated: what the bot or a member wrote.
    CannotBeRated,
    /// There is one document of this kind already.
    KindTaken,
    /// Somebody else changed it since the revision that its author saw.
    ChangedMeanwhile,
    /// Something is to be mended before it may be published.
    HasProblems,
    /// Nothing of it is published.
    NotPublished,
    /// Something else needs it.
    InUse,
    /// The run is over.
    RunIsOver,
    /// The run has not failed.
    RunHasNotFailed,
    /// The run cannot go on in the version that is published now.
    CannotMigrate,
}

/// A stored row breaks its own rules.
#[derive(Debug, thiserror::Error)]
#[error("the row {table} {id} holds {what}")]
pub struct Corrupt {
    /// Which table.
    pub table: &'static str,
    /// Which row.
    pub id: String,
    /// The impossible value.
    pub what: String,
}

impl Error {
    /// An input error on one field.
    pub fn invalid(field: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid { field, message: message.into() }
    }

    /// A refusal by the state.
    pub fn refused(code: Refusal, message: impl Into<String>) -> Self {
        Self::Refused { code, message: message.into() }
    }

    /// A fault of ours.
    pub fn internal(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::Internal(source.into())
    }

    /// Whether the same call may go through later without a change.
    #[must_use]
    pub fn retryable(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Conflict)
    }
}

impl From<Corrupt> for Error {
    fn from(corrupt: Corrupt) -> Self {
        Self::internal(corrupt)
    }
}

impl From<sea_orm::DbErr> for Error {
    fn from(error: sea_orm::DbErr) -> Self {
        use sea_orm::{DbErr, RuntimeErr};
        let passing = match &error {
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => true,
            DbErr::Exec(RuntimeErr::SqlxError(e)) | DbErr::Query(RuntimeErr::SqlxError(e)) => {
                passes_by_itself(e)
            }
            _ => false,
        };
        if passing { Self::Unavailable(Box::new(error)) } else { Self::internal(error) }
    }
}

/// Lost connections, shutdowns, deadlocks, serialization failures and a busy SQLite file.
fn passes_by_itself(error: &sea_orm::SqlxError) -> bool {
    use sea_orm::SqlxError;
    match error {
        SqlxError::Io(_) | SqlxError::PoolTimedOut | SqlxError::PoolClosed | SqlxError::Protocol(_) => true,
        SqlxError::Database(database) => database.code().is_some_and(|code| {
            matches!(
                code.as_ref(),
                "40001" | "40P01" | "57P01" | "57P02" | "57P03" | "53300" | "5" | "6" | "261" | "517"
            )
        }),
        _ => false,
    }
}

/// Whether the database refused a duplicate.
#[must_use]
pub fn is_duplicate(error: &sea_orm::DbErr) -> bool {
    matches!(error.sql_err(), Some(sea_orm::SqlErr::UniqueConstraintViolation(_)))
}
