//! Meta's notices about a person: another user id, another phone number, another security code. They have no
//! number, open nothing and wake nobody; who the contact is stays the same.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, QueryFilter};
use whatsapp::Body;

use super::{Outcome, widget_of};
use crate::contact::{self, Person, Replaced, Replacement};
use crate::error::Result;
use crate::event::{ContactIdentityChange, Event};
use crate::tx::Tx;

/// The reason of a notice that people were told of instead of being applied.
const CONFLICT: &str = "CONTACT_CONFLICT";

/// Two user ids and perhaps a phone, from the field `user_id_update`.
pub(super) async fn user_id_update(
    tx: &mut Tx<'_>,
    element: &entity::inbound_element::Model,
    (previous, current): (Option<&str>, Option<&str>),
    phone: Option<&str>,
) -> Result<Outcome> {
    let Some(current) = current else { return Ok(Outcome::Ignored("NO_NEW_NAME")) };
    let was = Person { user_id: previous, phone, ..Person::default() };
    let replacement = Replacement { was, user_id: Some(current), phone: None, at: element.sent_at };
    replace(tx, element, &replacement).await
}

/// A message of Meta's own in the person's thread.
pub(super) async fn system(
    tx: &mut Tx<'_>,
    element: &entity::inbound_element::Model,
    message: &whatsapp::Message,
) -> Result<Outcome> {
    let Body::System { notice, new_wa_id, new_user_id, .. } = &message.body else {
        return Ok(Outcome::Ignored("NOT_HANDLED"));
    };
    let (new_user_id, from) = (new_user_id.as_deref(), &message.from);
    let was = Person {
        // Some bodies name the person by the new id already: then only the phone is the old name.
        user_id: from.user_id.as_deref().filter(|old| Some(*old) != new_user_id),
        phone: from.wa_id.as_deref(),
        ..Person::default()
    };
    let phone = match notice.as_deref() {
        Some("user_changed_number" | "customer_changed_number") => new_wa_id.as_deref(),
        Some("user_changed_user_id") => None,
        Some("customer_identity_changed") => return security_code(tx, element, &was).await,
        _ => return Ok(Outcome::Ignored("UNKNOWN_NOTICE")),
    };
    if phone.is_none() && new_user_id.is_none() {
        return Ok(Outcome::Ignored("NO_NEW_NAME"));
    }
    let replacement = Replacement { was, user_id: new_user_id, phone, at: element.sent_at };
    replace(tx, element, &replacement).await
}

async fn replace(
    tx: &mut Tx<'_>,
    element: &entity::inbound_element::Model,
    replacement: &Replacement<'_>,
) -> Result<Outcome> {
    let (_, widget) = widget_of(tx, element).await?;
    if was_told(tx, element).await? {
        return Ok(Outcome::Ignored("DUPLICATE"));
    }
    let portfolio = widget.portfolio_id.as_deref().unwrap_or_default();
    Ok(match contact::replace(tx, portfolio, replacement).await? {
        Replaced::Done => Outcome::Applied,
        Replaced::Same => Outcome::Ignored("NO_CHANGE"),
        // The person's next message makes the contact.
        Replaced::Unknown => Outcome::Ignored(contact::UNKNOWN),
        Replaced::Conflict { contact, other } => {
            contact::tell_of_conflict(tx, contact, other).await?;
            Outcome::Ignored(CONFLICT)
        }
    })
}

async fn security_code(
    tx: &mut Tx<'_>,
    element: &entity::inbound_element::Model,
    person: &Person<'_>,
) -> Result<Outcome> {
    let (_, widget) = widget_of(tx, element).await?;
    if was_told(tx, element).await? {
        return Ok(Outcome::Ignored("DUPLICATE"));
    }
    let portfolio = widget.portfolio_id.as_deref().unwrap_or_default();
    let Some(contact) = contact::find(tx, portfolio, person).await? else {
        return Ok(Outcome::Ignored(contact::UNKNOWN));
    };
    tx.announce(Event::ContactIdentityChanged { contact, change: ContactIdentityChange::SecurityCode });
    Ok(Outcome::Applied)
}

/// Whether the same notice came before: each of a workspace's numbers may hear of it, by field and by message.
pub(super) async fn was_told(tx: &Tx<'_>, element: &entity::inbound_element::Model) -> Result<bool> {
    use entity::inbound_element::Column;
    let Some(target) = element.target_id.as_deref() else { return Ok(false) };
    let earlier = tx
        .find::<entity::inbound_element::Entity>()
        .filter(Column::TargetId.eq(target))
        .filter(Expr::cust("kind IN ('user_id_update', 'notice')"))
        .filter(Condition::any().add(Column::Outcome.eq("APPLIED")).add(Column::Reason.eq(CONFLICT)));
    Ok(earlier.one(tx.db()).await?.is_some())
}
