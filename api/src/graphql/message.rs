//! What was written.

mod author;
pub mod change;
mod mutation;

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use domain::id::{ConversationId, MessageId, PassageId, SessionId, WidgetId};
use domain::message::AuthorKind;
use domain::{message, row};

use super::connection::{Connection, Paging};
use super::delivery::Delivery;
use super::feedback::Feedback;
use super::link::Link;
use super::loader::{ChangePageOf, ChangesOf, CitationsOf, DeliveryOf, FeedbackOf, Quoted};
use super::operation::operation;
use super::time::DateTime;
pub use author::{MessageAuthor, MessageAuthorKind};
use change::{MessageChange, MessageMedia, MessageReaction};
pub use mutation::MessageMutation;

/// A message. Boxed: it is much larger than what stands beside it in lists of different things.
pub struct Message(Box<row::Message>);

impl From<row::Message> for Message {
    fn from(row: row::Message) -> Self {
        Self(Box::new(row))
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

    /// What it says now, after its newest edit; for media a placeholder, with the caption if there is one. What was
    /// taken back stays readable.
    async fn text(&self) -> &str {
        message::present_text(&self.0)
    }

    /// What it said at first; null unless it was edited.
    async fn original_text(&self) -> Option<&str> {
        self.0.edited_at.map(|_| self.0.text.as_str())
    }

    /// When its newest edit was made; null unless it was edited.
    async fn edited_at(&self) -> Option<DateTime> {
        self.0.edited_at.map(DateTime)
    }

    /// When its author took it back; null unless they did.
    async fn revoked_at(&self) -> Option<DateTime> {
        self.0.revoked_at.map(DateTime)
    }

    /// Whether WhatsApp has announced the content but not handed it over. If it does not come within a minute,
    /// look at the phone.
    async fn content_pending(&self) -> bool {
        self.0.placeholder
    }

    /// The file that it carries, which stays with Meta; null for other kinds.
    async fn media(&self) -> Option<MessageMedia> {
        let any = self.0.media_id.is_some() || self.0.mime_type.is_some();
        any.then(|| MessageMedia {
            mime_type: self.0.mime_type.clone(),
            filename: self.0.filename.clone(),
            provider_media_id: self.0.media_id.clone(),
        })
    }

    /// The message that it answers; null if it answers none, or one from before the number was linked.
    async fn quoted_message(&self, ctx: &Context<'_>) -> Result<Option<Message>> {
        match &self.0.quotes {
            Some(id) => {
                let quoted = Quoted(WidgetId(self.0.widget_id), id.clone());
                Ok(operation(ctx).find(quoted).await?.map(Message::from))
            }
            None => Ok(None),
        }
    }

    /// The emojis that it has now: at most one of each side.
    async fn reactions(&self, ctx: &Context<'_>) -> Result<Vec<MessageReaction>> {
        let rows = operation(ctx).find(ChangesOf(MessageId(self.0.id))).await?;
        Ok(change::standing(rows.unwrap_or_default()))
    }

    /// Its reactions, edits and deletes, in the order in which they were made.
    async fn changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many from the beginning, 1 to 100; without first and last 50.")]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "At most so many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<Connection<MessageChange>> {
        let page = Paging { first, after, last, before }.page()?;
        let rows = operation(ctx).find(ChangePageOf(MessageId(self.0.id), page.clone())).await?;
        Ok(Connection::new(&page, rows.unwrap_or_default(), |row| {
            ((row.sent_at, row.id), MessageChange::from(row))
        }))
    }

    /// The message that this row proved to be: lists of messages leave this row out then. Null for almost every message.
    async fn duplicate_of(&self) -> Option<Link<MessageId>> {
        self.0.duplicate_of.map(|id| Link(MessageId(id)))
    }

    /// The message that this one sends once more; null for others.
    async fn resend_of(&self) -> Option<Link<MessageId>> {
        self.0.resend_of.map(|id| Link(MessageId(id)))
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

    /// What members think of it, the oldest rating first: one of each member at most.
    async fn feedback(&self, ctx: &Context<'_>) -> Result<Vec<Feedback>> {
        let rows = operation(ctx).find(FeedbackOf(MessageId(self.0.id))).await?.unwrap_or_default();
        Ok(rows.into_iter().map(Feedback::from).collect())
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
