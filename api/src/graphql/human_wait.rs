//! Stretches in which a person is responsible.

use async_graphql::{Context, Enum, ID, Object, Result};
use domain::conversation::WaitReason;
use domain::id::{ConversationId, HumanWaitId, SessionId};
use domain::row;

use super::link::Link;
use super::operation::operation;
use super::time::DateTime;

/// A wait.
pub struct HumanWait(row::HumanWait);

impl From<row::HumanWait> for HumanWait {
    fn from(row: row::HumanWait) -> Self {
        Self(row)
    }
}

/// A stretch in which a person was responsible for a conversation, from the handover to the hand back or the
/// close.
#[Object]
impl HumanWait {
    /// Names this wait.
    pub(super) async fn id(&self) -> ID {
        HumanWaitId(self.0.id).into()
    }

    /// Its conversation.
    async fn conversation(&self) -> Link<ConversationId> {
        Link(ConversationId(self.0.conversation_id))
    }

    /// The session that it belongs to.
    async fn session(&self) -> Link<SessionId> {
        Link(SessionId(self.0.session_id))
    }

    /// Why a person became responsible.
    async fn reason(&self, ctx: &Context<'_>) -> Result<HumanWaitReason> {
        operation(ctx).read(WaitReason::read(&self.0)).map(HumanWaitReason::from)
    }

    /// When it began.
    async fn started_at(&self) -> DateTime {
        self.0.started_at.into()
    }

    /// When a person first wrote in it; null if nobody has.
    async fn first_reply_at(&self) -> Option<DateTime> {
        self.0.first_reply_at.map(DateTime)
    }

    /// When it ended; null while it lasts.
    async fn ended_at(&self) -> Option<DateTime> {
        self.0.ended_at.map(DateTime)
    }
}

/// Why a person became responsible.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "WaitReason")]
pub enum HumanWaitReason {
    /// The bot was not sure enough of any answer.
    Unsure,
    /// The customer asked for a person.
    Requested,
    /// A member joined.
    Joined,
    /// A member wrote while the conversation was out of sight, which joins.
    AgentMessage,
    /// Somebody wrote in the WhatsApp Business app.
    Takeover,
    /// The bot is off.
    BotOff,
    /// The language model failed, also when it was tried again.
    ModelDown,
    /// The customer's message has nothing that the bot can read.
    Unreadable,
    /// The bot's message was refused.
    DeliveryFailed,
    /// Nobody knows whether the bot's message arrived.
    DeliveryUnknown,
    /// Nothing can be sent at present.
    ChannelUnavailable,
    /// A workflow says so.
    Workflow,
    /// A workflow cannot go on.
    WorkflowFailed,
}
