//! Meta says that a person has another user id or phone number now: their contact keeps its thread.
//!
//! Invariant: nothing is merged. A new name that another contact has stays there, and people are told.

use super::identity::{self, Kind, Name};
use super::{Person, meet, search};
use crate::clock::Time;
use crate::error::Result;
use crate::event::{ContactIdentityChange, Event};
use crate::id::ContactId;
use crate::tx::Tx;

/// What Meta says.
#[derive(Debug, Clone)]
pub(crate) struct Replacement<'a> {
    /// The person, by the old names.
    pub was: Person<'a>,
    /// Their new user id.
    pub user_id: Option<&'a str>,
    /// Their new phone number.
    pub phone: Option<&'a str>,
    /// When, by Meta's clock.
    pub at: Time,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Replaced {
    /// The contact has the new name.
    Done,
    /// It had it already.
    Same,
    /// Nobody has the old name.
    Unknown,
    /// This contact has the old name, another one has a new one.
    Conflict { contact: ContactId, other: ContactId },
}

/// Puts the new names in the place of the old ones, or changes nothing.
pub(crate) async fn replace(
    tx: &mut Tx<'_>,
    portfolio: &str,
    replacement: &Replacement<'_>,
) -> Result<Replaced> {
    let Some(contact) = known(tx, portfolio, replacement).await? else { return Ok(Replaced::Unknown) };
    let mut row = meet::lock(tx, contact).await?;
    let at = replacement.at;
    let user_id = replacement.user_id.map(|id| Name::user_id(portfolio, id));
    let phone = replacement.phone.map(Name::phone);
    let mut due = Vec::new();
    for name in [user_id, phone].into_iter().flatten() {
        let holder = identity::of(tx, name).await?;
        match &holder {
            Some(holder) if holder.contact_id != contact.0 => {
                return Ok(Replaced::Conflict { contact, other: ContactId(holder.contact_id) });
            }
            // Told before, perhaps replaced by a still newer one since.
            Some(holder) if holder.replaced_at.is_none_or(|replaced| replaced >= at) => {}
            _ => due.push((name, holder)),
        }
    }
    if due.is_empty() {
        return Ok(Replaced::Same);
    }
    for (name, holder) in due {
        retire(tx, contact, name, replacement).await?;
        match holder {
            // They went back to it.
            Some(mut holder) => {
                holder.replaced_at = None;
                tx.save(&holder).await?;
            }
            None if identity::add(tx, contact, name, None).await? => {}
            // Another lane gave it away in this moment: then it is a conflict, at the next try.
            None => return Err(crate::Error::Conflict),
        }
        let change = match name.kind {
            Kind::Bsuid => ContactIdentityChange::Bsuid,
            Kind::Phone => ContactIdentityChange::Phone,
        };
        tx.announce(Event::ContactIdentityChanged { contact, change });
    }
    search::save(tx, &mut row).await?;
    Ok(Replaced::Done)
}

/// The contact that has the old name. A phone alone speaks for it unless its user id is another one.
pub(super) async fn known(
    tx: &Tx<'_>,
    portfolio: &str,
    replacement: &Replacement<'_>,
) -> Result<Option<ContactId>> {
    let was = &replacement.was;
    if let Some(id) = was.user_id
        && let Some(row) = identity::of(tx, Name::user_id(portfolio, id)).await?
    {
        return Ok(Some(ContactId(row.contact_id)));
    }
    let Some(phone) = was.phone else { return Ok(None) };
    let Some(row) = identity::of(tx, Name::phone(phone)).await? else { return Ok(None) };
    let contact = ContactId(row.contact_id);
    let other = was.user_id.is_some() && identity::has_user_id(tx, contact, portfolio).await?;
    Ok((!other).then_some(contact))
}

/// The old names of the kind are replaced from now on: every user id of the portfolio; of the phones the one
/// that was named, since a person may have several.
async fn retire(tx: &Tx<'_>, contact: ContactId, new: Name<'_>, replacement: &Replacement<'_>) -> Result<()> {
    for mut old in identity::all(tx, contact).await? {
        let same_kind = old.kind == new.kind.as_str() && old.portfolio_id == new.portfolio;
        let meant = match new.kind {
            Kind::Bsuid => true,
            Kind::Phone => replacement.was.phone.is_none_or(|phone| phone == old.value),
        };
        if same_kind && meant && old.value != new.value && old.replaced_at.is_none() {
            old.replaced_at = Some(replacement.at);
            tx.save(&old).await?;
        }
    }
    Ok(())
}
