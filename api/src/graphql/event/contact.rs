//! Customers appeared, and what names them changed.

use async_graphql::{Enum, ID};
use domain::id::{ContactId, WidgetId};

use super::in_workspace;
use crate::graphql::link::Glance;

/// What a customer has another of.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::event::ContactIdentityChange")]
pub enum ContactIdentityChange {
    /// The phone number.
    Phone,
    /// Meta's business-scoped user id.
    Bsuid,
    /// The security code of the chat: a new phone or a new installation, perhaps another person.
    SecurityCode,
}

/// What a customer does beside writing.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::event::ContactNotice")]
pub enum ContactNotice {
    /// Opened the chat for the first time.
    WelcomeRequested,
    /// Allowed or refused calls.
    CallPermission,
    /// A call rang, was answered or ended.
    Call,
    /// Wants marketing messages, or no more of them.
    MarketingPreference,
}

in_workspace! {
    /// A customer was seen for the first time.
    ContactCreated(contact: ContactId) {
        /// The id of the customer.
        contact_id: ID = contact.into(),
        /// The customer as they are now; null if they are gone.
        contact: Glance<ContactId> = Glance(contact),
    }
}

in_workspace! {
    /// A webhook named two known contacts. A message went to the one that its user id names; a notice that
    /// one contact has a new name, which belongs to the other, changed nothing.
    ContactConflict(contact: ContactId, other: ContactId) {
        /// The id of the contact that a message went to, or that the notice is about.
        contact_id: ID = contact.into(),
        /// That contact as it is now; null if it is gone.
        contact: Glance<ContactId> = Glance(contact),
        /// The id of the contact that the phone number or the new name belongs to.
        other_id: ID = other.into(),
        /// That other contact as it is now; null if it is gone.
        other: Glance<ContactId> = Glance(other),
    }
}

in_workspace! {
    /// Somebody with another user id wrote with a known contact's phone number, and Meta told of no change:
    /// numbers are recycled, but people also come back with a new account. A new contact was made and has the
    /// number now; whether the two are one person is for people to say.
    ContactMergeSuggested(contact: ContactId, other: ContactId) {
        /// The id of the new contact.
        contact_id: ID = contact.into(),
        /// The new contact as it is now; null if it is gone.
        contact: Glance<ContactId> = Glance(contact),
        /// The id of the contact that had the number before.
        other_id: ID = other.into(),
        /// That other contact as it is now; null if it is gone.
        other: Glance<ContactId> = Glance(other),
    }
}

in_workspace! {
    /// A contact has another name: a member gave it or took it away, or the customer changed theirs.
    ContactRenamed(contact: ContactId) {
        /// The id of the contact.
        contact_id: ID = contact.into(),
        /// The contact as it is now; null if it is gone.
        contact: Glance<ContactId> = Glance(contact),
    }
}

in_workspace! {
    /// A customer is the same and has another user id, phone number or security code: their conversations go
    /// on.
    ContactIdentityChanged(contact: ContactId, change: domain::event::ContactIdentityChange) {
        /// The id of the contact.
        contact_id: ID = contact.into(),
        /// The contact as it is now; null if it is gone.
        contact: Glance<ContactId> = Glance(contact),
        /// What they have another of.
        change: ContactIdentityChange = change.into(),
    }
}

in_workspace! {
    /// A customer did something beside writing; it opens no session and wakes nobody.
    ContactNoticed(
        widget: WidgetId,
        contact: Option<ContactId>,
        notice: domain::event::ContactNotice,
        detail: Option<String>
    ) {
        /// The id of the widget.
        widget_id: ID = widget.into(),
        /// The widget as it is now; null if it is gone.
        widget: Glance<WidgetId> = Glance(widget),
        /// The id of the contact; null if the customer has none yet.
        contact_id: Option<ID> = contact.map(ID::from),
        /// The contact as it is now; null if there is none.
        contact: Option<Glance<ContactId>> = contact.map(Glance),
        /// What they did.
        notice: ContactNotice = notice.into(),
        /// How it went, in Meta's word: `accept`, `COMPLETED`, `stop`; null if there is none.
        detail: Option<String> = detail,
    }
}
