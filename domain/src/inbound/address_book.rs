//! The address book of the phone app: it names a contact that has no name yet, and nothing else.

use whatsapp::Party;

use super::{Outcome, widget_of};
use crate::contact::{self, Person};
use crate::error::Result;
use crate::tx::Tx;

pub(super) async fn apply(
    tx: &mut Tx<'_>,
    element: &entity::inbound_element::Model,
    party: &Party,
    (action, name): (Option<&str>, Option<&str>),
) -> Result<Outcome> {
    let name = name.map(str::trim).filter(|name| !name.is_empty());
    let (Some("add"), Some(name)) = (action, name) else { return Ok(Outcome::Ignored("NO_NAME")) };
    let (_, widget) = widget_of(tx, element).await?;
    let person =
        Person { user_id: party.user_id.as_deref(), phone: party.wa_id.as_deref(), ..Person::default() };
    let portfolio = widget.portfolio_id.as_deref().unwrap_or_default();
    let Some(contact) = contact::find(tx, portfolio, &person).await? else {
        return Ok(Outcome::Ignored(contact::UNKNOWN));
    };
    Ok(match contact::name_nameless(tx, contact, name).await? {
        true => Outcome::Applied,
        false => Outcome::Ignored("NAMED_ALREADY"),
    })
}
