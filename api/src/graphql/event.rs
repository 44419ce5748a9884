//! What happened: one object per event of `domain::event`, and the filter over them.
//!
//! An event holds ids and the small facts of the change. The objects that it leads to show their state now,
//! which may be newer than the event.

mod contact;
mod conversation;
mod filter;
mod message;
mod session;
mod setup;
mod workflow;

use async_graphql::Interface;
use domain::event::Event as Happening;
use domain::feed::Entry;

use super::time::DateTime;
use contact::{
    ContactConflict, ContactCreated, ContactIdentityChanged, ContactMergeSuggested, ContactNoticed,
    ContactRenamed,
};
use conversation::{
    ConversationCreated, ConversationHandlerChanged, ConversationPinned, ConversationSnoozed,
    ConversationStatusChanged, ConversationTagged, NoteChanged,
};
pub use filter::EventFilter;
pub(crate) use filter::{EventKind, kind_name};
use message::{
    DeliveryChanged, MessageAdded, MessageChanged, MessageContentReplaced, MessageDuplicateFound,
    MessageRated, MessageReceived, TurnChanged,
};
use session::{SessionClosed, SessionOpened};
use setup::{
    ChannelChanged, DocumentActivated, TagChanged, TrainingTicketChanged, WidgetChanged, WidgetHealthChanged,
    WidgetNoticed, WorkflowChanged, WorkspaceChanged,
};
use workflow::WorkflowRunChanged;

/// Something that happened in the workspace. It holds ids and the small facts of the change; the objects that
/// its fields lead to show their state now, which may be newer.
#[derive(Interface)]
#[graphql(
    field(name = "at", ty = "&DateTime", desc = "When it happened."),
    field(
        name = "trace_id",
        ty = "&Option<String>",
        desc = "The id of the webhook or the request that caused it, also in the log; null if time alone did."
    )
)]
pub enum Event {
    /// The customer wrote.
    MessageReceived(MessageReceived),
    /// Somebody else wrote.
    MessageAdded(MessageAdded),
    /// A message was reacted to, edited or taken back.
    MessageChanged(MessageChanged),
    /// A placeholder got its content.
    MessageContentReplaced(MessageContentReplaced),
    /// A row is hidden behind another.
    MessageDuplicateFound(MessageDuplicateFound),
    /// A sending went on.
    DeliveryChanged(DeliveryChanged),
    /// A conversation began.
    ConversationCreated(ConversationCreated),
    /// A status changed.
    ConversationStatusChanged(ConversationStatusChanged),
    /// A handler changed.
    ConversationHandlerChanged(ConversationHandlerChanged),
    /// A conversation went out of sight or came back.
    ConversationSnoozed(ConversationSnoozed),
    /// A pin changed.
    ConversationPinned(ConversationPinned),
    /// A session opened.
    SessionOpened(SessionOpened),
    /// A session closed.
    SessionClosed(SessionClosed),
    /// A turn went on.
    TurnChanged(TurnChanged),
    /// A customer was seen first.
    ContactCreated(ContactCreated),
    /// A payload named two contacts.
    ContactConflict(ContactConflict),
    ContactMergeSuggested(ContactMergeSuggested),
    /// A contact has another name.
    ContactRenamed(ContactRenamed),
    /// A customer has another user id, phone number or security code.
    ContactIdentityChanged(ContactIdentityChanged),
    /// A channel changed.
    ChannelChanged(ChannelChanged),
    /// A widget changed.
    WidgetChanged(WidgetChanged),
    /// A number's health or subscription changed.
    WidgetHealthChanged(WidgetHealthChanged),
    /// Meta told something about a number, its account or its templates.
    WidgetNoticed(WidgetNoticed),
    /// A customer did something beside writing.
    ContactNoticed(ContactNoticed),
    /// The workspace's own settings changed.
    WorkspaceChanged(WorkspaceChanged),
    /// A note was written, edited or deleted.
    NoteChanged(NoteChanged),
    /// An answer was rated, or the rating taken back.
    MessageRated(MessageRated),
    /// A training ticket changed.
    TrainingTicketChanged(TrainingTicketChanged),
    /// The list of tags changed.
    TagChanged(TagChanged),
    /// A workflow was made, edited, published or deleted.
    WorkflowChanged(WorkflowChanged),
    /// A run of a workflow began, was interrupted, goes on or is over.
    WorkflowRunChanged(WorkflowRunChanged),
    /// A tag was put on a conversation or taken off.
    ConversationTagged(ConversationTagged),
    /// A version became active.
    DocumentActivated(DocumentActivated),
}

