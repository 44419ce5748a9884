//! Reading contacts: by id, as a list, and where a message to one goes.

use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::identity::{self, Kind};
use super::meet;
use super::{Person, search};
use crate::error::Result;
use crate::id::{ContactId, ConversationId};
use crate::page::{self, Order, Page};
use crate::scope::Scope;
use crate::tx::Tx;

/// Contacts by id, in no order; ids of other workspaces are left out.
///
/// # Errors
/// The database's.
pub async fn load(scope: &Scope, ids: &[ContactId]) -> Result<Vec<entity::contact::Model>> {
    let ids = ids.iter().map(|id| id.0);
    let query = scope.find::<entity::contact::Entity>().filter(entity::contact::Column::Id.is_in(ids));
    Ok(query.all(scope.reader()).await?)
}

/// The identities of some contacts, oldest first.
///
/// # Errors
/// The database's.
pub async fn identities(scope: &Scope, ids: &[ContactId]) -> Result<Vec<entity::contact_identity::Model>> {
    let ids = ids.iter().map(|id| id.0);
    let query = scope
        .find::<entity::contact_identity::Entity>()
        .filter(entity::contact_identity::Column::ContactId.is_in(ids))
        .order_by_asc(entity::contact_identity::Column::Id);
    Ok(query.all(scope.reader()).await?)
}

/// A page of the workspace's contacts, newest first; with `search` only those that have it in a name, a user
/// name, a phone number or a user id.
///
/// # Errors
/// Invalid on `search`; the database's.
pub async fn list(
    scope: &Scope,
    search: Option<&str>,
    page: &Page<Uuid>,
) -> Result<Vec<entity::contact::Model>> {
    let mut all = scope.find::<entity::contact::Entity>();
    if let Some(condition) = search.map(search::condition).transpose()?.flatten() {
        all = all.filter(condition);
    }
    let query = page::by_column(all, entity::contact::Column::Id, page, Order::Falling);
    Ok(page.in_order(query.all(scope.reader()).await?))
}

/// Where a message to this contact goes: the phone if it is known, else the BSUID of this portfolio; of
/// several the newest, and never one that Meta replaced.
pub(crate) async fn recipient(
    tx: &Tx<'_>,
    contact: ContactId,
    portfolio: &str,
) -> Result<Option<whatsapp::Recipient>> {
    let mut names = identity::all(tx, contact).await?;
    names.retain(|name| name.replaced_at.is_none());
    let phone = names.iter().find(|name| name.kind == Kind::Phone.as_str());
    let user = names.iter().find(|name| name.kind == Kind::Bsuid.as_str() && name.portfolio_id == portfolio);
    Ok(phone
        .map(|name| whatsapp::Recipient::Phone(name.value.clone()))
        .or_else(|| user.map(|name| whatsapp::Recipient::UserId(name.value.clone()))))
}

/// The conversation of a person on a widget, if both are known.
pub(crate) async fn conversation_with(
    tx: &Tx<'_>,
    widget: Uuid,
    portfolio: &str,
    person: &Person<'_>,
) -> Result<Option<ConversationId>> {
    let Some(contact) = meet::find(tx, portfolio, person).await? else { return Ok(None) };
    let query = tx
        .find::<entity::conversation::Entity>()
        .filter(entity::conversation::Column::WidgetId.eq(widget))
        .filter(entity::conversation::Column::ContactId.eq(contact.0));
    Ok(query.one(tx.db()).await?.map(|conversation| ConversationId(conversation.id)))
}
