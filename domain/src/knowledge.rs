//! Finding the passage that answers a question, in Chinese and English, on both databases.
//!
//! Texts are folded into overlapping bigrams that stand beside the passage in a full-text index; the
//! index narrows, [`rank`] decides.

pub mod passage;
pub mod rank;

use std::collections::BTreeSet;

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Value,
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
    let versions: Vec<uuid::Uuid> = scope
        .find::<entity::document::Entity>()
        .all(scope.reader())
        .await?
        .into_iter()
        .filter_map(|document| document.active_version_id)
        .collect();
    let active = scope
        .find::<entity::passage::Entity>()
        .filter(entity::passage::Column::DocumentVersionId.is_in(versions.clone()))
        .order_by_asc(entity::passage::Column::Id);
    if active.clone().count(scope.reader()).await? <= RANK_ALL {
        return Ok(active.all(scope.reader()).await?);
    }
    let narrowed = narrow(scope, question, &versions).await?;
    Ok(active.filter(entity::passage::Column::Id.is_in(narrowed)).limit(NARROWED).all(scope.reader()).await?)
}

/// Passages that share at least one word's bigrams with the question, the closest first.
async fn narrow(scope: &Scope, question: &str, versions: &[uuid::Uuid]) -> Result<Vec<uuid::Uuid>> {
    let words: BTreeSet<String> = text::terms(question)
        .iter()
        .filter_map(|term| text::phrase(term))
        .map(|grams| grams.join(" "))
        .collect();
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let db = scope.reader();
    let wanted = versions.to_vec();
    let sql = match db.get_database_backend() {
        DbBackend::Postgres => {
            "SELECT passage_id, document_version_id FROM passage_search WHERE to_tsvector('simple', grams) @@ \
             to_tsquery('simple', $1) ORDER BY ts_rank(to_tsvector('simple', grams), to_tsquery('simple', $1)) DESC LIMIT 1000"
        }
        _ => {
            "SELECT passage_id, document_version_id FROM passage_search WHERE passage_search MATCH $1 ORDER BY rank LIMIT 1000"
        }
    };
    let query = match db.get_database_backend() {
        DbBackend::Postgres => {
            words.iter().map(|word| format!("({})", word.replace(' ', " & "))).collect::<Vec<_>>().join(" | ")
        }
        _ => words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" OR "),
    };
    let mut found = Vec::new();
    for row in db.query_all_raw(statement(db, sql, [query.into()])).await? {
        let version: uuid::Uuid = row.try_get("", "document_version_id")?;
        if wanted.contains(&version) {
            found.push(row.try_get("", "passage_id")?);
        }
    }
    Ok(found)
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
