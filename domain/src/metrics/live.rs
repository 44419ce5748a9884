//! How many conversations stand how at this moment.

use sea_orm::ConnectionTrait;

use super::Whose;
use crate::conversation::Status;
use crate::database::statement;
use crate::error::{Corrupt, Result};
use crate::scope::{Scope, within};

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

/// The same of several, in their order, with two statements.
///
/// # Errors
/// The database's.
pub async fn lives(scope: &Scope, whose: &[Whose]) -> Result<Vec<Vec<StatusCount>>> {
    let sql =
        "SELECT widget_id, status, COUNT(*) AS n FROM conversation WHERE workspace_id = $1 GROUP BY 1, 2";
    let none = Status::ALL.map(|status| StatusCount { status, conversations: 0 });
    let mut counts = vec![none.to_vec(); whose.len()];
    let db = scope.reader();
    let widgets = within::<entity::widget::Entity>(scope.workspace()).all(db).await?;
    for row in db.query_all_raw(statement(db, sql, [scope.workspace().0.into()])).await? {
        let (widget, stored): (uuid::Uuid, String) =
            (row.try_get("", "widget_id")?, row.try_get("", "status")?);
        let Some(owner) = widgets.iter().find(|row| row.id == widget) else { continue };
        let n: i64 = row.try_get("", "n")?;
        for (counts, _) in counts.iter_mut().zip(whose).filter(|(_, whose)| whose.has(owner)) {
            let known = counts.iter_mut().find(|count| count.status.as_str() == stored).ok_or_else(|| {
                Corrupt { table: "conversation", id: widget.to_string(), what: format!("status {stored}") }
            })?;
            known.conversations += n;
        }
    }
    Ok(counts)
}
