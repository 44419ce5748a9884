//! What members think of answers.

use sea_orm::ConnectionTrait;

use super::{Asked, Found, entry};
use crate::error::Result;
use crate::feedback::Rating;
use crate::message::AuthorKind;
use crate::metrics::Rated;

/// By when the rated message was written, so that it stands beside how many there were.
pub(super) async fn count(db: &impl ConnectionTrait, asked: Asked<'_>, found: &mut Found) -> Result<()> {
    let sql = "SELECT m.widget_id, {key} AS key, m.author, f.rating, COUNT(*) AS n \
               FROM feedback f JOIN message m ON m.id = f.message_id \
               WHERE m.widget_id IN ({widgets}) AND m.sent_at >= {from} AND m.sent_at < {until} \
               AND m.duplicate_of IS NULL GROUP BY 1, 2, 3, 4";
    for row in asked.rows(db, sql, "m.sent_at").await? {
        let (author, rating): (String, String) = (row.try_get("", "author")?, row.try_get("", "rating")?);
        let rated = match (AuthorKind::parse(&author), Rating::parse(&rating)) {
            (Some(AuthorKind::Bot), Some(rating)) => Rated::Bot(rating),
            (Some(AuthorKind::Agent), Some(rating)) => Rated::Agent(rating),
            _ => continue,
        };
        entry(found, &row)?.counts.feedback.add(rated, row.try_get("", "n")?);
    }
    Ok(())
}
