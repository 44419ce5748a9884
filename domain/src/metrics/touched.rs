//! The quarters in which events changed something: what they name is looked up, and when it was.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QueryResult, QuerySelect, Statement, Value};

use super::quarter;
use crate::clock::Time;
use crate::database::places;
use crate::error::Result;
use crate::event::Event;
use crate::feed;
use crate::id::{ConversationId, MessageId, SessionId, TurnId, WidgetId, WorkspaceId};
use crate::scope::within;

/// Quarters of widgets.
pub(super) type Quarters = BTreeSet<(WidgetId, i64)>;

/// How far the clock of whoever opened a session may be ahead of the one that wrote the event.
const SKEW: TimeDelta = TimeDelta::days(1);

/// Rows looked up at once.
const AT_ONCE: usize = 500;

/// What some events name.
#[derive(Default)]
pub(super) struct Touched {
    messages: BTreeSet<MessageId>,
    sessions: BTreeSet<SessionId>,
    turns: BTreeSet<TurnId>,
    /// Conversations for which somebody else became responsible, and when.
    handed: BTreeSet<(ConversationId, Time)>,
}

impl Touched {
    pub(super) fn by(rows: &[entity::event::Model]) -> Result<Self> {
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

    /// The quarters whose figures may be others now.
    pub(super) async fn quarters(
        mut self,
        db: &impl ConnectionTrait,
        workspace: WorkspaceId,
    ) -> Result<Quarters> {
        // Messages first: they name sessions too.
        let mut quarters = self.of_messages(db, workspace).await?;
        quarters.extend(self.of_turns(db).await?);
        quarters.extend(self.of_sessions(db).await?);
        Ok(quarters)
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
