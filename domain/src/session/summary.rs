//! What a session came to: who wrote how much, and how people looked after it.
//!
//! The figures of one session mean what `metrics` means by those of many.

use std::collections::HashMap;

use chrono::TimeDelta;
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::conversation::WaitReason;
use crate::error::{Corrupt, Result};
use crate::id::SessionId;
use crate::message::AuthorKind;
use crate::scope::Scope;

/// The messages of a session by who wrote them, whatever became of their delivery.
///
/// As in `metrics`, those that came after its close and are shown in it count; rows that proved to be another message,
/// and what Meta says, do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Messages {
    /// Of the customer.
    pub customer: i64,
    /// Of the bot and of workflows.
    pub bot: i64,
    /// Of members, in the hub.
    pub agent: i64,
    /// Typed in the WhatsApp Business app on the phone.
    pub business_app: i64,
}

impl Messages {
    /// All of them.
    #[must_use]
    pub fn total(&self) -> i64 {
        self.customer + self.bot + self.agent + self.business_app
    }
}

/// The messages of some sessions, counted by one statement. Sessions without any are left out.
///
/// # Errors
/// The database's.
pub async fn messages(scope: &Scope, sessions: &[SessionId]) -> Result<HashMap<SessionId, Messages>> {
    use entity::message::Column;
    let counted = scope
        .find::<entity::message::Entity>()
        .filter(Column::SessionId.is_in(sessions.iter().map(|id| id.0)))
        .filter(Column::DuplicateOf.is_null())
        .select_only()
        .columns([Column::SessionId, Column::Author])
        .column_as(Column::Id.count(), "n")
        .group_by(Column::SessionId)
        .group_by(Column::Author)
        .into_tuple::<(Uuid, String, i64)>();
    let mut found: HashMap<SessionId, Messages> = HashMap::new();
    for (session, author, n) in counted.all(scope.reader()).await? {
        let messages = found.entry(SessionId(session)).or_default();
        match AuthorKind::parse(&author) {
            Some(AuthorKind::Customer) => messages.customer += n,
            Some(AuthorKind::Bot) => messages.bot += n,
            Some(AuthorKind::Agent) => messages.agent += n,
            Some(AuthorKind::BusinessApp) => messages.business_app += n,
            Some(AuthorKind::System) | None => {}
        }
    }
    Ok(found)
}

/// How people looked after a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct People {
    /// Why a person first became responsible; None if nobody ever did.
    pub first_reason: Option<WaitReason>,
    /// Whether it is closed and nobody was ever responsible.
    pub resolved_by_bot: bool,
    /// How long the customer waited for a person's first message, in the first wait that no person's message itself
    /// began. None without such a wait, and while nobody has written in it. Never negative: Meta's clock, which dates
    /// what is typed on the phone, has whole seconds.
    pub first_response: Option<TimeDelta>,
    /// How long a person was responsible, in all waits that are over.
    pub handling: TimeDelta,
}

impl People {
    /// What the waits of a session, oldest first, come to.
    ///
    /// # Errors
    /// [`Corrupt`] for a reason that no rule writes.
    pub fn of(
        session: &entity::session::Model,
        waits: &[entity::human_wait::Model],
    ) -> Result<Self, Corrupt> {
        let first_reason = waits.first().map(WaitReason::read).transpose()?;
        let mut first_response = None;
        for wait in waits {
            // A message that begins a wait has nothing to respond to.
            if !matches!(WaitReason::read(wait)?, WaitReason::Takeover | WaitReason::AgentMessage) {
                first_response = wait.first_reply_at.map(|at| (at - wait.started_at).max(TimeDelta::zero()));
                break;
            }
        }
        let lengths = waits.iter().filter_map(|wait| wait.ended_at.map(|ended| ended - wait.started_at));
        Ok(Self {
            first_reason,
            resolved_by_bot: session.closed_at.is_some() && waits.is_empty(),
            first_response,
            handling: lengths.sum(),
        })
    }
}
