//! A conversation began, or who acts next changed.

use async_graphql::{Enum, ID};
use domain::Time;
use domain::conversation::{Handler, Status, WaitReason};
use domain::id::{ContactId, NoteId, TagId};

use super::in_conversation;
use crate::graphql::conversation::{ConversationHandler, ConversationStatus};
use crate::graphql::human_wait::HumanWaitReason;
use crate::graphql::link::{Glance, Link};
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

in_conversation! {
    /// A member wrote a note for colleagues, edited or deleted one.
    NoteChanged(note: NoteId, change: domain::event::NoteChange) {
        /// The id of the note.
        note_id: ID = note.into(),
        /// The note as it is now.
        note: Link<NoteId> = Link(note),
        /// What became of it.
        change: NoteChange = change.into(),
    }
}

in_conversation! {
    /// A tag was put on a conversation or taken off.
    ConversationTagged(tag: TagId, added: bool) {
        /// The id of the tag.
        tag_id: ID = tag.into(),
        /// The tag as it is now; null if it is gone.
        tag: Glance<TagId> = Glance(tag),
        /// Whether it was put on, not taken off.
        added: bool = added,
    }
}

/// What became of a note.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::event::NoteChange")]
pub enum NoteChange {
    /// It was written.
    Created,
    /// It says something else.
    Edited,
    /// Its text is gone.
    Deleted,
}
