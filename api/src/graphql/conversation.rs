//! The one thread of a contact on a widget.

mod mutation;
mod query;
mod timeline;

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use domain::conversation::{Handler, Label, Status};
use domain::id::{ContactId, ConversationId, SessionId, WidgetId};
use domain::{Time, row};
use uuid::Uuid;

use super::connection::{Connection, Paging};
use super::human_wait::HumanWait;
use super::link::Link;
use super::loader::{HumanWaitsOf, MessagesOf, SessionsOf, TagsOf, TimelineOf};
use super::message::Message;
use super::operation::{env, operation};
use super::session::Session;
use super::tag::Tag;
use super::time::DateTime;
pub use mutation::ConversationMutation;
pub use query::ConversationQuery;
pub use timeline::TimelineItem;

/// A conversation.
pub struct Conversation(row::Conversation);

impl From<row::Conversation> for Conversation {
    fn from(row: row::Conversation) -> Self {
        Self(row)
    }
}

/// The one thread of a contact on a widget. It lives on across sessions.
#[Object]
impl Conversation {
    /// Names this conversation.
    pub(super) async fn id(&self) -> ID {
        self.key().into()
    }

    /// The customer.
    async fn contact(&self) -> Link<ContactId> {
        Link(ContactId(self.0.contact_id))
    }

    /// The widget that they write to.
    async fn widget(&self) -> Link<WidgetId> {
        Link(WidgetId(self.0.widget_id))
    }

    /// What an inbox shows: who acts next.
    async fn status(&self, ctx: &Context<'_>) -> Result<ConversationStatus> {
        operation(ctx).read(Status::read(&self.0)).map(ConversationStatus::from)
    }

    /// Who answers the customer, the bot or a person. While no session is open: who did last.
    async fn handler(&self, ctx: &Context<'_>) -> Result<ConversationHandler> {
        operation(ctx).read(Handler::read(&self.0)).map(ConversationHandler::from)
    }

    /// Whether somebody in the workspace pinned it.
    async fn pinned(&self) -> bool {
        self.0.pinned
    }

    /// Until when it is out of sight; null unless it is snoozed.
    async fn snoozed_until(&self) -> Option<DateTime> {
        self.0.snoozed_until.map(DateTime)
    }

    /// The open session; null if none is open.
    async fn session(&self) -> Option<Link<SessionId>> {
        self.0.session_id.map(|id| Link(SessionId(id)))
    }

    /// All sessions, the first one first.
    async fn sessions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many from the beginning, 1 to 100; without first and last 50.")]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "At most so many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<Connection<Session>> {
        let page = Paging { first, after, last, before }.page()?;
        let rows = operation(ctx).find(SessionsOf(self.key(), page.clone())).await?;
        Ok(Connection::new(&page, rows.unwrap_or_default(), |row| (row.number, Session::from(row))))
    }

    /// The messages in the order of their numbers. `last` shows the newest.
    async fn messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many from the beginning, 1 to 100; without first and last 50.")]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "At most so many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<Connection<Message>> {
        let page = Paging { first, after, last, before }.page()?;
        let rows = operation(ctx).find(MessagesOf(self.key(), page.clone())).await?;
        Ok(Connection::new(&page, rows.unwrap_or_default(), |row| (row.number, Message::from(row))))
    }

    /// The thread as people read it: the messages in the order of their numbers, and between them where
    /// sessions open and close, where people come and go, and notes for colleagues. `last` shows the newest.
    async fn timeline(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many from the beginning, 1 to 100; without first and last 50.")]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "At most so many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<Connection<TimelineItem>> {
        let page = Paging { first, after, last, before }.page()?;
        let entries = operation(ctx).find(TimelineOf(self.key(), page.clone())).await?;
        Ok(Connection::new(&page, entries.unwrap_or_default(), |(place, entry)| {
            (place, TimelineItem::from(entry))
        }))
    }

    /// Its tags, in the order of their names: at most 50.
    async fn tags(&self, ctx: &Context<'_>) -> Result<Vec<Tag>> {
        let rows = operation(ctx).find(TagsOf(self.key())).await?.unwrap_or_default();
        Ok(rows.into_iter().map(Tag::from).collect())
    }

    /// The stretches in which a person was responsible, oldest first.
    async fn human_waits(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many from the beginning, 1 to 100; without first and last 50.")]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "At most so many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<Connection<HumanWait>> {
        let page = Paging { first, after, last, before }.page()?;
        let rows = operation(ctx).find(HumanWaitsOf(self.key(), page.clone())).await?;
        Ok(Connection::new(&page, rows.unwrap_or_default(), |row| {
            ((row.started_at, row.id), HumanWait::from(row))
        }))
    }

    /// Whether a message may be sent now, as WhatsApp sees it.
    async fn reply_window(&self, ctx: &Context<'_>) -> ReplyWindow {
        let now = env(ctx).clock.now();
        let closes_at = self.0.window_closes_at;
        let closed_by_provider = self.0.window_closed_by_provider;
        ReplyWindow {
            open: !closed_by_provider && closes_at.is_some_and(|at| now < at),
            closes_at: closes_at.map(DateTime),
            closed_by_provider,
        }
    }

    /// Whether the customer wrote while the channel was off; what they wrote is not shown.
    async fn inbound_ignored(&self) -> bool {
        self.0.inbound_ignored_at.is_some()
    }

    /// When anybody last wrote.
    async fn last_activity_at(&self) -> DateTime {
        self.0.last_activity_at.into()
    }

    /// Rises with every change: of two answers the one with the greater revision is the newer one.
    async fn revision(&self) -> i64 {
        self.0.revision
    }

    /// When it began.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }
}

impl Conversation {
    fn key(&self) -> ConversationId {
        ConversationId(self.0.id)
    }

    /// An entry of a list with the newest activity first.
    pub(super) fn with_key(row: row::Conversation) -> ((Time, Uuid), Self) {
        ((row.last_activity_at, row.id), Self(row))
    }
}

/// When WhatsApp takes messages to a customer: within 24 hours of the customer's last message.
#[derive(SimpleObject)]
pub struct ReplyWindow {
    /// Whether a message may be sent now.
    open: bool,
    /// When the 24 hours end or ended; null if the customer never wrote.
    closes_at: Option<DateTime>,
    /// Whether WhatsApp said that it takes nothing more, whatever the clock says.
    closed_by_provider: bool,
}

/// Who acts next in a conversation.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "Status")]
pub enum ConversationStatus {
    /// No session is open.
    Closed,
    /// It is out of sight until a time.
    Snoozed,
    /// Its snooze is over and nobody has acted since.
    PreviouslySnoozed,
    /// The bot answers.
    BotHandling,
    /// A person is responsible and has not written yet.
    PendingFirstResponse,
    /// The customer waits for a person's next message.
    PendingResponse,
    /// A person replied; it is the customer's turn.
    Open,
}

/// Who answers the customer.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "Handler")]
pub enum ConversationHandler {
    /// The bot.
    Bot,
    /// A person.
    Human,
}

/// The tabs of an inbox: fixed sets of statuses.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "Label")]
pub enum ConversationLabel {
    /// Every status.
    All,
    /// What a person may have to look at: PENDING_FIRST_RESPONSE, PENDING_RESPONSE, OPEN, SNOOZED,
    /// PREVIOUSLY_SNOOZED.
    Active,
    /// What the bot has or had: BOT_HANDLING, CLOSED.
    Bot,
    /// What is with a person now: PENDING_FIRST_RESPONSE, PENDING_RESPONSE, OPEN, PREVIOUSLY_SNOOZED.
    Human,
}
