//! Service periods.

use async_graphql::{Context, Enum, ID, Object, Result};
use domain::conversation::CloseReason;
use domain::id::{ConversationId, SessionId};
use domain::row;

use super::link::Link;
use super::operation::operation;
use super::time::DateTime;

/// A session.
pub struct Session(row::Session);

impl From<row::Session> for Session {
    fn from(row: row::Session) -> Self {
        Self(row)
    }
}

/// One service period of a conversation. A customer's message opens it; it closes a day after their last
/// message, or earlier by a person's hand. At most one is open at a time, and none is ever reopened.
#[Object]
impl Session {
    /// Names this session.
    pub(super) async fn id(&self) -> ID {
        SessionId(self.0.id).into()
    }

    /// Its conversation.
    async fn conversation(&self) -> Link<ConversationId> {
        Link(ConversationId(self.0.conversation_id))
    }

    /// Its number in the conversation: 1, 2, 3.
    async fn number(&self) -> i64 {
        self.0.number
    }

    /// When the message that opened it was written.
    async fn opened_at(&self) -> DateTime {
        self.0.opened_at.into()
    }

    /// When it closes, or would have closed, by itself.
    async fn expires_at(&self) -> DateTime {
        self.0.expires_at.into()
    }

    /// When it closed; null while it is open.
    async fn closed_at(&self) -> Option<DateTime> {
        self.0.closed_at.map(DateTime)
    }

    /// Why it closed; null while it is open.
    async fn close_reason(&self, ctx: &Context<'_>) -> Result<Option<SessionCloseReason>> {
        Ok(operation(ctx).read(CloseReason::read(&self.0))?.map(SessionCloseReason::from))
    }
}

/// Why a session closed.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "CloseReason")]
pub enum SessionCloseReason {
    /// The customer wrote nothing for a day.
    Expired,
    /// A member closed it.
    Agent,
    /// The bot wanted a person, and `humanHandoverEnabled` is off.
    HandoverDisabled,
    /// A workflow closed it.
    Workflow,
    /// The widget was archived.
    WidgetArchived,
    /// The contact was merged into another.
    Merged,
}