/// What every event has.
#[derive(Clone)]
struct Stamp {
    at: DateTime,
    trace_id: Option<String>,
}

impl From<Entry> for Event {
    fn from(entry: Entry) -> Self {
        let stamp = Stamp { at: entry.at.into(), trace_id: entry.trace };
        match entry.event {
            Happening::MessageReceived { widget, conversation, message, number, out_of_session } => {
                MessageReceived::new(stamp, widget, conversation, message, number, out_of_session).into()
            }
            Happening::MessageAdded { widget, conversation, message, number, author } => {
                MessageAdded::new(stamp, widget, conversation, message, number, author).into()
            }
            Happening::MessageChanged { widget, conversation, message, number, change, author } => {
                MessageChanged::new(stamp, widget, conversation, message, number, change, author).into()
            }
            Happening::MessageContentReplaced { widget, conversation, message, number } => {
                MessageContentReplaced::new(stamp, widget, conversation, message, number).into()
            }
            Happening::MessageDuplicateFound { widget, conversation, message, duplicate_of } => {
                MessageDuplicateFound::new(stamp, widget, conversation, message, duplicate_of).into()
            }
            Happening::DeliveryChanged {
                widget,
                conversation,
                message,
                delivery,
                from,
                to,
                attempt,
                automatic,
            } => {
                let change = message::Change { from, to, attempt, automatic };
                DeliveryChanged::new(stamp, widget, conversation, message, delivery, change).into()
            }
            Happening::ConversationCreated { widget, conversation, contact } => {
                ConversationCreated::new(stamp, widget, conversation, contact).into()
            }
            Happening::ConversationStatusChanged { widget, conversation, from, to } => {
                ConversationStatusChanged::new(stamp, widget, conversation, from, to).into()
            }
            Happening::ConversationHandlerChanged { widget, conversation, from, to, epoch: _, reason } => {
                ConversationHandlerChanged::new(stamp, widget, conversation, from, to, reason).into()
            }
            Happening::ConversationSnoozed { widget, conversation, until } => {
                ConversationSnoozed::new(stamp, widget, conversation, until).into()
            }
            Happening::ConversationPinned { widget, conversation, pinned } => {
                ConversationPinned::new(stamp, widget, conversation, pinned).into()
            }
            Happening::SessionOpened { widget, conversation, session, number } => {
                SessionOpened::new(stamp, widget, conversation, session, number).into()
            }
            Happening::SessionClosed { widget, conversation, session, reason, at } => {
                SessionClosed::new(stamp, widget, conversation, session, reason, at).into()
            }
            Happening::TurnChanged { widget, conversation, turn, to } => {
                TurnChanged::new(stamp, widget, conversation, turn, to).into()
            }
            Happening::ContactCreated { contact } => ContactCreated::new(stamp, contact).into(),
            Happening::ContactConflict { contact, other } => {
                ContactConflict::new(stamp, contact, other).into()
            }
            Happening::ContactMergeSuggested { contact, other } => {
                ContactMergeSuggested::new(stamp, contact, other).into()
            }
            Happening::ContactRenamed { contact } => ContactRenamed::new(stamp, contact).into(),
            Happening::ContactIdentityChanged { contact, change } => {
                ContactIdentityChanged::new(stamp, contact, change).into()
            }
            Happening::ChannelChanged { channel, enabled } => {
                ChannelChanged::new(stamp, channel, enabled).into()
            }
            Happening::WidgetChanged { widget, active, bot_on } => {
                WidgetChanged::new(stamp, widget, active, bot_on).into()
            }
            Happening::WidgetHealthChanged { widget, from, to, subscribed } => {
                WidgetHealthChanged::new(stamp, widget, from, to, subscribed).into()
            }
            Happening::WidgetNoticed { widget, field, event, detail } => {
                WidgetNoticed::new(stamp, widget, field, event, detail).into()
            }
            Happening::ContactNoticed { widget, contact, notice, detail } => {
                ContactNoticed::new(stamp, widget, contact, notice, detail).into()
            }
            Happening::WorkspaceChanged {} => WorkspaceChanged::new(stamp).into(),
            Happening::NoteChanged { widget, conversation, note, change } => {
                NoteChanged::new(stamp, widget, conversation, note, change).into()
            }
            Happening::MessageRated { widget, conversation, message, member, rating } => {
                MessageRated::new(stamp, widget, conversation, message, member, rating).into()
            }
            Happening::TrainingTicketChanged { ticket, to } => {
                TrainingTicketChanged::new(stamp, ticket, to).into()
            }
            Happening::TagChanged { tag, change } => TagChanged::new(stamp, tag, change).into(),
            Happening::WorkflowChanged { workflow, change } => {
                WorkflowChanged::new(stamp, workflow, change).into()
            }
            Happening::WorkflowRunChanged { widget, conversation, workflow, run, to } => {
                WorkflowRunChanged::new(stamp, widget, conversation, workflow, run, to).into()
            }
            Happening::ConversationTagged { widget, conversation, tag, added } => {
                ConversationTagged::new(stamp, widget, conversation, tag, added).into()
            }
            Happening::DocumentActivated { document, version } => {
                DocumentActivated::new(stamp, document, version).into()
            }
        }
    }
}

