//! What members do with a conversation.

mod input;
mod payload;

use async_graphql::{Context, Object, Result};
use domain::conversation;
use domain::id::ConversationId;
use domain::tx::Committed;

use super::Conversation;
use crate::graphql::cursor::{self, Cursor};
use crate::graphql::operation::{env, operation};
use crate::graphql::user_error::user_errors;
use input::{
    ConversationCloseInput, ConversationHandBackInput, ConversationJoinInput, ConversationPinInput,
    ConversationSnoozeInput, ConversationUnsnoozeInput,
};
use payload::{
    ConversationClosePayload, ConversationHandBackPayload, ConversationJoinPayload, ConversationPinPayload,
    ConversationSnoozePayload, ConversationUnsnoozePayload,
};

user_errors! {
    /// Why a change of a conversation was refused.
    ConversationUserError;
    /// Why a change of a conversation was refused, for programs.
    ConversationErrorCode {
        /// The conversation's status does not allow it: the payload shows what it is now.
        InvalidTransition,
        /// The bot is off, so nothing can be handed back to it.
        BotOff,
    }
}

/// Changes of conversations.
#[derive(Default)]
pub struct ConversationMutation;

#[Object]
impl ConversationMutation {
    /// Takes a conversation from the bot: a person is responsible now, and no bot message starts any more.
    async fn conversation_join(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which conversation.")] input: ConversationJoinInput,
    ) -> Result<ConversationJoinPayload> {
        let operation = operation(ctx);
        let id = operation.id(&input.conversation_id)?;
        let done = conversation::join(env(ctx), &operation.actor, id).await;
        let (conversation, user_errors, event_cursor) = shown(ctx, id, done).await?;
        Ok(ConversationJoinPayload { conversation, user_errors, event_cursor })
    }

    /// Gives a conversation back to the bot, which at once answers what was left unanswered.
    async fn conversation_hand_back(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which conversation.")] input: ConversationHandBackInput,
    ) -> Result<ConversationHandBackPayload> {
        let operation = operation(ctx);
        let id = operation.id(&input.conversation_id)?;
        let done = conversation::hand_back(env(ctx), &operation.actor, id).await;
        let (conversation, user_errors, event_cursor) = shown(ctx, id, done).await?;
        Ok(ConversationHandBackPayload { conversation, user_errors, event_cursor })
    }

    /// Puts a conversation out of sight until a time, or until the customer writes.
    async fn conversation_snooze(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which conversation, and until when.")] input: ConversationSnoozeInput,
    ) -> Result<ConversationSnoozePayload> {
        let operation = operation(ctx);
        let id: ConversationId = operation.id(&input.conversation_id)?;
        let done = conversation::snooze(env(ctx), &operation.actor, id, input.until.0).await;
        let (done, ends_at_expiry) = match done {
            Ok(snoozed) => (Ok(snoozed.committed), snoozed.ends_at_expiry),
            Err(error) => (Err(error), false),
        };
        let (conversation, user_errors, event_cursor) = shown(ctx, id, done).await?;
        Ok(ConversationSnoozePayload { conversation, ends_at_expiry, user_errors, event_cursor })
    }

    /// Brings a snoozed conversation back into sight.
    async fn conversation_unsnooze(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which conversation.")] input: ConversationUnsnoozeInput,
    ) -> Result<ConversationUnsnoozePayload> {
        let operation = operation(ctx);
        let id = operation.id(&input.conversation_id)?;
        let done = conversation::unsnooze(env(ctx), &operation.actor, id).await;
        let (conversation, user_errors, event_cursor) = shown(ctx, id, done).await?;
        Ok(ConversationUnsnoozePayload { conversation, user_errors, event_cursor })
    }

    /// Closes the open session. The customer's next message opens a new one.
    async fn conversation_close(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which conversation.")] input: ConversationCloseInput,
    ) -> Result<ConversationClosePayload> {
        let operation = operation(ctx);
        let id = operation.id(&input.conversation_id)?;
        let done = conversation::close(env(ctx), &operation.actor, id).await;
        let (conversation, user_errors, event_cursor) = shown(ctx, id, done).await?;
        Ok(ConversationClosePayload { conversation, user_errors, event_cursor })
    }

    /// Sets or takes off the workspace's pin; allowed in every status.
    async fn conversation_pin(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which conversation, and whether it is to be pinned.")] input: ConversationPinInput,
    ) -> Result<ConversationPinPayload> {
        let operation = operation(ctx);
        let id = operation.id(&input.conversation_id)?;
        let done = conversation::pin(env(ctx), &operation.actor, id, input.pinned).await;
        let (conversation, user_errors, event_cursor) = shown(ctx, id, done).await?;
        Ok(ConversationPinPayload { conversation, user_errors, event_cursor })
    }
}

/// The conversation as it is after a command, done or refused.
async fn shown(
    ctx: &Context<'_>,
    id: ConversationId,
    done: domain::Result<Committed>,
) -> Result<(Conversation, Vec<ConversationUserError>, Option<Cursor>)> {
    let operation = operation(ctx);
    let (event_cursor, user_errors) = cursor::and_errors(operation.settle(done)?);
    Ok((operation.named(id).await?.into(), user_errors, event_cursor))
}
