//! Elements that could not be applied: listed, and tried again once their cause is mended.

use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use crate::actor::Actor;
use crate::clock::Time;
use crate::env::Env;
use crate::error::{Error, Refusal, Result};
use crate::id::{ElementId, LedgerId, WorkspaceId};
use crate::intake;
use crate::page::{self, Order, Page};
use crate::scope::{Scope, everywhere};
use crate::tx::{SystemTx, locked};

/// A quarantined element.
#[derive(Debug, Clone)]
pub struct Quarantined {
    /// Its id.
    pub id: ElementId,
    /// The body that it came in.
    pub ledger: LedgerId,
    /// Its place in the body.
    pub position: i64,
    /// Who it was routed to, if to anybody.
    pub workspace: Option<WorkspaceId>,
    /// The Meta app that signed it.
    pub app: String,
    /// The webhook field.
    pub field: String,
    /// Why it is here.
    pub reason: String,
    /// When it arrived.
    pub arrived_at: Time,
}

impl From<entity::inbound_element::Model> for Quarantined {
    fn from(row: entity::inbound_element::Model) -> Self {
        Self {
            id: ElementId(row.id),
            ledger: LedgerId(row.ledger_id),
            position: row.position,
            workspace: row.workspace_id.map(WorkspaceId),
            app: row.app,
            field: row.field,
            reason: row.reason.unwrap_or_default(),
            arrived_at: row.arrived_at,
        }
    }
}

fn page(
    query: Select<entity::inbound_element::Entity>,
    after: Option<ElementId>,
    limit: u64,
) -> Select<entity::inbound_element::Entity> {
    use entity::inbound_element::Column;
    let query = query.filter(Column::Outcome.eq("QUARANTINED")).order_by_asc(Column::Id).limit(limit);
    match after {
        Some(after) => query.filter(Column::Id.gt(after.0)),
        None => query,
    }
}

/// A page of the rows of quarantined elements that were routed to this workspace, oldest first.
///
/// # Errors
/// The database's.
pub async fn rows(scope: &Scope, page: &Page<uuid::Uuid>) -> Result<Vec<entity::inbound_element::Model>> {
    use entity::inbound_element::Column;
    let all = scope.find::<entity::inbound_element::Entity>().filter(Column::Outcome.eq("QUARANTINED"));
    let query = page::by_column(all, Column::Id, page, Order::Rising);
    Ok(page.in_order(query.all(scope.reader()).await?))
}

/// Elements by id, whatever became of them, in no order; ids of other workspaces are left out.
///
/// # Errors
/// The database's.
pub async fn load(scope: &Scope, ids: &[ElementId]) -> Result<Vec<entity::inbound_element::Model>> {
    let ids = ids.iter().map(|id| id.0);
    let query = scope
        .find::<entity::inbound_element::Entity>()
        .filter(entity::inbound_element::Column::Id.is_in(ids));
    Ok(query.all(scope.reader()).await?)
}

/// All quarantined elements, for the operator.
///
/// # Errors
/// The database's.
pub async fn list_everywhere(env: &Env, after: Option<ElementId>, limit: u64) -> Result<Vec<Quarantined>> {
    let rows = page(everywhere(), after, limit).all(env.database.reader()).await?;
    Ok(rows.into_iter().map(Quarantined::from).collect())
}

/// Reads an element of this workspace again from its body and applies it, or quarantines it again.
///
/// # Errors
/// NOT_FOUND; Denied for plain members; INVALID_TRANSITION when it is not quarantined.
pub async fn replay(env: &Env, actor: &Actor, id: ElementId) -> Result<()> {
    again(env, id, Some(actor)).await
}

/// The operator's replay, also of elements that nobody owns.
///
/// # Errors
/// NOT_FOUND; INVALID_TRANSITION when it is not quarantined.
pub async fn replay_everywhere(env: &Env, id: ElementId) -> Result<()> {
    again(env, id, None).await
}

async fn again(env: &Env, id: ElementId, actor: Option<&Actor>) -> Result<()> {
    let mut tx = SystemTx::begin(env).await?;
    let mut query =
        everywhere::<entity::inbound_element::Entity>().filter(entity::inbound_element::Column::Id.eq(id.0));
    if let Some(actor) = actor {
        query = query.filter(entity::inbound_element::Column::WorkspaceId.eq(actor.workspace.0));
    }
    let element = locked(query).one(tx.db()).await?.ok_or(Error::NotFound)?;
    if let Some(actor) = actor {
        actor.must_administer()?;
    }
    if element.outcome.as_deref() != Some("QUARANTINED") {
        return Err(Error::refused(Refusal::InvalidTransition, "the element is not in quarantine"));
    }
    intake::again(&mut tx, element).await?;
    tx.commit().await
}
