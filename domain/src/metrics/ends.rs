//! From when until when anything happened that counts.

use sea_orm::ConnectionTrait;

use super::quarter;
use crate::clock::Time;
use crate::database::statement;
use crate::error::Result;
use crate::id::{WidgetId, WorkspaceId};

/// What counts has a time: the table, its column, and which of its rows are meant.
const MESSAGES: (&str, &str, &str) = ("message", "sent_at", "widget_id = $1 AND duplicate_of IS NULL");
const OPENED: (&str, &str, &str) = ("session", "opened_at", "workspace_id = $1");
const CLOSED: (&str, &str, &str) = ("session", "closed_at", "workspace_id = $1 AND closed_at IS NOT NULL");

const WAIT_BEGUN: (&str, &str, &str) = ("human_wait", "started_at", "workspace_id = $1");
const WAIT_ENDED: (&str, &str, &str) =
    ("human_wait", "ended_at", "workspace_id = $1 AND ended_at IS NOT NULL");
const UNANSWERED: (&str, &str, &str) =
    ("turn", "ended_at", "workspace_id = $1 AND state = 'HANDED_OVER' AND reason = 'UNSURE'");

/// The first and the last quarter in which a message was written or a session opened; None if there is neither.
pub(super) async fn ends(
    db: &impl ConnectionTrait,
    workspace: WorkspaceId,
    widgets: &[WidgetId],
) -> Result<Option<(i64, i64)>> {
    let mut times = Vec::new();
    // One at a time: SQLite would read everything to answer both together.
    for end in ["MIN", "MAX"] {
        for widget in widgets {
            times.extend(end_of(db, end, MESSAGES, widget.0, None).await?);
        }
        times.extend(end_of(db, end, OPENED, workspace.0, None).await?);
    }
    let quarters = times.into_iter().map(quarter::of);
    Ok(quarters.clone().min().zip(quarters.max()))
}

/// The last quarter before a moment in which anything happened.
pub(super) async fn last_before(
    db: &impl ConnectionTrait,
    workspace: WorkspaceId,
    widgets: &[WidgetId],
    until: Time,
) -> Result<Option<i64>> {
    let mut last = None;
    for widget in widgets {
        last = last.max(end_of(db, "MAX", MESSAGES, widget.0, Some(until)).await?);
    }
    for column in [OPENED, CLOSED, WAIT_BEGUN, WAIT_ENDED, UNANSWERED] {
        last = last.max(end_of(db, "MAX", column, workspace.0, Some(until)).await?);
    }
    Ok(last.map(quarter::of))
}

async fn end_of(
    db: &impl ConnectionTrait,
    end: &str,
    (table, column, rows): (&str, &str, &str),
    of: uuid::Uuid,
    before: Option<Time>,
) -> Result<Option<Time>> {
    let sql = format!("SELECT {end}({column}) AS at FROM {table} WHERE {rows}");
    let row = match before {
        Some(before) => {
            let sql = format!("{sql} AND {column} < $2");
            db.query_one_raw(statement(db, &sql, [of.into(), before.into()])).await?
        }
        None => db.query_one_raw(statement(db, &sql, [of.into()])).await?,
    };
    Ok(row.map(|row| row.try_get("", "at")).transpose()?.flatten())
}
