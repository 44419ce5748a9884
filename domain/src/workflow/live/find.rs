//! Runs and their journals.

use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};

use super::row::Status;
use crate::error::Result;
use crate::id::{ConversationId, RunId, WorkflowId};
use crate::page::{self, Order, Page};
use crate::scope::Scope;
use crate::tx::Tx;

/// Runs by id, in no order; ids of other workspaces are left out.
///
/// # Errors
/// The database's.
pub async fn load(scope: &Scope, ids: &[RunId]) -> Result<Vec<entity::workflow_run::Model>> {
    use entity::workflow_run::{Column, Entity};
    let query = scope.find::<Entity>().filter(Column::Id.is_in(ids.iter().map(|id| id.0)));
    Ok(query.all(scope.reader()).await?)
}

/// Which runs.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of this workflow.
    pub workflow: Option<WorkflowId>,
    /// On this conversation.
    pub conversation: Option<ConversationId>,
    /// Doing so.
    pub status: Option<Status>,
}

/// A page of the workspace's runs, newest first.
///
/// # Errors
/// The database's.
pub async fn list(
    scope: &Scope,
    filter: &Filter,
    page: &Page<uuid::Uuid>,
) -> Result<Vec<entity::workflow_run::Model>> {
    use entity::workflow_run::{Column, Entity};
    let mut query = scope.find::<Entity>();
    if let Some(workflow) = filter.workflow {
        query = query.filter(Column::WorkflowId.eq(workflow.0));
    }
    if let Some(conversation) = filter.conversation {
        query = query.filter(Column::ConversationId.eq(conversation.0));
    }
    if let Some(status) = filter.status {
        query = query.filter(Column::Status.eq(status.as_str()));
    }
    let query = page::by_column(query, Column::Id, page, Order::Falling);
    Ok(page.in_order(query.all(scope.reader()).await?))
}

/// A page of the journal of each of these runs, in order.
///
/// # Errors
/// The database's.
pub async fn entries(
    scope: &Scope,
    runs: &[RunId],
    page: &Page<i64>,
) -> Result<Vec<entity::workflow_entry::Model>> {
    use entity::workflow_entry::{Column, Entity};
    let of = |id: &RunId| {
        let all = scope.find::<Entity>().filter(Column::RunId.eq(id.0));
        page::by_column(all, Column::Number, page, Order::Rising)
    };
    let mut rows = page::each(scope, runs.iter().map(of).collect()).await?;
    rows.sort_by_key(|row| row.number);
    Ok(rows)
}

/// A run, read again under the lock of its conversation.
pub(super) async fn one(tx: &Tx<'_>, id: RunId) -> Result<Option<entity::workflow_run::Model>> {
    use entity::workflow_run::{Column, Entity};
    Ok(tx.find::<Entity>().filter(Column::Id.eq(id.0)).one(tx.db()).await?)
}

/// The runs of a conversation that are not over, oldest first.
pub(super) async fn live(
    tx: &Tx<'_>,
    conversation: ConversationId,
) -> Result<Vec<entity::workflow_run::Model>> {
    use entity::workflow_run::{Column, Entity};
    let query = tx
        .find::<Entity>()
        .filter(Column::ConversationId.eq(conversation.0))
        .filter(Column::EndedAt.is_null())
        .order_by_asc(Column::Id);
    Ok(query.all(tx.db()).await?)
}
