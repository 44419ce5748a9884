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
    Ok(lives(scope, &[whose]).await?.pop().unwrap_or_default())
}

/// The same of several, in their order, with one statement.
///
/// # Errors
/// The database's.
pub async fn lives(scope: &Scope, whose: &[Whose]) -> Result<Vec<Vec<StatusCount>>> {
    let sql = "SELECT w.id AS widget_id, w.channel_id, c.status, COUNT(*) AS n FROM conversation c \
               JOIN widget w ON w.id = c.widget_id WHERE c.workspace_id = $1 GROUP BY 1, 2, 3";
    let none = Status::ALL.map(|status| StatusCount { status, conversations: 0 });
    let mut counts = vec![none.to_vec(); whose.len()];
    let db = scope.reader();
    for row in db.query_all_raw(statement(db, sql, [scope.workspace().0.into()])).await? {
        let (widget, channel): (uuid::Uuid, uuid::Uuid) =
            (row.try_get("", "widget_id")?, row.try_get("", "channel_id")?);
        let (stored, n): (String, i64) = (row.try_get("", "status")?, row.try_get("", "n")?);
        for (counts, whose) in counts.iter_mut().zip(whose) {
            if !whose.owns(widget, channel) {
                continue;
            }
            let known = counts.iter_mut().find(|count| count.status.as_str() == stored).ok_or_else(|| {
                Corrupt { table: "conversation", id: widget.to_string(), what: format!("status {stored}") }
            })?;
            known.conversations += n;
        }
    }
    Ok(counts)
}
