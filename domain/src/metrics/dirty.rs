//! Which quarters changed, as the feed says.

use sea_orm::{ColumnTrait, Condition, ConnectionTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect};

use super::touched::{Quarters, Touched};
use crate::error::{Error, Result};
use crate::id::WorkspaceId;
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

/// What the feed says after a position.
pub(super) struct Tail {
    /// Up to here it was read.
    pub through: i64,
    /// Whether that is its end.
    pub whole: bool,
    /// What changed.
    pub quarters: Quarters,
}

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
    let quarters = Touched::by(&rows)?.quarters(db, workspace).await?;
    Ok(Tail { through, whole, quarters })
}
