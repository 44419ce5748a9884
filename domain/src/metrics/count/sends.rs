//! Messages that did not arrive, as far as anybody knows.

use sea_orm::ConnectionTrait;

use super::{Asked, Found, entry};
use crate::error::Result;
use crate::metrics::DeliveryFault;

/// By when they were written.
pub(super) async fn undelivered(
    db: &impl ConnectionTrait,
    asked: Asked<'_>,
    found: &mut Found,
) -> Result<()> {
    let sql = "SELECT c.widget_id, {key} AS key, d.state, d.error_code, \
               CASE WHEN d.error_text LIKE '%(WINDOW_CLOSED)%' THEN 1 WHEN d.error_text IS NULL THEN 2 ELSE 0 END AS told, COUNT(*) AS n \
               FROM delivery d JOIN conversation c ON c.id = d.conversation_id \
               WHERE d.workspace_id = $1 AND d.created_at >= {from} AND d.created_at < {until} AND c.widget_id IN ({widgets}) \
               AND d.state IN ('FAILED', 'UNKNOWN') GROUP BY 1, 2, 3, 4, 5";
    for row in asked.rows(db, sql, "d.created_at").await? {
        let (state, code): (String, Option<i64>) =
            (row.try_get("", "state")?, row.try_get("", "error_code")?);
        let told: i32 = row.try_get("", "told")?;
        let fault = match (state.as_str(), told, code) {
            ("UNKNOWN", _, _) => DeliveryFault::Unknown,
            (_, 1, _) => DeliveryFault::WindowClosed,
            // Meta said that it failed, and not why.
            (_, 2, None) => DeliveryFault::Other,
            (_, _, code) => DeliveryFault::of_code(code),
        };
        entry(found, &row)?.counts.undelivered.add(fault, row.try_get("", "n")?);
    }
    Ok(())
}