/// Defines an event of a conversation: `at`, `traceId`, the widget and the conversation, then its own fields.
macro_rules! in_conversation {
    (
        $(#[$doc:meta])*
        $name:ident($($given:ident: $given_type:ty),*) {
            $($(#[$field_doc:meta])* $field:ident: $type:ty = $value:expr,)*
        }
    ) => {
        $(#[$doc])*
        #[derive(async_graphql::SimpleObject)]
        pub struct $name {
            /// When it happened.
            pub(super) at: $crate::graphql::time::DateTime,
            /// The id of the webhook or the request that caused it, also in the log; null if time alone did.
            pub(super) trace_id: Option<String>,
            /// The id of the widget.
            widget_id: async_graphql::ID,
            /// The widget as it is now; null if it is gone.
            widget: $crate::graphql::link::Glance<domain::id::WidgetId>,
            /// The id of the conversation.
            conversation_id: async_graphql::ID,
            /// The conversation as it is now; null if it is gone.
            conversation: $crate::graphql::link::Glance<domain::id::ConversationId>,
            $($(#[$field_doc])* $field: $type,)*
        }

        impl $name {
            pub(super) fn new(
                stamp: super::Stamp,
                widget: domain::id::WidgetId,
                conversation: domain::id::ConversationId,
                $($given: $given_type),*
            ) -> Self {
                Self {
                    at: stamp.at,
                    trace_id: stamp.trace_id,
                    widget_id: widget.into(),
                    widget: $crate::graphql::link::Glance(widget),
                    conversation_id: conversation.into(),
                    conversation: $crate::graphql::link::Glance(conversation),
                    $($field: $value,)*
                }
            }
        }
    };
}

use in_conversation;

/// Defines an event of no conversation: `at`, `traceId`, then its own fields.
macro_rules! in_workspace {
    (
        $(#[$doc:meta])*
        $name:ident($($given:ident: $given_type:ty),*) {
            $($(#[$field_doc:meta])* $field:ident: $type:ty = $value:expr,)*
        }
    ) => {
        $(#[$doc])*
        #[derive(async_graphql::SimpleObject)]
        pub struct $name {
            /// When it happened.
            pub(super) at: $crate::graphql::time::DateTime,
            /// The id of the webhook or the request that caused it, also in the log; null if time alone did.
            pub(super) trace_id: Option<String>,
            $($(#[$field_doc])* $field: $type,)*
        }

        impl $name {
            pub(super) fn new(stamp: super::Stamp, $($given: $given_type),*) -> Self {
                Self { at: stamp.at, trace_id: stamp.trace_id, $($field: $value,)* }
            }
        }
    };
}

use in_workspace;
