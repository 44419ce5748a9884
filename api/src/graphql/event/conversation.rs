//! A conversation began, or who acts next changed.

use async_graphql::ID;
use domain::Time;
use domain::conversation::{Handler, Status, WaitReason};
use domain::id::ContactId;

use super::in_conversation;
use crate::graphql::conversation::{ConversationHandler, ConversationStatus};
use crate::graphql::human_wait::HumanWaitReason;
use crate::graphql::link::Glance;
use crate::graphql::time::DateTime;

in_conversation! {
    /// A conversation began.
    ConversationCreated(contact: ContactId) {
        /// The id of the customer.
        contact_id: ID = contact.into(),
        /// The customer as they are now; null if they are gone.
        contact: Glance<ContactId> = Glance(contact),
    }
}

in_conversation! {
    /// A conversation's status changed.
    ConversationStatusChanged(from: Status, to: Status) {
        /// The status before.
        from: ConversationStatus = from.into(),
        /// The status then.
        to: ConversationStatus = to.into(),
    }
}

in_conversation! {
    /// Somebody else answers the customer.
    ConversationHandlerChanged(from: Handler, to: Handler, reason: Option<WaitReason>) {
        /// Who answered before.
        from: ConversationHandler = from.into(),
        /// Who answers from then on.
        to: ConversationHandler = to.into(),
        /// Why a person became responsible; null if the bot did.
        reason: Option<HumanWaitReason> = reason.map(HumanWaitReason::from),
    }
}

in_conversation! {
    /// A conversation went out of sight, or came back.
    ConversationSnoozed(until: Option<Time>) {
        /// Until when it is out of sight; null if it came back.
        until: Option<DateTime> = until.map(DateTime),
    }
}

in_conversation! {
    /// A conversation was pinned or let go.
    ConversationPinned(pinned: bool) {
        /// Whether it was pinned.
        pinned: bool = pinned,
    }
}
