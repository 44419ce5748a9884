//! Which quarters changed, as the feed says.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, ExprTrait, QueryFilter, QueryOrder, QueryResult, QuerySelect,
    Statement, Value,
};

use super::quarter;
use crate::clock::Time;
use crate::database::places;
use crate::error::{Error, Result};
use crate::event::Event;
use crate::feed;
use crate::id::{ConversationId, MessageId, SessionId, TurnId, WidgetId, WorkspaceId};
use crate::scope::within;

/// The kinds of event after which a figure may be another one.
const KINDS: [&str; 7] = [
    "MESSAGE_RECEIVED",
    "MESSAGE_ADDED",
    "MESSAGE_DUPLICATE_FOUND",
    "MESSAGE_RATED",
    "SESSION_OPENED",
    "SESSION_CLOSED",
    "CONVERSATION_HANDLER_CHANGED",
];
/// Some of these count, by a word in them: most turns are answered, and most sends arrive.
const SOME: [(&str, &str); 4] = [
    ("TURN_CHANGED", "HANDED_OVER"),
    ("DELIVERY_CHANGED", "FAILED"),
    ("DELIVERY_CHANGED", "UNKNOWN"),
    ("DELIVERY_CHANGED", "CANCELLED"),
];

/// All of these kinds.
pub fn kinds() -> impl Iterator<Item = &'static str> {
    KINDS.into_iter().chain(SOME.map(|(kind, _)| kind))
}

/// How far the clock of whoever opened a session may be ahead of the one that wrote the event.
const SKEW: TimeDelta = TimeDelta::days(1);

/// Rows looked up at once.
const AT_ONCE: usize = 500;

/// What the feed says after a position.
pub(super) struct Tail {
    /// Up to here it was read.
    pub through: i64,
    /// Whether that is its end.
    pub whole: bool,
    /// What changed.
    pub quarters: Quarters,
}

type Quarters = BTreeSet<(WidgetId, i64)>;

/// The feed's last position, and up to which it is pruned.
pub(super) async fn head(db: &impl ConnectionTrait, workspace: WorkspaceId) -> Result<(i64, i64)> {
    let feed = within::<entity::feed::Entity>(workspace).one(db).await?.ok_or(Error::NotFound)?;
    Ok((feed.last, feed.pruned_through))
}

/// Reads at most `most` events that count.
///
/// # Errors
/// Conflict if they are pruned meanwhile: what was to be read is lost, and whoever tries again begins anew.
pub(super) async fn after(
    db: &impl ConnectionTrait,
    workspace: WorkspaceId,
    position: i64,
    most: u64,
) -> Result<Tail> {
    let (last, _) = head(db, workspace).await?;
    let tail = between(db, workspace, (position, last), most).await?;
    if head(db, workspace).await?.1 > position {
        return Err(Error::Conflict);
    }
    Ok(tail)
}

/// Reads at most `most` events that count, behind a position and up to another. None of them may be pruned.
pub(super) async fn between(
    db: &impl ConnectionTrait,
    workspace: WorkspaceId,
    (position, last): (i64, i64),
    most: u64,
) -> Result<Tail> {
    use entity::event::Column;
    if position >= last {
        return Ok(Tail { through: position, whole: true, quarters: Quarters::new() });
    }
    let rows = within::<entity::event::Entity>(workspace)
        .filter(Column::Position.gt(position))
        .filter(Column::Position.lte(last))
        .filter(SOME.iter().fold(Condition::any().add(Column::Kind.is_in(KINDS)), |any, (kind, word)| {
            any.add(Column::Kind.eq(*kind).and(Column::Body.contains(*word)))
        }))
        .order_by_asc(Column::Position)
        .limit(most)
        .all(db)
        .await?;
    let whole = u64::try_from(rows.len()).is_ok_and(|read| read < most);
    let through = rows.last().filter(|_| !whole).map_or(last, |row| row.position);
    let mut touched = Touched::by(&rows)?;
    let mut quarters = touched.of_messages(db, workspace).await?;
    quarters.extend(touched.of_turns(db).await?);
    quarters.extend(touched.of_sessions(db).await?);
    Ok(Tail { through, whole, quarters })
}

