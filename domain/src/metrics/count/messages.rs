//! Messages by clock time, whatever became of their delivery; rows that proved to be another message are none, and what
//! Meta says is nobody's.

use sea_orm::ConnectionTrait;

use super::{Asked, Found, entry};
use crate::error::Result;
use crate::message::AuthorKind;

/// The widgets are the workspace's: an index over them holds all that is read.
pub(super) async fn count(db: &impl ConnectionTrait, asked: Asked<'_>, found: &mut Found) -> Result<()> {
    let sql = "SELECT widget_id, {key} AS key, author, COUNT(*) AS n FROM message \
               WHERE widget_id IN ({widgets}) AND sent_at >= {from} AND sent_at < {until} \
               AND duplicate_of IS NULL GROUP BY 1, 2, 3";
    for row in asked.rows(db, sql, "sent_at").await? {
        let counts = &mut entry(found, &row)?.counts;
        let (author, n): (String, i64) = (row.try_get("", "author")?, row.try_get("", "n")?);
        match AuthorKind::parse(&author) {
            Some(AuthorKind::Customer) => counts.customer += n,
            Some(AuthorKind::Bot) => counts.bot += n,
            Some(AuthorKind::Agent) => counts.agent += n,
            Some(AuthorKind::BusinessApp) => counts.business_app += n,
            Some(AuthorKind::System) | None => {}
        }
    }
    Ok(())
}
