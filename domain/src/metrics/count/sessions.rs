//! Sessions by when they were opened, and by when they were closed.

use sea_orm::ConnectionTrait;

use super::{Asked, Found, entry};
use crate::conversation::WaitReason;
use crate::error::Result;

/// Opened ones, and the first reason for which a person became responsible in them.
pub(super) async fn opened(db: &impl ConnectionTrait, asked: Asked<'_>, found: &mut Found) -> Result<()> {
    let sql = "SELECT c.widget_id, {key} AS key, (SELECT h.reason FROM human_wait h WHERE h.session_id = s.id \
               ORDER BY h.started_at, h.id LIMIT 1) AS reason, COUNT(*) AS n \
               FROM session s JOIN conversation c ON c.id = s.conversation_id \
               WHERE s.workspace_id = $1 AND s.opened_at >= {from} AND s.opened_at < {until} AND c.widget_id IN ({widgets}) \
               GROUP BY 1, 2, 3";
    for row in asked.rows(db, sql, "s.opened_at").await? {
        let counts = &mut entry(found, &row)?.counts;
        let (reason, n): (Option<String>, i64) = (row.try_get("", "reason")?, row.try_get("", "n")?);
        counts.conversations += n;
        if let Some(reason) = reason.as_deref().and_then(WaitReason::parse) {
            counts.handed_over.add(reason, n);
        }
    }
    Ok(())
}

/// Closed ones, and those of them for which no person was ever responsible.
pub(super) async fn closed(db: &impl ConnectionTrait, asked: Asked<'_>, found: &mut Found) -> Result<()> {
    let sql = "SELECT c.widget_id, {key} AS key, COUNT(*) AS n, \
               SUM(CASE WHEN EXISTS (SELECT 1 FROM human_wait h WHERE h.session_id = s.id) THEN 1 ELSE 0 END) AS by_people \
               FROM session s JOIN conversation c ON c.id = s.conversation_id \
               WHERE s.workspace_id = $1 AND s.closed_at >= {from} AND s.closed_at < {until} AND c.widget_id IN ({widgets}) \
               GROUP BY 1, 2";
    for row in asked.rows(db, sql, "s.closed_at").await? {
        let counts = &mut entry(found, &row)?.counts;
        let (n, by_people): (i64, i64) = (row.try_get("", "n")?, row.try_get("", "by_people")?);
        counts.closed += n;
        counts.resolved_by_bot += n - by_people;
    }
    Ok(())
}
