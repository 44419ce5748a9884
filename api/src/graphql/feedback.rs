//! What members think of answers.

mod mutation;

use async_graphql::{Context, Enum, ID, Object, Result};
use domain::feedback::Rating;
use domain::id::{FeedbackId, MemberId, MessageId};
use domain::row;

use super::link::Link;
use super::operation::operation;
use super::time::DateTime;
pub use mutation::FeedbackMutation;

/// A rating.
pub struct Feedback(row::Feedback);

impl From<row::Feedback> for Feedback {
    fn from(row: row::Feedback) -> Self {
        Self(row)
    }
}

/// What a member thinks of an answer of the bot or of a colleague. Customers never see it.
#[Object]
impl Feedback {
    /// Names this rating.
    pub(super) async fn id(&self) -> ID {
        FeedbackId(self.0.id).into()
    }

    /// The answer.
    async fn message(&self) -> Link<MessageId> {
        Link(MessageId(self.0.message_id))
    }

    /// Whose rating it is: each member has one of a message.
    async fn member(&self) -> Link<MemberId> {
        Link(MemberId(self.0.member_id))
    }

    /// Good or not.
    async fn rating(&self, ctx: &Context<'_>) -> Result<MessageRating> {
        operation(ctx).read(Rating::read(&self.0)).map(MessageRating::from)
    }

    /// When it was given, or last turned into the opposite.
    async fn rated_at(&self) -> DateTime {
        self.0.rated_at.into()
    }
}

/// What a member thinks of an answer.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "Rating")]
pub enum MessageRating {
    /// A good answer.
    Up,
    /// Something is wrong with it.
    Down,
}
