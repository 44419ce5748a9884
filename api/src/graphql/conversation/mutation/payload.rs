//! What changes of conversations answer.

use async_graphql::SimpleObject;

use super::ConversationUserError;
use crate::graphql::conversation::Conversation;
use crate::graphql::cursor::Cursor;

macro_rules! payloads {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(SimpleObject)]
        pub struct $name {
            /// The conversation as it is now.
            pub(super) conversation: Conversation,
            $($(#[$field_doc])* pub(super) $field: $type,)*
            /// Why it was refused; empty if it was done.
            pub(super) user_errors: Vec<ConversationUserError>,
            /// Where the change stands in the feed of events; null if nothing changed.
            pub(super) event_cursor: Option<Cursor>,
        }
    )*};
}

payloads! {
    /// What joining a conversation answers.
    ConversationJoinPayload {}

    /// What giving a conversation back to the bot answers.
    ConversationHandBackPayload {}

    /// What putting a conversation out of sight answers.
    ConversationSnoozePayload {
        /// Whether the session ends before the snooze does, unless the customer writes.
        ends_at_expiry: bool,
    }

    /// What bringing a conversation back into sight answers.
    ConversationUnsnoozePayload {}

    /// What closing a conversation's session answers.
    ConversationClosePayload {}

    /// What pinning a conversation answers.
    ConversationPinPayload {}
}
