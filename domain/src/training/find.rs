//! Reading tickets.

use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::State;
use crate::error::Result;
use crate::id::TicketId;
use crate::page::{self, Order, Page};
use crate::scope::Scope;

/// Tickets by id, in no order; ids of other workspaces are left out.
///
/// # Errors
/// The database's.
pub async fn load(scope: &Scope, ids: &[TicketId]) -> Result<Vec<entity::training_ticket::Model>> {
    use entity::training_ticket::{Column, Entity};
    let query = scope.find::<Entity>().filter(Column::Id.is_in(ids.iter().map(|id| id.0)));
    Ok(query.all(scope.reader()).await?)
}

/// A page of the tickets in any of these states, the newest first; of none means of all.
///
/// # Errors
/// The database's.
pub async fn list(
    scope: &Scope,
    states: &[State],
    page: &Page<Uuid>,
) -> Result<Vec<entity::training_ticket::Model>> {
    use entity::training_ticket::{Column, Entity};
    let mut all = scope.find::<Entity>();
    if !states.is_empty() {
        all = all.filter(Column::State.is_in(states.iter().map(|state| state.as_str())));
    }
    let rows = page::by_column(all, Column::Id, page, Order::Falling).all(scope.reader()).await?;
    Ok(page.in_order(rows))
}

/// The documents of tickets, in order.
///
/// # Errors
/// The database's.
pub async fn documents(scope: &Scope, tickets: &[TicketId]) -> Result<Vec<entity::training_document::Model>> {
    use entity::training_document::{Column, Entity};
    let query = scope.find::<Entity>().filter(Column::TicketId.is_in(tickets.iter().map(|id| id.0)));
    Ok(query.order_by_asc(Column::Position).all(scope.reader()).await?)
}
