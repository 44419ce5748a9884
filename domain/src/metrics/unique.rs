//! How many different conversations and contacts there were: no sums of buckets, for one contact may come every day.

use sea_orm::{ConnectionTrait, Statement, Value};

use super::{Period, Whose};
use crate::error::{Error, Result};
use crate::scope::Scope;

/// In how many conversations sessions were opened, and of how many contacts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Unique {
    /// Threads.
    pub conversations: i64,
    /// Customers: one may have a thread on each widget.
    pub contacts: i64,
}

/// Those asked about in one statement: SQLite takes at most 500 parts of a UNION.
const AT_ONCE: usize = 100;

/// Counts them of several, exactly, in their order; takes as long as there are sessions in the period.
///
/// # Errors
/// The database's.
pub async fn uniques(scope: &Scope, whose: &[Whose], period: Period) -> Result<Vec<Unique>> {
    let mut counts = Vec::with_capacity(whose.len());
    for some in whose.chunks(AT_ONCE) {
        counts.extend(count(scope, some, period).await?);
    }
    Ok(counts)
}

async fn count(scope: &Scope, whose: &[Whose], period: Period) -> Result<Vec<Unique>> {
    let mut values: Vec<Value> = vec![scope.workspace().0.into(), period.from.into(), period.until.into()];
    let mut branches = Vec::new();
    for (place, whose) in whose.iter().enumerate() {
        let (column, which) = match whose {
            Whose::Workspace => ("workspace_id", scope.workspace().0),
            Whose::Channel(channel) => ("channel_id", channel.0),
            Whose::Widget(widget) => ("id", widget.0),
        };
        values.push(which.into());
        branches.push(format!(
            "SELECT CAST({place} AS BIGINT) AS place, COUNT(DISTINCT c.id) AS conversations, \
             COUNT(DISTINCT c.contact_id) AS contacts \
             FROM session s JOIN conversation c ON c.id = s.conversation_id JOIN widget w ON w.id = c.widget_id \
             WHERE s.workspace_id = $1 AND s.opened_at >= $2 AND s.opened_at < $3 AND w.{column} = ${}",
            values.len()
        ));
    }
    let (db, sql) = (scope.reader(), branches.join(" UNION ALL "));
    let mut counts = vec![Unique::default(); whose.len()];
    for row in
        db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?
    {
        let place: i64 = row.try_get("", "place")?;
        let count = usize::try_from(place).ok().and_then(|place| counts.get_mut(place));
        let count = count.ok_or_else(|| Error::internal("a place that was not asked for"))?;
        *count = Unique {
            conversations: row.try_get("", "conversations")?,
            contacts: row.try_get("", "contacts")?,
        };
    }
    Ok(counts)
}
