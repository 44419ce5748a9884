//! Contacts appeared, and the set-up of the workspace changed.

use async_graphql::{ID, SimpleObject};
use domain::id::{ChannelId, ContactId, DocumentId, DocumentVersionId, WidgetId};

use super::Stamp;
use crate::graphql::link::Glance;
use crate::graphql::time::DateTime;

macro_rules! in_workspace {
    (
        $(#[$doc:meta])*
        $name:ident($($given:ident: $given_type:ty),*) {
            $($(#[$field_doc:meta])* $field:ident: $type:ty = $value:expr,)*
        }
    ) => {
        $(#[$doc])*
        #[derive(SimpleObject)]
        pub struct $name {
            /// When it happened.
            pub(super) at: DateTime,
            /// The id that follows one webhook to its events and through the log; null if no webhook caused
            /// it.
            pub(super) trace_id: Option<String>,
            $($(#[$field_doc])* $field: $type,)*
        }

        impl $name {
            pub(super) fn new(stamp: Stamp, $($given: $given_type),*) -> Self {
                Self { at: stamp.at, trace_id: stamp.trace_id, $($field: $value,)* }
            }
        }
    };
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
    /// A webhook named two known contacts. It went to the one that its user id names.
    ContactConflict(contact: ContactId, other: ContactId) {
        /// The id of the contact that it went to.
        contact_id: ID = contact.into(),
        /// That contact as it is now; null if it is gone.
        contact: Glance<ContactId> = Glance(contact),
        /// The id of the contact that its phone number names.
        other_id: ID = other.into(),
        /// That other contact as it is now; null if it is gone.
        other: Glance<ContactId> = Glance(other),
    }
}

in_workspace! {
    /// A channel was made, switched on or off.
    ChannelChanged(channel: ChannelId, enabled: bool) {
        /// The id of the channel.
        channel_id: ID = channel.into(),
        /// The channel as it is now; null if it is gone.
        channel: Glance<ChannelId> = Glance(channel),
        /// Whether it was on then.
        enabled: bool = enabled,
    }
}

in_workspace! {
    /// A widget was made, or its state or settings changed.
    WidgetChanged(widget: WidgetId, active: bool, bot_on: bool) {
        /// The id of the widget.
        widget_id: ID = widget.into(),
        /// The widget as it is now; null if it is gone.
        widget: Glance<WidgetId> = Glance(widget),
        /// Whether it was active then.
        active: bool = active,
        /// Whether its bot was on then.
        bot_on: bool = bot_on,
    }
}

in_workspace! {
    /// A document got a new active version.
    DocumentActivated(document: DocumentId, version: DocumentVersionId) {
        /// The id of the document.
        document_id: ID = document.into(),
        /// The document as it is now; null if it is gone.
        document: Glance<DocumentId> = Glance(document),
        /// The id of the version.
        document_version_id: ID = version.into(),
        /// The version as it is now; null if it is gone.
        document_version: Glance<DocumentVersionId> = Glance(version),
    }
}
