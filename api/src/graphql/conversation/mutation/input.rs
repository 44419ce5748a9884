//! What changes of conversations take.

use async_graphql::{ID, InputObject};

use crate::graphql::time::DateTime;

/// Which conversation to take from the bot.
#[derive(InputObject)]
pub struct ConversationJoinInput {
    /// The conversation.
    pub(super) conversation_id: ID,
}

/// Which conversation to give back to the bot.
#[derive(InputObject)]
pub struct ConversationHandBackInput {
    /// The conversation.
    pub(super) conversation_id: ID,
}

/// Which conversation to put out of sight, and until when.
#[derive(InputObject)]
pub struct ConversationSnoozeInput {
    /// The conversation.
    pub(super) conversation_id: ID,
    /// When it comes back: a time ahead, within the next 90 days.
    pub(super) until: DateTime,
}

/// Which conversation to bring back into sight.
#[derive(InputObject)]
pub struct ConversationUnsnoozeInput {
    /// The conversation.
    pub(super) conversation_id: ID,
}

/// Which conversation's session to close.
#[derive(InputObject)]
pub struct ConversationCloseInput {
    /// The conversation.
    pub(super) conversation_id: ID,
}

/// Which conversation to pin or to let go.
#[derive(InputObject)]
pub struct ConversationPinInput {
    /// The conversation.
    pub(super) conversation_id: ID,
    /// Whether it is to be pinned.
    pub(super) pinned: bool,
}
