//! What was written.

mod author;
mod mutation;

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use domain::id::{ConversationId, MessageId, PassageId, SessionId};
use domain::message::AuthorKind;
use domain::{message, row};

use super::delivery::Delivery;
use super::link::Link;
use super::loader::{CitationsOf, DeliveryOf};
use super::operation::operation;
use super::time::DateTime;
pub use author::{MessageAuthor, MessageAuthorKind};
pub use mutation::MessageMutation;

/// A message.
pub struct Message(row::Message);

impl From<row::Message> for Message {
    fn from(row: row::Message) -> Self {
        Self(row)
    }
}

/// One message of a conversation, whoever wrote it and wherever.
#[Object]
impl Message {
    /// Names this message.
    pub(super) async fn id(&self) -> ID {
        MessageId(self.0.id).into()
    }

    /// Its conversation.
    async fn conversation(&self) -> Link<ConversationId> {
        Link(ConversationId(self.0.conversation_id))
    }

    /// The session that it is shown in; null if the contact never had one.
    async fn session(&self) -> Option<Link<SessionId>> {
        message::session_of(&self.0).map(Link)
    }

    /// Its number in the conversation: 1, 2, 3 without gaps. The number is the order of the thread.
    async fn number(&self) -> i64 {
        self.0.number
    }

    /// Who wrote it.
    async fn author(&self, ctx: &Context<'_>) -> Result<MessageAuthor> {
        let kind = operation(ctx).read(AuthorKind::read(&self.0))?;
        Ok(MessageAuthor::of(&self.0, kind))
    }

    /// What it is, in Meta's word: `text`, `image`, `location` and so on; new kinds may appear.
    async fn kind(&self) -> &str {
        &self.0.kind
    }

    /// Its text; for media a placeholder, with the caption if there is one.
    async fn text(&self) -> &str {
        &self.0.text
    }

    /// When it was written, as Meta tells; for what was sent from here, when it was sent.
    async fn sent_at(&self) -> DateTime {
        self.0.sent_at.into()
    }

    /// When it came in here.
    async fn received_at(&self) -> DateTime {
        self.0.received_at.into()
    }

    /// Whether it was written outside of any session, which opens none.
    async fn out_of_session(&self) -> bool {
        self.0.out_of_session
    }

    /// How sure the bot was, from 0 to 1; null for what others wrote.
    async fn confidence(&self) -> Option<f64> {
        self.0.confidence
    }

    /// The passages that the bot's answer leans on, the most important first: a few at most.
    async fn citations(&self, ctx: &Context<'_>) -> Result<Vec<Citation>> {
        let rows = operation(ctx).find(CitationsOf(MessageId(self.0.id))).await?.unwrap_or_default();
        let cite = |row: row::Citation| Citation {
            position: row.position,
            passage: Link(PassageId(row.passage_id)),
        };
        Ok(rows.into_iter().map(cite).collect())
    }

    /// Its sending to the customer; null for what was not sent from here.
    async fn delivery(&self, ctx: &Context<'_>) -> Result<Option<Delivery>> {
        let rows = operation(ctx).find(DeliveryOf(MessageId(self.0.id))).await?.unwrap_or_default();
        Ok(rows.into_iter().next().map(Delivery::from))
    }

    /// Meta's id of the message; null until it has one.
    async fn provider_message_id(&self) -> Option<&str> {
        self.0.provider_id.as_deref()
    }
}

/// A passage that an answer leans on.
#[derive(SimpleObject)]
pub struct Citation {
    /// Its place among the answer's citations, from 0.
    position: i64,
    /// The passage.
    passage: Link<PassageId>,
}
