//! The plain count, straight from messages and sessions: what every figure must be equal to.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, DbBackend, QueryResult};

use super::Counts;
use crate::clock::Time;
use crate::conversation::WaitReason;
use crate::database::statement;
use crate::error::Result;
use crate::id::{WidgetId, WorkspaceId};
use crate::message::AuthorKind;

/// What happened on a widget from `from` on and before `until`, by the quarters in which it did.
///
/// Messages by clock time, whatever became of their delivery; rows that proved to be another message are none, and
/// what Meta says is nobody's.
pub(super) async fn plain(
    db: &impl ConnectionTrait,
    of: (WorkspaceId, WidgetId),
    time: (Time, Time),
) -> Result<BTreeMap<i64, Counts>> {
    let mut found: BTreeMap<i64, Counts> = BTreeMap::new();
    messages(db, of, time, &mut found).await?;
    opened(db, of, time, &mut found).await?;
    closed(db, of, time, &mut found).await?;
    found.retain(|_, counts| *counts != Counts::default());
    Ok(found)
}

async fn messages(
    db: &impl ConnectionTrait,
    (_, widget): (WorkspaceId, WidgetId),
    (from, until): (Time, Time),
    found: &mut BTreeMap<i64, Counts>,
) -> Result<()> {
    let sql = format!(
        "SELECT {} AS quarter, author, COUNT(*) AS n FROM message WHERE widget_id = $1 AND sent_at >= $2 AND sent_at < $3 \
         AND duplicate_of IS NULL GROUP BY 1, 2",
        quarter_of(db, "sent_at")
    );
    let values = [widget.0.into(), from.into(), until.into()];
    for row in db.query_all_raw(statement(db, &sql, values)).await? {
        let counts = found.entry(row.try_get("", "quarter")?).or_default();
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

/// Sessions by when they were opened, and the first reason for which a person became responsible in them.
async fn opened(
    db: &impl ConnectionTrait,
    of: (WorkspaceId, WidgetId),
    time: (Time, Time),
    found: &mut BTreeMap<i64, Counts>,
) -> Result<()> {
    let what = "(SELECT h.reason FROM human_wait h WHERE h.session_id = s.id ORDER BY h.started_at, h.id LIMIT 1) AS reason, \
                COUNT(*) AS n";
    for row in sessions(db, of, "s.opened_at", time, (what, "1, 2")).await? {
        let counts = found.entry(row.try_get("", "quarter")?).or_default();
        let (reason, n): (Option<String>, i64) = (row.try_get("", "reason")?, row.try_get("", "n")?);
        counts.conversations += n;
        if let Some(reason) = reason.as_deref().and_then(WaitReason::parse) {
            counts.handed_over.add(reason, n);
        }
    }
    Ok(())
}

/// Sessions by when they were closed.
async fn closed(
    db: &impl ConnectionTrait,
    of: (WorkspaceId, WidgetId),
    time: (Time, Time),
    found: &mut BTreeMap<i64, Counts>,
) -> Result<()> {
    let what = "COUNT(*) AS n, \
                SUM(CASE WHEN EXISTS (SELECT 1 FROM human_wait h WHERE h.session_id = s.id) THEN 1 ELSE 0 END) AS by_people";
    for row in sessions(db, of, "s.closed_at", time, (what, "1")).await? {
        let counts = found.entry(row.try_get("", "quarter")?).or_default();
        let (n, by_people): (i64, i64) = (row.try_get("", "n")?, row.try_get("", "by_people")?);
        counts.closed += n;
        counts.resolved_by_bot += n - by_people;
    }
    Ok(())
}

/// `what` of the sessions `s` whose column lies in this time, by its quarter first of the groups.
async fn sessions(
    db: &impl ConnectionTrait,
    (workspace, widget): (WorkspaceId, WidgetId),
    column: &str,
    (from, until): (Time, Time),
    (what, groups): (&str, &str),
) -> Result<Vec<QueryResult>> {
    let quarter = quarter_of(db, column);
    let sql = format!(
        "SELECT {quarter} AS quarter, {what} FROM session s JOIN conversation c ON c.id = s.conversation_id \
         WHERE s.workspace_id = $1 AND c.widget_id = $2 AND {column} >= $3 AND {column} < $4 GROUP BY {groups}"
    );
    let values = [workspace.0.into(), widget.0.into(), from.into(), until.into()];
    Ok(db.query_all_raw(statement(db, &sql, values)).await?)
}

/// The quarter of a column, in the database's own words. SQLite would round a fraction of a second up.
fn quarter_of(db: &impl ConnectionTrait, column: &str) -> String {
    match db.get_database_backend() {
        DbBackend::Postgres => format!("FLOOR(EXTRACT(EPOCH FROM {column}) / 900)::BIGINT"),
        _ => format!("CAST(strftime('%s', substr({column}, 1, 19)) AS INTEGER) / 900"),
    }
}
