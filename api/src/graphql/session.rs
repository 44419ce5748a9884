//! Service periods.

use async_graphql::{Context, Enum, ID, Object, Result};
use domain::conversation::CloseReason;
use domain::id::{ConversationId, SessionId};
use domain::metrics::Counts;
use domain::row;
use domain::session::{Messages, People};

use super::human_wait::HumanWaitReason;
use super::link::Link;
use super::loader::{MessagesIn, WaitsIn};
use super::metrics::MessageCounts;
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

    /// How many messages were written in it, by whom. Those that came after its close and are shown in it count.
    async fn messages(&self, ctx: &Context<'_>) -> Result<MessageCounts> {
        let found = operation(ctx).find(MessagesIn(SessionId(self.0.id))).await?;
        let Messages { customer, bot, agent, business_app } = found.unwrap_or_default();
        Ok((&Counts { customer, bot, agent, business_app, ..Counts::default() }).into())
    }

    /// Why a person first became responsible in it; null if nobody ever did.
    async fn first_human_reason(&self, ctx: &Context<'_>) -> Result<Option<HumanWaitReason>> {
        Ok(self.people(ctx).await?.first_reason.map(HumanWaitReason::from))
    }

    /// Whether the bot did it alone: it is closed, and no person was ever responsible. False while it is open.
    async fn resolved_by_bot(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.people(ctx).await?.resolved_by_bot)
    }

    /// For how many whole seconds the customer waited for a person: from when one first became responsible to their
    /// first message, leaving out where a person's own message began it (`TAKEOVER`, `AGENT_MESSAGE`). Null if that
    /// never happened, or nobody wrote then.
    async fn first_response_seconds(&self, ctx: &Context<'_>) -> Result<Option<i64>> {
        Ok(self.people(ctx).await?.first_response.map(|length| length.num_seconds()))
    }

    /// For how many whole seconds people were responsible in it, all stretches that are over together: one that still
    /// lasts does not count yet. 0 if nobody ever was.
    async fn handling_seconds(&self, ctx: &Context<'_>) -> Result<i64> {
        Ok(self.people(ctx).await?.handling.num_seconds())
    }
}

impl Session {
    async fn people(&self, ctx: &Context<'_>) -> Result<People> {
        let operation = operation(ctx);
        let waits = operation.find(WaitsIn(SessionId(self.0.id))).await?.unwrap_or_default();
        operation.read(People::of(&self.0, &waits))
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
