//! Service periods: at most one open per conversation, numbered, never overlapping, never reopened.

mod export;
mod list;
mod summary;

use chrono::TimeDelta;
use sea_orm::{ColumnTrait, QueryFilter};

use crate::clock::Time;
use crate::conversation::{CloseReason, Thread};
use crate::error::{Corrupt, Result};
use crate::event::Event;
use crate::id::{ConversationId, SessionId};
use crate::page::{self, Order, Page};
use crate::scope::Scope;
use crate::tx::Tx;

pub use export::{Exported, export};
pub use list::{Opened, opened};
pub use summary::{Messages, People, messages};

/// Reads a session that a conversation of this workspace names.
pub(crate) async fn read(tx: &Tx<'_>, id: SessionId) -> Result<entity::session::Model> {
    let query = tx.find::<entity::session::Entity>().filter(entity::session::Column::Id.eq(id.0));
    Ok(query.one(tx.db()).await?.ok_or_else(|| Corrupt {
        table: "conversation",
        id: id.to_string(),
        what: "a session that does not exist".into(),
    })?)
}

fn length(thread: &Thread) -> TimeDelta {
    TimeDelta::seconds(thread.widget.session_length_s)
}

/// Opens a session with the customer message that the facts already hold.
pub(crate) async fn open(tx: &mut Tx<'_>, thread: &mut Thread) -> Result<()> {
    let first = thread.facts.customer.map_or_else(|| tx.env.clock.now(), |mark| mark.at);
    let row = entity::session::Model {
        id: SessionId::new().0,
        workspace_id: tx.workspace.0,
        conversation_id: thread.conversation.id,
        number: thread.conversation.session_count + 1,
        opened_at: thread.facts.closed_at.map_or(first, |closed| closed.max(first)),
        expires_at: first + length(thread),
        closed_at: None,
        close_reason: None,
        first_number: thread.next_number(),
        last_number: None,
        created_at: tx.now(),
    };
    tx.insert(row.clone()).await?;
    thread.conversation.session_count = row.number;
    thread.conversation.inbound_ignored_at = None;
    tx.due(row.expires_at);
    tx.announce(Event::SessionOpened {
        widget: thread.widget_id(),
        conversation: thread.id(),
        session: SessionId(row.id),
        number: row.number,
    });
    thread.session = Some(row);
    Ok(())
}

/// Moves the deadline to the greatest clock time of a customer message; it never moves back.
pub(crate) async fn prolong(tx: &mut Tx<'_>, thread: &mut Thread) -> Result<()> {
    let length = length(thread);
    let (Some(session), Some(customer)) = (&mut thread.session, thread.facts.customer) else { return Ok(()) };
    let expires_at = customer.at + length;
    if expires_at > session.expires_at {
        session.expires_at = expires_at;
        tx.save(session).await?;
        tx.due(expires_at);
    }
    Ok(())
}

/// Closes the open session: at its deadline when it expired, else now.
pub(crate) async fn close(
    tx: &mut Tx<'_>,
    thread: &mut Thread,
    reason: CloseReason,
    now: Time,
) -> Result<()> {
    let Some(mut session) = thread.session.take() else { return Ok(()) };
    let at = match reason {
        CloseReason::Expired => session.expires_at,
        _ => now.max(session.opened_at),
    };
    session.closed_at = Some(at);
    thread.facts.closed_at = Some(at);
    session.close_reason = Some(reason.as_str().to_owned());
    session.last_number = Some(thread.conversation.last_number);
    tx.save(&session).await?;
    tx.announce(Event::SessionClosed {
        widget: thread.widget_id(),
        conversation: thread.id(),
        session: SessionId(session.id),
        reason,
        at,
    });
    Ok(())
}

/// The last session of a conversation, open or closed: where out-of-session messages are shown.
pub(crate) async fn last(tx: &Tx<'_>, thread: &Thread) -> Result<Option<SessionId>> {
    use sea_orm::QueryOrder;
    let row = tx
        .find::<entity::session::Entity>()
        .filter(entity::session::Column::ConversationId.eq(thread.conversation.id))
        .order_by_desc(entity::session::Column::Number)
        .one(tx.db())
        .await?;
    Ok(row.map(|session| SessionId(session.id)))
}

/// Sessions by id, in no order; ids of other workspaces are left out.
///
/// # Errors
/// The database's.
pub async fn load(scope: &Scope, ids: &[SessionId]) -> Result<Vec<entity::session::Model>> {
    let ids = ids.iter().map(|id| id.0);
    let query = scope.find::<entity::session::Entity>().filter(entity::session::Column::Id.is_in(ids));
    Ok(query.all(scope.reader()).await?)
}

/// A page of the sessions of each of these conversations, by number, the first one first.
///
/// # Errors
/// The database's.
pub async fn pages(
    scope: &Scope,
    conversations: &[ConversationId],
    page: &Page<i64>,
) -> Result<Vec<entity::session::Model>> {
    use entity::session::Column;
    let of = |id: &ConversationId| {
        let all = scope.find::<entity::session::Entity>().filter(Column::ConversationId.eq(id.0));
        page::by_column(all, Column::Number, page, Order::Rising)
    };
    let mut rows = page::each(scope, conversations.iter().map(of).collect()).await?;
    rows.sort_by_key(|row| row.number);
    Ok(rows)
}

impl CloseReason {
    /// Reads a stored reason.
    ///
    /// # Errors
    /// [`Corrupt`] for a text that no rule writes.
    pub fn read(row: &entity::session::Model) -> Result<Option<Self>, Corrupt> {
        let Some(text) = &row.close_reason else { return Ok(None) };
        let known = Self::ALL.into_iter().find(|reason| reason.as_str() == text);
        known.map(Some).ok_or_else(|| Corrupt {
            table: "session",
            id: row.id.to_string(),
            what: format!("close reason {text}"),
        })
    }

    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Expired,
        Self::Agent,
        Self::HandoverDisabled,
        Self::Workflow,
        Self::WidgetArchived,
        Self::Merged,
    ];

    /// As stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Expired => "EXPIRED",
            Self::Agent => "AGENT",
            Self::HandoverDisabled => "HANDOVER_DISABLED",
            Self::Workflow => "WORKFLOW",
            Self::WidgetArchived => "WIDGET_ARCHIVED",
            Self::Merged => "MERGED",
        }
    }
}
