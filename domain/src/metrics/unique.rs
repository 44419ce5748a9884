//! How many different conversations and contacts there were: no sums of buckets, for one contact may come every day.

use sea_orm::ConnectionTrait;

use super::{Period, Whose};
use crate::database::statement;
use crate::error::Result;
use crate::scope::Scope;

/// In how many conversations sessions were opened, and of how many contacts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Unique {
    /// Threads.
    pub conversations: i64,
    /// Customers: one may have a thread on each widget.
    pub contacts: i64,
}

/// Counts them, exactly; takes as long as there are sessions in the period.
///
/// # Errors
/// The database's.
pub async fn unique(scope: &Scope, whose: Whose, period: Period) -> Result<Unique> {
    let (condition, which) = match whose {
        Whose::Workspace => ("w.workspace_id = $4", scope.workspace().0),
        Whose::Channel(channel) => ("w.channel_id = $4", channel.0),
        Whose::Widget(widget) => ("w.id = $4", widget.0),
    };
    let sql = format!(
        "SELECT COUNT(DISTINCT c.id) AS conversations, COUNT(DISTINCT c.contact_id) AS contacts FROM session s \
         JOIN conversation c ON c.id = s.conversation_id JOIN widget w ON w.id = c.widget_id \
         WHERE s.workspace_id = $1 AND s.opened_at >= $2 AND s.opened_at < $3 AND {condition}"
    );
    let db = scope.reader();
    let values = [scope.workspace().0.into(), period.from.into(), period.until.into(), which.into()];
    let Some(row) = db.query_one_raw(statement(db, &sql, values)).await? else {
        return Ok(Unique::default());
    };
    Ok(Unique { conversations: row.try_get("", "conversations")?, contacts: row.try_get("", "contacts")? })
}
