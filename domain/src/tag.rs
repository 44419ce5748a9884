//! Tags: words that members sort conversations by. A workspace has one list of them.

mod command;
mod put;

use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};

use crate::error::Result;
use crate::id::{ConversationId, TagId};
use crate::page::{self, Order, Page};
use crate::scope::Scope;

pub(crate) use command::checked;
pub use command::{create, delete, rename};
pub(crate) use put::put_named;
pub use put::{MOST, put};

/// Tags by id, in no order; ids of other workspaces are left out.
///
/// # Errors
/// The database's.
pub async fn load(scope: &Scope, ids: &[TagId]) -> Result<Vec<entity::tag::Model>> {
    let ids = ids.iter().map(|id| id.0);
    let query = scope.find::<entity::tag::Entity>().filter(entity::tag::Column::Id.is_in(ids));
    Ok(query.all(scope.reader()).await?)
}

/// A page of the workspace's tags, oldest first.
///
/// # Errors
/// The database's.
pub async fn list(scope: &Scope, page: &Page<uuid::Uuid>) -> Result<Vec<entity::tag::Model>> {
    let query =
        page::by_column(scope.find::<entity::tag::Entity>(), entity::tag::Column::Id, page, Order::Rising);
    Ok(page.in_order(query.all(scope.reader()).await?))
}

/// The tags of each of these conversations, in the order of their names.
///
/// # Errors
/// The database's.
pub async fn of(
    scope: &Scope,
    conversations: &[ConversationId],
) -> Result<Vec<(ConversationId, entity::tag::Model)>> {
    use entity::conversation_tag::Column;
    let links = scope
        .find::<entity::conversation_tag::Entity>()
        .filter(Column::ConversationId.is_in(conversations.iter().map(|id| id.0)))
        .all(scope.reader())
        .await?;
    let ids = links.iter().map(|link| link.tag_id);
    let tags = scope
        .find::<entity::tag::Entity>()
        .filter(entity::tag::Column::Id.is_in(ids))
        .order_by_asc(entity::tag::Column::Folded)
        .all(scope.reader())
        .await?;
    let of = |tag: &entity::tag::Model| {
        let theirs = links
            .iter()
            .filter(|link| link.tag_id == tag.id)
            .map(|link| ConversationId(link.conversation_id));
        theirs.map(|id| (id, tag.clone())).collect::<Vec<_>>()
    };
    Ok(tags.iter().flat_map(of).collect())
}
