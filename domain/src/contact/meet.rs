//! Who a payload names: found by the BSUID, then by the phone, else made.

use sea_orm::{ColumnTrait, QueryFilter};

use super::identity::{self, Name};
use super::{Person, conflict, predecessor, search};
use crate::error::{Error, Result};
use crate::event::Event;
use crate::id::ContactId;
use crate::tx::{Tx, locked};

/// The contact that a payload names, if it is known; nothing is changed.
pub(crate) async fn find(tx: &Tx<'_>, portfolio: &str, person: &Person<'_>) -> Result<Option<ContactId>> {
    let names = [person.user_id.map(|id| Name::user_id(portfolio, id)), person.phone.map(Name::phone)];
    for name in names.into_iter().flatten() {
        if let Some(row) = identity::of(tx, name).await? {
            return Ok(Some(ContactId(row.contact_id)));
        }
    }
    Ok(None)
}

/// The contact that a payload names, locked; made if it is the first time.
pub(crate) async fn find_or_create(
    tx: &mut Tx<'_>,
    portfolio: &str,
    person: &Person<'_>,
) -> Result<ContactId> {
    let by_user = match person.user_id {
        Some(id) => match identity::of(tx, Name::user_id(portfolio, id)).await? {
            Some(row) => Some(ContactId(row.contact_id)),
            // The notice of this new id may still be on its way in another lane.
            None => predecessor::follow(tx, portfolio, id).await?,
        },
        None => None,
    };
    let by_phone = match person.phone {
        Some(phone) => identity::of(tx, Name::phone(phone)).await?,
        None => None,
    };
    let contact = match (by_user, by_phone) {
        (Some(contact), Some(row)) if row.contact_id != contact.0 => {
            let other = ContactId(row.contact_id);
            match row.replaced_at {
                Some(_) => take_phone(tx, contact, other, &row.value).await?,
                None => conflict::tell(tx, contact, other).await?,
            }
            contact
        }
        (Some(contact), Some(_)) => contact,
        (Some(contact), None) => {
            if let Some(phone) = person.phone {
                add(tx, contact, Name::phone(phone)).await?;
            }
            contact
        }
        (None, Some(row)) => {
            let known = ContactId(row.contact_id);
            match person.user_id {
                None => known,
                // Its contact gave the number up.
                Some(_) if row.replaced_at.is_some() => {
                    succeed(tx, portfolio, person, known, &row.value).await?
                }
                // A recycled number, as far as Meta told.
                Some(_) if identity::has_user_id(tx, known, portfolio).await? => {
                    let contact = succeed(tx, portfolio, person, known, &row.value).await?;
                    conflict::suggest_merge(tx, contact, known).await?;
                    contact
                }
                Some(id) => {
                    add(tx, known, Name::user_id(portfolio, id)).await?;
                    known
                }
            }
        }
        (None, None) => create(tx, portfolio, person).await?,
    };
    remember(tx, contact, person).await?;
    Ok(contact)
}

/// Names a contact that Meta told no name of. False when there is a name already.
pub(crate) async fn name_nameless(tx: &mut Tx<'_>, contact: ContactId, name: &str) -> Result<bool> {
    match lock(tx, contact).await?.name {
        Some(_) => Ok(false),
        None => {
            remember(tx, contact, &Person { name: Some(name), ..Person::default() }).await?;
            Ok(true)
        }
    }
}

/// The row of a contact, locked.
pub(super) async fn lock(tx: &Tx<'_>, id: ContactId) -> Result<entity::contact::Model> {
    let query = tx.find::<entity::contact::Entity>().filter(entity::contact::Column::Id.eq(id.0));
    locked(query).one(tx.db()).await?.ok_or(Error::NotFound)
}

/// Adds a name to a contact that is known by another one. When another lane gave it away in this moment, the
/// next payload meets it.
async fn add(tx: &Tx<'_>, contact: ContactId, name: Name<'_>) -> Result<()> {
    let mut row = lock(tx, contact).await?;
    if identity::add(tx, contact, name, None).await? {
        search::save(tx, &mut row).await?;
    }
    Ok(())
}

async fn create(tx: &mut Tx<'_>, portfolio: &str, person: &Person<'_>) -> Result<ContactId> {
    let contact = ContactId::new();
    let mut row = entity::contact::Model {
        id: contact.0,
        workspace_id: tx.workspace.0,
        name: person.name.map(str::to_owned),
        given_name: None,
        username: person.username.map(str::to_owned),
        search: String::new(),
        created_at: tx.env.clock.now(),
    };
    row.search = search::text(&row, person.user_id.into_iter().chain(person.phone));
    tx.insert(row).await?;
    let names = [person.user_id.map(|id| Name::user_id(portfolio, id)), person.phone.map(Name::phone)];
    for name in names.into_iter().flatten() {
        if !identity::add(tx, contact, name, None).await? {
            // Another lane met the same person in this moment; the element is tried again and finds them.
            return Err(Error::Conflict);
        }
    }
    if let Some(id) = person.user_id {
        predecessor::claim(tx, contact, portfolio, id).await?;
    }
    tx.announce(Event::ContactCreated { contact });
    Ok(contact)
}

/// Somebody new has the number of a known contact.
async fn succeed(
    tx: &mut Tx<'_>,
    portfolio: &str,
    person: &Person<'_>,
    known: ContactId,
    phone: &str,
) -> Result<ContactId> {
    let contact = create(tx, portfolio, &Person { phone: None, ..person.clone() }).await?;
    take_phone(tx, contact, known, phone).await?;
    Ok(contact)
}

/// A number that its contact gave up, or that somebody new has now, becomes this contact's.
async fn take_phone(tx: &Tx<'_>, contact: ContactId, before: ContactId, phone: &str) -> Result<()> {
    // Both rows, in the one order in which everybody locks them.
    let mut rows = Vec::new();
    for id in [contact.min(before), contact.max(before)] {
        rows.push(lock(tx, id).await?);
    }
    let held = identity::of(tx, Name::phone(phone)).await?.filter(|held| held.contact_id == before.0);
    // Moved while we waited: the next try sees where to.
    let mut held = held.ok_or(Error::Conflict)?;
    held.contact_id = contact.0;
    held.replaced_at = None;
    tx.save(&held).await?;
    for row in &mut rows {
        search::save(tx, row).await?;
    }
    Ok(())
}

/// Keeps the newest name that Meta told.
async fn remember(tx: &mut Tx<'_>, contact: ContactId, person: &Person<'_>) -> Result<()> {
    let mut row = lock(tx, contact).await?;
    let name = person.name.map(str::to_owned).or_else(|| row.name.clone());
    let username = person.username.map(str::to_owned).or_else(|| row.username.clone());
    if name != row.name || username != row.username {
        row.name = name;
        row.username = username;
        search::save(tx, &mut row).await?;
        tx.announce(Event::ContactRenamed { contact });
    }
    Ok(())
}
