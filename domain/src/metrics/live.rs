//! How many conversations stand how at this moment.

use sea_orm::ConnectionTrait;

use super::Whose;
use crate::conversation::Status;
use crate::database::statement;
use crate::error::{Corrupt, Result};
use crate::scope::Scope;

/// How many conversations have a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusCount {
    /// The status.
    pub status: Status,
    /// How many.
    pub conversations: i64,
}

/// The conversations of now by status: every status, in order, those of none too.
///
/// # Errors
/// The database's.
pub async fn live(scope: &Scope, whose: Whose) -> Result<Vec<StatusCount>> {
    let of = "SELECT c.status, COUNT(*) AS n FROM conversation c JOIN widget w ON w.id = c.widget_id WHERE c.workspace_id = $1";
    let (sql, which) = match whose {
        Whose::Workspace => (format!("{of} AND c.workspace_id = $2 GROUP BY c.status"), scope.workspace().0),
        Whose::Channel(channel) => (format!("{of} AND w.channel_id = $2 GROUP BY c.status"), channel.0),
        Whose::Widget(widget) => (format!("{of} AND c.widget_id = $2 GROUP BY c.status"), widget.0),
    };
    let mut counts: Vec<_> =
        Status::ALL.into_iter().map(|status| StatusCount { status, conversations: 0 }).collect();
    let db = scope.reader();
    let values = [scope.workspace().0.into(), which.into()];
    for row in db.query_all_raw(statement(db, &sql, values)).await? {
        let stored: String = row.try_get("", "status")?;
        let known = counts.iter_mut().find(|count| count.status.as_str() == stored).ok_or_else(|| {
            Corrupt { table: "conversation", id: which.to_string(), what: format!("status {stored}") }
        })?;
        known.conversations += row.try_get::<i64>("", "n")?;
    }
    Ok(counts)
}
