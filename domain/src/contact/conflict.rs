//! Two contacts that one name points at. Nobody is merged; people are told of each pair once.

use sea_orm::EntityTrait;
use sea_orm::sea_query::OnConflict;

use crate::error::Result;
use crate::event::Event;
use crate::id::ContactId;
use crate::tx::Tx;

/// Announces that a payload names both, the first time that it is seen, whichever of the two it named first.
pub(crate) async fn tell(tx: &mut Tx<'_>, contact: ContactId, other: ContactId) -> Result<()> {
    if is_new(tx, contact, other).await? {
        tx.announce(Event::ContactConflict { contact, other });
    }
    Ok(())
}

/// Announces that somebody new has a phone number: another person (numbers are recycled) or the same one with
/// a new account, which only people can tell.
pub(crate) async fn suggest_merge(tx: &mut Tx<'_>, contact: ContactId, other: ContactId) -> Result<()> {
    if is_new(tx, contact, other).await? {
        tx.announce(Event::ContactMergeSuggested { contact, other });
    }
    Ok(())
}

async fn is_new(tx: &mut Tx<'_>, contact: ContactId, other: ContactId) -> Result<bool> {
    use entity::contact_conflict::{ActiveModel, Column, Entity, Model};
    let row = Model {
        workspace_id: tx.workspace.0,
        lower_id: contact.0.min(other.0),
        higher_id: contact.0.max(other.0),
        found_at: tx.now(),
    };
    let known = OnConflict::columns([Column::LowerId, Column::HigherId]).do_nothing().to_owned();
    let added =
        Entity::insert(ActiveModel::from(row)).on_conflict(known).exec_without_returning(tx.db()).await?;
    Ok(added > 0)
}
