//! One event log per workspace with dense positions that a reader can trust.
//!
//! Invariant: a position is visible only when every smaller one is. The feed's row lock is taken last
//! of all and released by the COMMIT that makes the events visible; a number taken earlier, or an
//! auto-increment column, becomes visible out of order.

use std::fmt;
use std::str::FromStr;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use uuid::Uuid;

use crate::clock::Time;
use crate::database::statement;
use crate::error::{Corrupt, Error, Result};
use crate::event::Event;
use crate::id::{ConversationId, WidgetId, WorkspaceId};
use crate::scope::Scope;

/// A place in the feed: everything up to and including `position` has been seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// Whose feed.
    pub workspace: WorkspaceId,
    /// Which life of it: a restored backup gets a new one.
    pub generation: Uuid,
    /// The last position seen; 0 before the first event.
    pub position: i64,
}

/// An event with its place.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Dense from 1.
    pub position: i64,
    /// When it was committed, in rule time.
    pub at: Time,
    /// The id of the webhook or the request that caused it.
    pub trace: Option<String>,
    /// What happened.
    pub event: Event,
}

/// Where a feed stands.
#[derive(Debug, Clone, Copy)]
pub struct Head {
    /// Which life of it.
    pub generation: Uuid,
    /// The last position given out.
    pub last: i64,
    /// Positions up to here are gone.
    pub pruned_through: i64,
}

/// Why a reader cannot go on from its cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Lost {
    /// The cursor is older than the retention, from another life of the feed, or from another feed.
    #[error("the cursor is too old or of another feed: load everything again and follow from its cursor")]
    Resync,
}

/// Starts the log of a new workspace.
pub(crate) async fn open(db: &impl ConnectionTrait, workspace: WorkspaceId) -> Result<()> {
    let row = entity::feed::ActiveModel {
        workspace_id: Set(workspace.0),
        generation: Set(Uuid::new_v4()),
        last: Set(0),
        pruned_through: Set(0),
    };
    entity::feed::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Gives out the next positions and writes the events. Must be the last statement before COMMIT.
pub(crate) async fn append(
    db: &impl ConnectionTrait,
    workspace: WorkspaceId,
    events: &[Event],
    trace: Option<&str>,
    at: Time,
) -> Result<Cursor> {
    let count = i64::try_from(events.len()).map_err(Error::internal)?;
    let taken = statement(
        db,
        "UPDATE feed SET last = last + $1 WHERE workspace_id = $2 RETURNING last, generation",
        [count.into(), workspace.0.into()],
    );
    let row = db.query_one_raw(taken).await?.ok_or(Error::NotFound)?;
    let last: i64 = row.try_get("", "last")?;
    let generation: Uuid = row.try_get("", "generation")?;
    let rows = events.iter().zip(last - count + 1..).map(|(event, position)| entity::event::ActiveModel {
        workspace_id: Set(workspace.0),
        position: Set(position),
        kind: Set(event.kind().to_owned()),
        widget_id: Set(event.widget().map(|id| id.0)),
        conversation_id: Set(event.conversation().map(|id| id.0)),
        body: Set(event.to_json()),
        trace: Set(trace.map(str::to_owned)),
        at: Set(at),
    });
    entity::event::Entity::insert_many(rows).exec_without_returning(db).await?;
    Ok(Cursor { workspace, generation, position: last })
}

/// Where the feed stands now.
///
/// # Errors
/// The database's.
pub async fn head(scope: &Scope) -> Result<Head> {
    let row = scope.find::<entity::feed::Entity>().one(scope.reader()).await?.ok_or(Error::NotFound)?;
    Ok(Head { generation: row.generation, last: row.last, pruned_through: row.pruned_through })
}

/// Checks that a reader can go on from `cursor` without missing anything.
///
/// # Errors
/// [`Lost::Resync`] inside `Ok` when it cannot; else the database's.
pub async fn resume(scope: &Scope, cursor: &Cursor) -> Result<Result<(), Lost>> {
    let head = head(scope).await?;
    let fits = cursor.workspace == scope.workspace()
        && cursor.generation == head.generation
        && (head.pruned_through..=head.last).contains(&cursor.position);
    Ok(if fits { Ok(()) } else { Err(Lost::Resync) })
}

/// Which events a reader wants. Empty lists mean all.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only these conversations.
    pub conversations: Vec<ConversationId>,
    /// Only these widgets.
    pub widgets: Vec<WidgetId>,
    /// Only these kinds.
    pub kinds: Vec<String>,
}

impl Filter {
    /// Whether an event is wanted.
    #[must_use]
    pub fn wants(&self, event: &Event) -> bool {
        let among = |list: &[String]| list.is_empty() || list.iter().any(|kind| kind == event.kind());
        among(&self.kinds)
            && (self.conversations.is_empty()
                || event.conversation().is_some_and(|c| self.conversations.contains(&c)))
            && (self.widgets.is_empty() || event.widget().is_some_and(|w| self.widgets.contains(&w)))
    }
}

/// The events after `position`, in order, at most `limit`.
///
/// # Errors
/// [`Error::Internal`] when a position is missing (never skipped silently), else the database's.
pub async fn after(scope: &Scope, position: i64, limit: u64) -> Result<Vec<Entry>> {
    let rows = scope
        .find::<entity::event::Entity>()
        .filter(entity::event::Column::Position.gt(position))
        .order_by_asc(entity::event::Column::Position)
        .limit(limit)
        .all(scope.reader())
        .await?;
    let mut entries = Vec::with_capacity(rows.len());
    for (wanted, row) in (position + 1..).zip(rows) {
        if row.position != wanted {
            return Err(Error::internal(Gap { wanted, found: row.position }));
        }
        let event = event(&row)?;
        entries.push(Entry { position: row.position, at: row.at, trace: row.trace, event });
    }
    Ok(entries)
}

/// What a stored event says.
pub(crate) fn event(row: &entity::event::Model) -> Result<Event, Corrupt> {
    Event::from_json(&row.body).map_err(|error| Corrupt {
        table: "event",
        id: format!("{} {}", row.workspace_id, row.position),
        what: error.to_string(),
    })
}

#[derive(Debug, thiserror::Error)]
#[error("the feed lacks position {wanted}, the next one is {found}")]
struct Gap {
    wanted: i64,
    found: i64,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.workspace, self.generation.simple(), self.position)
    }
}

impl FromStr for Cursor {
    type Err = Lost;

    fn from_str(text: &str) -> Result<Self, Lost> {
        let mut parts = text.split('.');
        let (Some(workspace), Some(generation), Some(position), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(Lost::Resync);
        };
        Ok(Self {
            workspace: workspace.parse().map_err(|_| Lost::Resync)?,
            generation: generation.parse().map_err(|_| Lost::Resync)?,
            position: position.parse().map_err(|_| Lost::Resync)?,
        })
    }
}
