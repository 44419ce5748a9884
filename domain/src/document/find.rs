//! Reading documents, their versions and passages, and what cites them.
//!
//! Invariant: all reads are of the scope's workspace.

use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};

use super::Kind;
use crate::error::Result;
use crate::id::{DocumentId, DocumentVersionId, MessageId};
use crate::page::{self, Order, Page};
use crate::scope::Scope;

/// Which required kinds have no active version yet.
///
/// # Errors
/// The database's.
pub async fn missing(scope: &Scope) -> Result<Vec<Kind>> {
    let active: Vec<String> = scope
        .find::<entity::document::Entity>()
        .filter(entity::document::Column::ActiveVersionId.is_not_null())
        .all(scope.reader())
        .await?
        .into_iter()
        .map(|document| document.kind)
        .collect();
    Ok(Kind::REQUIRED.into_iter().filter(|kind| !active.iter().any(|have| have == kind.as_str())).collect())
}

/// Documents by id, in no order; ids of other workspaces are left out.
///
/// # Errors
/// The database's.
pub async fn load(scope: &Scope, ids: &[DocumentId]) -> Result<Vec<entity::document::Model>> {
    let ids = ids.iter().map(|id| id.0);
    let query = scope.find::<entity::document::Entity>().filter(entity::document::Column::Id.is_in(ids));
    Ok(query.all(scope.reader()).await?)
}

/// Versions by id, in no order; ids of other workspaces are left out.
///
/// # Errors
/// The database's.
pub async fn load_versions(
    scope: &Scope,
    ids: &[DocumentVersionId],
) -> Result<Vec<entity::document_version::Model>> {
    let ids = ids.iter().map(|id| id.0);
    let query = scope
        .find::<entity::document_version::Entity>()
        .filter(entity::document_version::Column::Id.is_in(ids));
    Ok(query.all(scope.reader()).await?)
}

/// What some messages cite, in the order of the citations.
///
/// # Errors
/// The database's.
pub async fn citations(scope: &Scope, messages: &[MessageId]) -> Result<Vec<entity::citation::Model>> {
    let ids = messages.iter().map(|id| id.0);
    let query = scope
        .find::<entity::citation::Entity>()
        .filter(entity::citation::Column::MessageId.is_in(ids))
        .order_by_asc(entity::citation::Column::Position);
    Ok(query.all(scope.reader()).await?)
}

/// A page of the workspace's documents, oldest first.
///
/// # Errors
/// The database's.
pub async fn list(scope: &Scope, page: &Page<uuid::Uuid>) -> Result<Vec<entity::document::Model>> {
    let query = page::by_column(
        scope.find::<entity::document::Entity>(),
        entity::document::Column::Id,
        page,
        Order::Rising,
    );
    Ok(page.in_order(query.all(scope.reader()).await?))
}

/// A page of the versions of each of these documents, by number.
///
/// # Errors
/// The database's.
pub async fn versions(
    scope: &Scope,
    documents: &[DocumentId],
    page: &Page<i64>,
) -> Result<Vec<entity::document_version::Model>> {
    use entity::document_version::Column;
    let of = |id: &DocumentId| {
        let all = scope.find::<entity::document_version::Entity>().filter(Column::DocumentId.eq(id.0));
        page::by_column(all, Column::Number, page, Order::Rising)
    };
    let mut rows = page::each(scope, documents.iter().map(of).collect()).await?;
    rows.sort_by_key(|row| row.number);
    Ok(rows)
}

/// A page of the passages of each of these versions, in the order of the text.
///
/// # Errors
/// The database's.
pub async fn passages(
    scope: &Scope,
    versions: &[DocumentVersionId],
    page: &Page<i64>,
) -> Result<Vec<entity::passage::Model>> {
    use entity::passage::Column;
    let of = |id: &DocumentVersionId| {
        let all = scope.find::<entity::passage::Entity>().filter(Column::DocumentVersionId.eq(id.0));
        page::by_column(all, Column::Position, page, Order::Rising)
    };
    let mut rows = page::each(scope, versions.iter().map(of).collect()).await?;
    rows.sort_by_key(|row| row.position);
    Ok(rows)
}
