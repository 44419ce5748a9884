//! Reading ratings.

use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};

use crate::error::Result;
use crate::id::{FeedbackId, MessageId};
use crate::scope::Scope;

/// Ratings by id, in no order; ids of other workspaces are left out.
///
/// # Errors
/// The database's.
pub async fn load(scope: &Scope, ids: &[FeedbackId]) -> Result<Vec<entity::feedback::Model>> {
    let ids = ids.iter().map(|id| id.0);
    let query = scope.find::<entity::feedback::Entity>().filter(entity::feedback::Column::Id.is_in(ids));
    Ok(query.all(scope.reader()).await?)
}

/// The ratings of messages, oldest first.
///
/// # Errors
/// The database's.
pub async fn of(scope: &Scope, messages: &[MessageId]) -> Result<Vec<entity::feedback::Model>> {
    use entity::feedback::{Column, Entity};
    let query = scope.find::<Entity>().filter(Column::MessageId.is_in(messages.iter().map(|id| id.0)));
    Ok(query.order_by_asc(Column::Id).all(scope.reader()).await?)
}
