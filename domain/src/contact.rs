//! Customers and the names by which a channel knows them: the BSUID decides, then the phone.
//!
//! Invariant: a name belongs to one contact of the workspace. A name that Meta replaced by another stays with
//! its contact, so that what comes late under the old name still finds them.

mod command;
mod conflict;
mod find;
mod identity;
mod meet;
mod predecessor;
mod replace;
mod search;

pub use command::rename;
pub(crate) use conflict::tell as tell_of_conflict;
pub(crate) use find::{conversation_with, recipient};
pub use find::{identities, list, load};
pub use identity::Kind;
pub(crate) use meet::{find, find_or_create, name_nameless};
pub(crate) use predecessor::UNKNOWN;
pub(crate) use replace::{Replaced, Replacement, replace};

/// Who a payload speaks of.
#[derive(Debug, Clone, Default)]
pub(crate) struct Person<'a> {
    /// The business-scoped user id, valid within one Meta portfolio.
    pub user_id: Option<&'a str>,
    /// The phone number in Meta's spelling (digits only).
    pub phone: Option<&'a str>,
    /// The name that the customer gave themselves.
    pub name: Option<&'a str>,
    /// The WhatsApp user name.
    pub username: Option<&'a str>,
}

impl Person<'_> {
    /// Whether anything identifies the person.
    pub(crate) fn is_somebody(&self) -> bool {
        self.user_id.is_some() || self.phone.is_some()
    }
}

/// The name to show for a contact: the one that a member gave, else the one that they gave themselves.
#[must_use]
pub fn shown_name(contact: &entity::contact::Model) -> Option<&str> {
    contact.given_name.as_deref().or(contact.name.as_deref())
}
