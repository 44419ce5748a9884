//! Answers of the bot.

use async_graphql::{Context, Enum, ID, Object, Result};
use domain::id::{ConversationId, SessionId, TurnId};
use domain::{row, turn};

use super::human_wait::HumanWaitReason;
use super::link::Link;
use super::loader::QuestionOf;
use super::operation::operation;
use super::time::DateTime;

/// A turn.
pub struct Turn(row::Turn);

impl From<row::Turn> for Turn {
    fn from(row: row::Turn) -> Self {
        Self(row)
    }
}

/// One answer of the bot, from gathering what the customer writes to its end.
#[Object]
impl Turn {
    /// Names this turn.
    pub(super) async fn id(&self) -> ID {
        TurnId(self.0.id).into()
    }

    /// Its conversation.
    async fn conversation(&self) -> Link<ConversationId> {
        Link(ConversationId(self.0.conversation_id))
    }

    /// Its session.
    async fn session(&self) -> Link<SessionId> {
        Link(SessionId(self.0.session_id))
    }

    /// Where it stands.
    async fn state(&self, ctx: &Context<'_>) -> Result<TurnState> {
        operation(ctx).read(turn::State::read(&self.0)).map(TurnState::from)
    }

    /// The number of the first customer message that it answers; null before it has read any.
    async fn covers_from(&self) -> Option<i64> {
        self.0.covers_from
    }

    /// The number of the last customer message that it answers; null before it has read any.
    async fn covers_through(&self) -> Option<i64> {
        self.0.covers_through
    }

    /// What the customer wrote that it answers, as it stands now: a line for each message. Null before it has read any,
    /// and where there is nothing to read.
    async fn question(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        operation(ctx).find(QuestionOf(TurnId(self.0.id))).await
    }

    /// Why it asked for a person; null if it did not.
    async fn reason(&self, ctx: &Context<'_>) -> Result<Option<HumanWaitReason>> {
        Ok(operation(ctx).read(turn::reason(&self.0))?.map(HumanWaitReason::from))
    }

    /// When the first message that it answers came in.
    async fn started_at(&self) -> DateTime {
        self.0.first_at.into()
    }

    /// When it ended; null while it lasts.
    async fn ended_at(&self) -> Option<DateTime> {
        self.0.ended_at.map(DateTime)
    }
}

/// Where a turn stands.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "turn::State")]
pub enum TurnState {
    /// It waits for the customer to be quiet.
    Gathering,
    /// The answer is being made.
    Running,
    /// The answer was sent.
    Committed,
    /// A person was asked for.
    HandedOver,
    /// It came too late: somebody acted, or the bot was stopped.
    Discarded,
    /// A person took over, or the session closed, before it ended.
    Cancelled,
}
