//! How long customers waited for a person, and for how long people were responsible.

use sea_orm::{ConnectionTrait, QueryResult};

use super::rows::Query;
use super::{Asked, Found, entry};
use crate::clock::Time;
use crate::error::Result;
use crate::metrics::{Figures, Times};

/// By when the person became responsible. One that a human message itself began was no wait for an answer.
pub(super) async fn first_responses(
    db: &impl ConnectionTrait,
    asked: Asked<'_>,
    found: &mut Found,
) -> Result<()> {
    let sql = "SELECT c.widget_id, {key} AS key, h.started_at AS from_at, h.first_reply_at AS until_at \
               FROM human_wait h JOIN conversation c ON c.id = h.conversation_id \
               WHERE h.workspace_id = $1 AND h.started_at >= {from} AND h.started_at < {until} AND c.widget_id IN ({widgets}) \
               AND h.first_reply_at IS NOT NULL AND h.reason NOT IN ('TAKEOVER', 'AGENT_MESSAGE')";
    note(asked.rows(db, &[Query { sql: sql.to_owned(), at: "h.started_at" }]).await?, found, |figures| {
        &mut figures.first_response
    })
}

/// By when it ended.
pub(super) async fn handling(db: &impl ConnectionTrait, asked: Asked<'_>, found: &mut Found) -> Result<()> {
    let sql = "SELECT c.widget_id, {key} AS key, h.started_at AS from_at, h.ended_at AS until_at \
               FROM human_wait h JOIN conversation c ON c.id = h.conversation_id \
               WHERE h.workspace_id = $1 AND h.ended_at >= {from} AND h.ended_at < {until} AND c.widget_id IN ({widgets})";
    note(asked.rows(db, &[Query { sql: sql.to_owned(), at: "h.ended_at" }]).await?, found, |figures| {
        &mut figures.handling
    })
}

fn note(rows: Vec<QueryResult>, found: &mut Found, which: impl Fn(&mut Figures) -> &mut Times) -> Result<()> {
    for row in rows {
        let (from, until): (Time, Time) = (row.try_get("", "from_at")?, row.try_get("", "until_at")?);
        which(entry(found, &row)?).note(until - from);
    }
    Ok(())
}
