//! What the bot's answers lean on.

use sea_orm::ConnectionTrait;

use super::rows::Query;
use super::{Asked, Found, entry};
use crate::error::Result;
use crate::id::DocumentId;

/// Documents by the answers that cite them; one that cites a document twice counts once.
pub(super) async fn count(db: &impl ConnectionTrait, asked: Asked<'_>, found: &mut Found) -> Result<()> {
    let sql = "SELECT m.widget_id, {key} AS key, v.document_id, COUNT(DISTINCT m.id) AS n \
               FROM message m JOIN citation q ON q.message_id = m.id JOIN passage p ON p.id = q.passage_id \
               JOIN document_version v ON v.id = p.document_version_id \
               WHERE m.widget_id IN ({widgets}) AND m.sent_at >= {from} AND m.sent_at < {until} \
               AND m.author = 'BOT' AND m.duplicate_of IS NULL GROUP BY 1, 2, 3";
    for row in asked.rows(db, &[Query { sql: sql.to_owned(), at: "m.sent_at" }]).await? {
        let document: uuid::Uuid = row.try_get("", "document_id")?;
        entry(found, &row)?.cited.add(DocumentId(document), row.try_get("", "n")?);
    }
    Ok(())
}
