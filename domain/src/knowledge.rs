//! Finding the passage that answers a question, in Chinese and English, on both databases.
//!
//! Texts are folded into overlapping bigrams that stand beside the passage in a full-text index; the
//! index narrows, [`rank`] decides.

pub mod passage;
pub mod rank;

use std::collections::BTreeSet;

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Select, Value,
};

use crate::database::statement;
use crate::error::Result;
use crate::id::PassageId;
use crate::scope::Scope;
use crate::text;

/// Up to here every passage is ranked; above, the index narrows first.
const RANK_ALL: u64 = 300;
/// How many the index lets through.
const NARROWED: u64 = 200;

/// The passage that fits best.
#[derive(Debug, Clone)]
pub struct Found {
    /// The passage.
    pub passage: entity::passage::Model,
    /// How well it fits, from 0 to 1.
    pub confidence: f64,
}

/// The best passage among the active versions of the workspace's documents.
///
/// # Errors
/// The database's.
pub async fn best(scope: &Scope, question: &str) -> Result<Option<Found>> {
    Ok(search(scope, question, 1).await?.into_iter().next())
}

/// The passages that fit best, best first.
///
/// # Errors
/// The database's.
pub async fn search(scope: &Scope, question: &str, limit: usize) -> Result<Vec<Found>> {
    let passages = candidates(scope, question).await?;
    let texts: Vec<rank::Candidate<'_>> = passages
        .iter()
        .map(|passage| rank::Candidate { heading: passage.heading.as_deref(), text: &passage.text })
        .collect();
    let best = rank::rank(question, &texts);
    let mut found = Vec::new();
    for best in best.into_iter().take(limit) {
        let passage = passages[best.index].clone();
        found.push(Found { passage, confidence: best.confidence });
    }

    Ok(found)
}

async fn candidates(scope: &Scope, question: &str) -> Result<Vec<entity::passage::Model>> {
    let active = active(scope).order_by_asc(entity::passage::Column::Id);
    if active.clone().count(scope.reader()).await? <= RANK_ALL {
        return Ok(active.all(scope.reader()).await?);
    }
    let narrowed = narrow(scope, question).await?;
    Ok(active.filter(entity::passage::Column::Id.is_in(narrowed)).all(scope.reader()).await?)
}

/// The passages of the active versions of the workspace's documents.
fn active(scope: &Scope) -> Select<entity::passage::Entity> {
    let versions = scope
        .find::<entity::document::Entity>()
        .filter(entity::document::Column::ActiveVersionId.is_not_null())
        .select_only()
        .column(entity::document::Column::ActiveVersionId)
        .into_query();
    scope
        .find::<entity::passage::Entity>()
        .filter(entity::passage::Column::DocumentVersionId.in_subquery(versions))
}

/// The active passages that share a word's bigrams with the question: the closest ones, by the index's
/// judgement. Those of other workspaces and of old versions take no place among them.
async fn narrow(scope: &Scope, question: &str) -> Result<Vec<uuid::Uuid>> {
    let words: BTreeSet<String> = text::terms(question)
        .iter()
        .filter_map(|term| text::phrase(term))
        .map(|grams| grams.join(" "))
        .collect();
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let db = scope.reader();
    let (matches, order, query) = match db.get_database_backend() {
        DbBackend::Postgres => (
            "to_tsvector('simple', grams) @@ to_tsquery('simple', $1)",
            "ts_rank(to_tsvector('simple', grams), to_tsquery('simple', $1)) DESC",
            words
                .iter()
                .map(|word| format!("({})", word.replace(' ', " & ")))
                .collect::<Vec<_>>()
                .join(" | "),
        ),
        _ => (
            "passage_search MATCH $1",
            "rank",
            words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" OR "),
        ),
    };
    let sql = format!(
        "SELECT passage_id FROM passage_search WHERE {matches} AND document_version_id IN \
         (SELECT active_version_id FROM document WHERE workspace_id = $2) ORDER BY {order} LIMIT {NARROWED}"
    );
    let rows = db.query_all_raw(statement(db, &sql, [query.into(), scope.workspace().0.into()])).await?;
    Ok(rows.iter().map(|row| row.try_get("", "passage_id")).collect::<Result<_, _>>()?)
}

/// Stores what the index needs to find a passage.
pub(crate) async fn index(db: &impl ConnectionTrait, passage: &entity::passage::Model) -> Result<()> {
    let heading = passage.heading.as_deref().unwrap_or_default();
    let grams = text::grams(&format!("{heading}\n{}", passage.text));
    let values: [Value; 3] = [passage.id.into(), passage.document_version_id.into(), grams.into()];
    let sql = "INSERT INTO passage_search (passage_id, document_version_id, grams) VALUES ($1, $2, $3)";
    db.execute_raw(statement(db, sql, values)).await?;
    Ok(())
}

/// Passages by id, in no order; ids of other workspaces are left out.
///
/// # Errors
/// The database's.
pub async fn load(scope: &Scope, ids: &[PassageId]) -> Result<Vec<entity::passage::Model>> {
    let ids = ids.iter().map(|id| id.0);
    let query = scope.find::<entity::passage::Entity>().filter(entity::passage::Column::Id.is_in(ids));
    Ok(query.all(scope.reader()).await?)
}
