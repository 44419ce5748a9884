//! What the bot knew, and what it did not.

use sea_orm::ConnectionTrait;

use super::{Asked, Found, entry};
use crate::error::Result;
use crate::id::DocumentId;

/// Turns by when they ended, if nothing in the company's knowledge answered.
pub(super) async fn unanswered(db: &impl ConnectionTrait, asked: Asked<'_>, found: &mut Found) -> Result<()> {
    let sql = "SELECT c.widget_id, {key} AS key, COUNT(*) AS n \
               FROM turn t JOIN conversation c ON c.id = t.conversation_id \
               WHERE t.workspace_id = $1 AND t.ended_at >= {from} AND t.ended_at < {until} AND c.widget_id IN ({widgets}) \
               AND t.state = 'HANDED_OVER' AND t.reason = 'UNSURE' GROUP BY 1, 2";
    for row in asked.rows(db, sql, "t.ended_at").await? {
        entry(found, &row)?.counts.unanswered += row.try_get::<i64>("", "n")?;
    }
    Ok(())
}

/// Documents by the answers that cite them; one that cites a document twice counts once.
pub(super) async fn cited(db: &impl ConnectionTrait, asked: Asked<'_>, found: &mut Found) -> Result<()> {
    let sql = "SELECT m.widget_id, {key} AS key, v.document_id, COUNT(DISTINCT m.id) AS n \
               FROM message m JOIN citation q ON q.message_id = m.id JOIN passage p ON p.id = q.passage_id \
               JOIN document_version v ON v.id = p.document_version_id \
               WHERE m.widget_id IN ({widgets}) AND m.sent_at >= {from} AND m.sent_at < {until} \
               AND m.author = 'BOT' AND m.duplicate_of IS NULL GROUP BY 1, 2, 3";
    for row in asked.rows(db, sql, "m.sent_at").await? {
        let document: uuid::Uuid = row.try_get("", "document_id")?;
        entry(found, &row)?.cited.add(DocumentId(document), row.try_get("", "n")?);
    }
    Ok(())
}
