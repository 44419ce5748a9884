//! What the bot is to learn.

mod mutation;

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use domain::id::{DocumentId, DocumentVersionId, MemberId, MessageId, TicketId};
use domain::training::State;
use domain::{row, training};

use super::connection::{Connection, Paging};
use super::link::Link;
use super::loader::DocumentsTaught;
use super::operation::operation;
use super::time::DateTime;
pub use mutation::TrainingMutation;

/// A ticket.
pub struct TrainingTicket(row::TrainingTicket);

impl From<row::TrainingTicket> for TrainingTicket {
    fn from(row: row::TrainingTicket) -> Self {
        Self(row)
    }
}

/// Something that the bot is to learn: a question, and the answer that documents are to give to it.
#[Object]
impl TrainingTicket {
    /// Names this ticket.
    pub(super) async fn id(&self) -> ID {
        TicketId(self.0.id).into()
    }

    /// The answer whose rating led to it; null if it was added by hand.
    async fn message(&self) -> Option<Link<MessageId>> {
        self.0.message_id.map(|id| Link(MessageId(id)))
    }

    /// Who rated that answer, or added the ticket.
    async fn member(&self) -> Link<MemberId> {
        Link(MemberId(self.0.member_id))
    }

    /// What customers ask.
    async fn question(&self) -> &str {
        &self.0.question
    }

    /// What was wrong with the answer; null if the ticket was added by hand.
    async fn wrong(&self) -> Option<&str> {
        self.0.wrong.as_deref()
    }

    /// The right answer.
    async fn answer(&self) -> &str {
        &self.0.answer
    }

    /// How far it is.
    async fn state(&self, ctx: &Context<'_>) -> Result<TrainingTicketState> {
        operation(ctx).read(State::read(&self.0)).map(TrainingTicketState::from)
    }

    /// Why it could not be taught, and what to do; null unless it failed.
    async fn failure(&self) -> Option<&str> {
        self.0.failure.as_deref()
    }

    /// The documents that are to say it: at most 10.
    async fn documents(&self, ctx: &Context<'_>) -> Result<Vec<TrainingDocument>> {
        let rows = operation(ctx).find(DocumentsTaught(TicketId(self.0.id))).await?.unwrap_or_default();
        Ok(rows
            .into_iter()
            .map(|row| TrainingDocument {
                document: Link(DocumentId(row.document_id)),
                version: row.version_id.map(|id| Link(DocumentVersionId(id))),
            })
            .collect())
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// When it was last edited or went on.
    async fn changed_at(&self) -> DateTime {
        self.0.changed_at.into()
    }
}

/// A document that is to say it.
#[derive(SimpleObject)]
pub struct TrainingDocument {
    /// The document.
    document: Link<DocumentId>,
    /// The version in which it was written; null until it is taught.
    version: Option<Link<DocumentVersionId>>,
}

/// How far a training ticket is.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "State")]
pub enum TrainingTicketState {
    /// An admin has to look at it.
    Pending,
    /// It is being written into its documents.
    Training,
    /// The bot answers from it.
    Trained,
    /// It could not be written: `failure` says why.
    Failed,
}

/// Reads about training.
#[derive(Default)]
pub struct TrainingQuery;

#[Object]
impl TrainingQuery {
    /// What the bot is to learn, the newest ticket first.
    async fn training_tickets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only tickets in one of these states; left out or empty: all.")] states: Option<
            Vec<TrainingTicketState>,
        >,
        #[graphql(desc = "At most so many from the beginning, 1 to 100; without first and last 50.")]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "At most so many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<Connection<TrainingTicket>> {
        let operation = operation(ctx);
        let page = Paging { first, after, last, before }.page()?;
        let states: Vec<State> = states.unwrap_or_default().into_iter().map(Into::into).collect();
        let rows = operation.told(training::list(&operation.scope, &states, &page).await)?;
        Ok(Connection::new(&page, rows, |row| (row.id, TrainingTicket(row))))
    }
}