/// What some events name.
#[derive(Default)]
struct Touched {
    messages: BTreeSet<MessageId>,
    sessions: BTreeSet<SessionId>,
    turns: BTreeSet<TurnId>,
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
                | Event::MessageDuplicateFound { message, .. }
                | Event::MessageRated { message, .. }
                | Event::DeliveryChanged { message, .. } => drop(touched.messages.insert(message)),
                Event::SessionOpened { session, .. } | Event::SessionClosed { session, .. } => {
                    touched.sessions.insert(session);
                }
                Event::ConversationHandlerChanged { conversation, .. } => {
                    touched.handed.insert((conversation, row.at));
                }
                Event::TurnChanged { turn, .. } => drop(touched.turns.insert(turn)),
                _ => {}
            }
        }
        Ok(touched)
    }

    /// A human message may be the first answer to a wait of its session, or be none any more because it failed.
    async fn of_messages(&mut self, db: &impl ConnectionTrait, workspace: WorkspaceId) -> Result<Quarters> {
        use entity::message::{Column, Entity};
        let mut quarters = Quarters::new();
        let ids: Vec<uuid::Uuid> = self.messages.iter().map(|message| message.0).collect();
        for some in ids.chunks(AT_ONCE) {
            let found = within::<Entity>(workspace)
                .filter(Column::Id.is_in(some.iter().copied()))
                .select_only()
                .column(Column::WidgetId)
                .column(Column::SentAt)
                .column(Column::SessionId)
                .column(Column::CountsAsHuman)
                .into_tuple::<(uuid::Uuid, Time, Option<uuid::Uuid>, bool)>()
                .all(db)
                .await?;
            for (widget, at, session, human) in found {
                quarters.insert((WidgetId(widget), quarter::of(at)));
                self.sessions.extend(session.filter(|_| human).map(SessionId));
            }
        }
        Ok(quarters)
    }

    async fn of_turns(&self, db: &impl ConnectionTrait) -> Result<Quarters> {
        let sql = "SELECT c.widget_id, t.ended_at AS at FROM turn t JOIN conversation c ON c.id = t.conversation_id \
                   WHERE t.ended_at IS NOT NULL AND t.id IN ({ids})";
        quarters_of(db, sql, self.turns.iter().map(|turn| turn.0)).await
    }

    /// Where sessions were opened and closed, and where people became responsible in them and no longer were.
    async fn of_sessions(&mut self, db: &impl ConnectionTrait) -> Result<Quarters> {
        self.open_then(db).await?;
        let times = [
            ("session", "id", "opened_at"),
            ("session", "id", "closed_at"),
            ("human_wait", "session_id", "started_at"),
            ("human_wait", "session_id", "ended_at"),
        ];
        let sql = times.map(|(table, id, column)| {
            format!(
                "SELECT c.widget_id, x.{column} AS at FROM {table} x JOIN conversation c ON c.id = x.conversation_id \
                 WHERE x.{column} IS NOT NULL AND x.{id} IN ({{ids}})"
            )
        });
        quarters_of(db, &sql.join(" UNION ALL "), self.sessions.iter().map(|session| session.0)).await
    }

    /// Whichever session was open when somebody else became responsible; a clock that differs from ours hides none.
    async fn open_then(&mut self, db: &impl ConnectionTrait) -> Result<()> {
        let handed: Vec<_> = self.handed.iter().copied().collect();
        for some in handed.chunks(AT_ONCE) {
            let open = "SELECT id, conversation_id, opened_at, closed_at FROM session WHERE conversation_id IN ({ids})";
            let conversations = some.iter().map(|(conversation, _)| conversation.0);
            for row in rows_of(db, open, conversations.collect()).await? {
                let conversation: uuid::Uuid = row.try_get("", "conversation_id")?;
                let (opened, closed): (Time, Option<Time>) =
                    (row.try_get("", "opened_at")?, row.try_get("", "closed_at")?);
                let was_open = |(of, at): &(ConversationId, Time)| {
                    of.0 == conversation
                        && opened <= *at + SKEW
                        && closed.is_none_or(|closed| *at - SKEW <= closed)
                };
                if some.iter().any(was_open) {
                    self.sessions.insert(SessionId(row.try_get("", "id")?));
                }
            }
        }
        Ok(())
    }
}

/// The quarters in which the times of some rows lie.
async fn quarters_of(
    db: &impl ConnectionTrait,
    sql: &str,
    ids: impl Iterator<Item = uuid::Uuid>,
) -> Result<Quarters> {
    let ids: Vec<uuid::Uuid> = ids.collect();
    let mut quarters = Quarters::new();
    for some in ids.chunks(AT_ONCE) {
        for row in rows_of(db, sql, some.to_vec()).await? {
            let (widget, at): (uuid::Uuid, Time) = (row.try_get("", "widget_id")?, row.try_get("", "at")?);
            quarters.insert((WidgetId(widget), quarter::of(at)));
        }
    }
    Ok(quarters)
}

/// The rows of a query in which `{ids}` stands for these.
async fn rows_of(db: &impl ConnectionTrait, sql: &str, ids: Vec<uuid::Uuid>) -> Result<Vec<QueryResult>> {
    let sql = sql.replace("{ids}", &places(1, ids.len()));
    let values = ids.into_iter().map(Value::from);
    Ok(db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?)
}
