//! Reading messages: pages of conversations, by id, by Meta's id.

use sea_orm::{ColumnTrait, QueryFilter};

use crate::error::Result;
use crate::id::{ConversationId, MessageId, SessionId, WidgetId};
use crate::page::{self, Order, Page};
use crate::scope::Scope;
use crate::tx::Tx;

/// A page of the messages of each of these conversations, by number, without those that are hidden behind another.
///
/// # Errors
/// The database's.
pub async fn pages(
    scope: &Scope,
    conversations: &[ConversationId],
    page: &Page<i64>,
) -> Result<Vec<entity::message::Model>> {
    use entity::message::Column;
    let of = |id: &ConversationId| {
        let all = scope
            .find::<entity::message::Entity>()
            .filter(Column::ConversationId.eq(id.0))
            .filter(Column::DuplicateOf.is_null());
        page::by_column(all, Column::Number, page, Order::Rising)
    };
    let mut rows = page::each(scope, conversations.iter().map(of).collect()).await?;
    rows.sort_by_key(|row| row.number);
    Ok(rows)
}

/// The messages with these ids at Meta on these widgets, in no order.
///
/// # Errors
/// The database's.
pub async fn by_provider_id(
    scope: &Scope,
    ids: &[(WidgetId, String)],
) -> Result<Vec<entity::message::Model>> {
    use entity::message::Column;
    let query = scope
        .find::<entity::message::Entity>()
        .filter(Column::WidgetId.is_in(ids.iter().map(|(widget, _)| widget.0)))
        .filter(Column::ProviderId.is_in(ids.iter().map(|(_, id)| id.clone())));
    Ok(query.all(scope.reader()).await?)
}

/// A message, inside a transaction.
pub(crate) async fn one(tx: &Tx<'_>, id: MessageId) -> Result<Option<entity::message::Model>> {
    let query = tx.find::<entity::message::Entity>().filter(entity::message::Column::Id.eq(id.0));
    Ok(query.one(tx.db()).await?)
}

/// Messages by id, in no order; ids of other workspaces are left out.
///
/// # Errors
/// The database's.
pub async fn load(scope: &Scope, ids: &[MessageId]) -> Result<Vec<entity::message::Model>> {
    let ids = ids.iter().map(|id| id.0);
    let query = scope.find::<entity::message::Entity>().filter(entity::message::Column::Id.is_in(ids));
    Ok(query.all(scope.reader()).await?)
}

/// The session that a message is shown in.
#[must_use]
pub fn session_of(message: &entity::message::Model) -> Option<SessionId> {
    message.session_id.map(SessionId)
}
