//! Parts of webhooks that could not be applied.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use domain::id::{ElementId, WidgetId};
use domain::{ledger, row};

use super::connection::{Connection, Paging};
use super::cursor::Cursor;
use super::link::Link;
use super::operation::{env, operation};
use super::time::DateTime;
use super::user_error::user_errors;

/// A quarantined element.
pub struct QuarantinedElement(row::InboundElement);

impl From<row::InboundElement> for QuarantinedElement {
    fn from(row: row::InboundElement) -> Self {
        Self(row)
    }
}

/// A part of a webhook from Meta that could not be applied and was put aside. Its neighbours were applied.
#[Object]
impl QuarantinedElement {
    /// Names this element.
    pub(super) async fn id(&self) -> ID {
        ElementId(self.0.id).into()
    }

    /// Whether it is still put aside; false once a replay has begun.
    async fn quarantined(&self) -> bool {
        self.0.outcome.as_deref() == Some("QUARANTINED")
    }

    /// Why it is or was put aside: a word, for example `MALFORMED` or `FAILED`, and perhaps details after a
    /// colon; null while a replay runs.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// The webhook field that it came in, for example `messages`.
    async fn webhook_field(&self) -> &str {
        &self.0.field
    }

    /// The Meta app that signed it.
    async fn meta_app(&self) -> &str {
        &self.0.app
    }

    /// The widget that it was for; null if it names none.
    async fn widget(&self) -> Option<Link<WidgetId>> {
        self.0.widget_id.map(|id| Link(WidgetId(id)))
    }

    /// The id that follows the webhook to its events and through the log.
    async fn trace_id(&self) -> &str {
        &self.0.trace
    }

    /// How often it was tried.
    async fn attempts(&self) -> i64 {
        self.0.attempts
    }

    /// When it arrived.
    async fn arrived_at(&self) -> DateTime {
        self.0.arrived_at.into()
    }
}

/// Reads about quarantined elements.
#[derive(Default)]
pub struct QuarantinedElementQuery;

#[Object]
impl QuarantinedElementQuery {
    /// The parts of webhooks that are put aside and were meant for this workspace, oldest first.
    async fn quarantined_elements(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many from the beginning, 1 to 100; without first and last 50.")]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "At most so many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<Connection<QuarantinedElement>> {
        let operation = operation(ctx);
        let page = Paging { first, after, last, before }.page()?;
        let rows = operation.told(ledger::quarantine::rows(&operation.scope, &page).await)?;
        Ok(Connection::new(&page, rows, |row| (row.id, QuarantinedElement(row))))
    }
}

user_errors! {
    /// Why an element was not replayed.
    QuarantinedElementUserError;
    /// Why an element was not replayed, for programs.
    QuarantinedElementErrorCode {
        /// It is not in quarantine any more.
        InvalidTransition,
    }
}

/// Which element to try again.
#[derive(InputObject)]
pub struct QuarantinedElementReplayInput {
    /// The element.
    quarantined_element_id: ID,
}

/// What trying an element again answers.
#[derive(SimpleObject)]
pub struct QuarantinedElementReplayPayload {
    /// The element as it is now.
    quarantined_element: QuarantinedElement,
    /// Why it was refused; empty if it was done.
    user_errors: Vec<QuarantinedElementUserError>,
    /// Always null: the element is applied a moment later, and what it changes has events of its own.
    event_cursor: Option<Cursor>,
}

/// Changes of quarantined elements.
#[derive(Default)]
pub struct QuarantinedElementMutation;

#[Object]
impl QuarantinedElementMutation {
    /// Reads an element again from its webhook and applies it, or puts it aside again. Needs an admin.
    async fn quarantined_element_replay(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which element.")] input: QuarantinedElementReplayInput,
    ) -> Result<QuarantinedElementReplayPayload> {
        let operation = operation(ctx);
        let id: ElementId = operation.id(&input.quarantined_element_id)?;
        let done = operation.settle(ledger::replay(env(ctx), &operation.actor, id).await)?;
        Ok(QuarantinedElementReplayPayload {
            quarantined_element: operation.named(id).await?.into(),
            user_errors: done.err().into_iter().collect(),
            event_cursor: None,
        })
    }
}
