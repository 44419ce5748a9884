//! Which quarters changed, as the feed says.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QueryOrder, QueryResult, QuerySelect};

use super::quarter;
use crate::clock::Time;
use crate::database::statement;
use crate::error::{Error, Result};
use crate::event::Event;
use crate::feed;
use crate::id::{ConversationId, MessageId, SessionId, WidgetId, WorkspaceId};
use crate::scope::within;

/// The kinds of event after which a count may be another one.
const KINDS: [&str; 6] = [
    "MESSAGE_RECEIVED",
    "MESSAGE_ADDED",
    "MESSAGE_DUPLICATE_FOUND",
    "SESSION_OPENED",
    "SESSION_CLOSED",
    "CONVERSATION_HANDLER_CHANGED",
];

/// How far the clock of whoever opened a session may be ahead of the one that wrote the event.
const SKEW: TimeDelta = TimeDelta::days(1);

/// Messages looked up at once.
const AT_ONCE: usize = 500;

/// What the feed says after a position.
pub(super) struct Tail {
    /// Up to here it was read.
    pub through: i64,
    /// Whether that is its end.
    pub whole: bool,
    /// What changed.
    pub quarters: BTreeSet<(WidgetId, i64)>,
}

/// The feed's last position, and up to which it is pruned.
pub(super) async fn head(db: &impl ConnectionTrait, workspace: WorkspaceId) -> Result<(i64, i64)> {
    let feed = within::<entity::feed::Entity>(workspace).one(db).await?.ok_or(Error::NotFound)?;
    Ok((feed.last, feed.pruned_through))
}

/// Reads at most `most` events that count.
pub(super) async fn after(
    db: &impl ConnectionTrait,
    workspace: WorkspaceId,
    position: i64,
    most: u64,
) -> Result<Tail> {
    use entity::event::Column;
    let (last, _) = head(db, workspace).await?;
    let rows = within::<entity::event::Entity>(workspace)
        .filter(Column::Position.gt(position))
        .filter(Column::Position.lte(last))
        .filter(Column::Kind.is_in(KINDS))
        .order_by_asc(Column::Position)
        .limit(most)
        .all(db)
        .await?;
    let whole = u64::try_from(rows.len()).is_ok_and(|read| read < most);
    let through = rows.last().filter(|_| !whole).map_or(last, |row| row.position);
    let touched = Touched::by(&rows)?;
    let mut quarters = touched.of_messages(db, workspace).await?;
    quarters.extend(touched.of_sessions(db).await?);
    Ok(Tail { through, whole, quarters })
}

/// What some events name.
#[derive(Default)]
struct Touched {
    messages: BTreeSet<MessageId>,
    sessions: BTreeSet<SessionId>,
    /// Conversations for which somebody else became responsible, and when.
    handed: BTreeSet<(ConversationId, Time)>,
}

impl Touched {
    fn by(rows: &[entity::event::Model]) -> Result<Self> {
        let mut touched = Self::default();
        for row in rows {
            match feed::event(row)? {
                Event::MessageReceived { message, .. }
                | Event::MessageAdded { message, .. }
                | Event::MessageDuplicateFound { message, .. } => drop(touched.messages.insert(message)),
                Event::SessionOpened { session, .. } | Event::SessionClosed { session, .. } => {
                    touched.sessions.insert(session);
                }
                Event::ConversationHandlerChanged { conversation, .. } => {
                    touched.handed.insert((conversation, row.at));
                }
                _ => {}
            }
        }
        Ok(touched)
    }

    async fn of_messages(
        &self,
        db: &impl ConnectionTrait,
        workspace: WorkspaceId,
    ) -> Result<BTreeSet<(WidgetId, i64)>> {
        use entity::message::{Column, Entity};
        let mut quarters = BTreeSet::new();
        let ids: Vec<uuid::Uuid> = self.messages.iter().map(|message| message.0).collect();
        for some in ids.chunks(AT_ONCE) {
            let found = within::<Entity>(workspace)
                .filter(Column::Id.is_in(some.iter().copied()))
                .select_only()
                .column(Column::WidgetId)
                .column(Column::SentAt)
                .into_tuple::<(uuid::Uuid, Time)>()
                .all(db)
                .await?;
            quarters.extend(found.into_iter().map(|(widget, at)| (WidgetId(widget), quarter::of(at))));
        }
        Ok(quarters)
    }

    async fn of_sessions(&self, db: &impl ConnectionTrait) -> Result<BTreeSet<(WidgetId, i64)>> {
        let session = "SELECT c.widget_id, s.opened_at, s.closed_at FROM session s \
                       JOIN conversation c ON c.id = s.conversation_id WHERE";
        let by_id = format!("{session} s.id = $1");
        // Whichever was open then; a clock that differs from ours does not hide it.
        let by_time =
            format!("{session} s.conversation_id = $1 AND s.opened_at <= $2 ORDER BY s.number DESC LIMIT 2");
        let named = self.sessions.iter().map(|session| statement(db, &by_id, [session.0.into()]));
        let open = self
            .handed
            .iter()
            .map(|(conversation, at)| statement(db, &by_time, [conversation.0.into(), (*at + SKEW).into()]));
        let mut quarters = BTreeSet::new();
        for query in named.chain(open).collect::<Vec<_>>() {
            for row in db.query_all_raw(query).await? {
                quarters.extend(ends(&row)?);
            }
        }
        Ok(quarters)
    }
}

/// The quarters in which a session counts: where it was opened, and where it was closed.
fn ends(row: &QueryResult) -> Result<Vec<(WidgetId, i64)>> {
    let widget = WidgetId(row.try_get("", "widget_id")?);
    let (opened, closed): (Time, Option<Time>) =
        (row.try_get("", "opened_at")?, row.try_get("", "closed_at")?);
    Ok([Some(opened), closed].into_iter().flatten().map(|at| (widget, quarter::of(at))).collect())
}
