//! Sending messages.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use domain::id::{ConversationId, MessageId};
use domain::message::{self, Send, Text};
use domain::tx::Committed;

use super::Message;
use crate::graphql::conversation::Conversation;
use crate::graphql::cursor::{self, Cursor};
use crate::graphql::operation::{env, operation};
use crate::graphql::user_error::user_errors;

/// So many newer messages a refusal shows.
const NEWER_SHOWN: u64 = 50;

user_errors! {
    /// Why a message was not sent.
    MessageUserError;
    /// Why a message was not sent, for programs.
    MessageErrorCode {
        /// The conversation's status does not allow it: no session is open, or the bot handles it and you
        /// must join first.
        InvalidTransition,
        /// WhatsApp takes no message any more: the customer's last one is more than 24 hours old.
        WindowClosed,
        /// Somebody wrote since `seenNumber`: read `newerMessages`, or send with `force`.
        NewerMessages,
    }
}

/// A message to a customer.
#[derive(InputObject)]
pub struct MessageSendInput {
    /// Where it is sent.
    conversation_id: ID,
    /// What is sent: 1 to 4096 characters, not only white space.
    text: String,
    /// The number of the last message that its writer saw. If the customer or a person wrote since, it is not
    /// sent.
    seen_number: Option<i64>,
    /// Send it even though somebody wrote since `seenNumber`.
    #[graphql(default = false)]
    force: bool,
}

/// What sending a message answers.
#[derive(SimpleObject)]
pub struct MessageSendPayload {
    /// The message, which has its number now and is delivered next; null if it was refused.
    message: Option<Message>,
    /// The conversation as it is now.
    conversation: Conversation,
    /// What the customer and people wrote since `seenNumber`, oldest first, at most 50; empty unless the code
    /// is NEWER_MESSAGES.
    newer_messages: Vec<Message>,
    /// Why it was refused; empty if it was done.
    user_errors: Vec<MessageUserError>,
    /// Where the change stands in the feed of events; null if nothing changed.
    event_cursor: Option<Cursor>,
}

/// Which message to send once more.
#[derive(InputObject)]
pub struct MessageResendInput {
    /// A member's message whose sending is UNKNOWN or FAILED.
    message_id: ID,
}

/// What sending a message once more answers.
#[derive(SimpleObject)]
pub struct MessageResendPayload {
    /// The new message; null if it was refused.
    message: Option<Message>,
    /// The conversation as it is now.
    conversation: Conversation,
    /// Why it was refused; empty if it was done.
    user_errors: Vec<MessageUserError>,
    /// Where the change stands in the feed of events; null if nothing changed.
    event_cursor: Option<Cursor>,
}

/// Changes of messages.
#[derive(Default)]
pub struct MessageMutation;

#[Object]
impl MessageMutation {
    /// Sends a text to the customer. It gets its number now and is delivered after those before it.
    async fn message_send(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where, what, and what its writer had seen.")] input: MessageSendInput,
    ) -> Result<MessageSendPayload> {
        let operation = operation(ctx);
        let id: ConversationId = operation.id(&input.conversation_id)?;
        // Before the text is looked at: what is not there comes first.
        operation.named(id).await?;
        let seen = input.seen_number;
        let done = operation.settle::<_, MessageUserError>(send(ctx, id, input).await)?;
        let newer = match (&done, seen) {
            (Err(error), Some(seen)) if error.code == MessageErrorCode::NewerMessages => {
                operation.told(message::newer_than(&operation.scope, id, seen, NEWER_SHOWN).await)?
            }
            _ => Vec::new(),
        };
        let (message, done) = match done {
            Ok((message, committed)) => (Some(operation.named(message).await?.into()), Ok(committed)),
            Err(error) => (None, Err(error)),
        };
        let (event_cursor, user_errors) = cursor::and_errors(done);
        Ok(MessageSendPayload {
            message,
            conversation: operation.named(id).await?.into(),
            newer_messages: newer.into_iter().map(Message::from).collect(),
            user_errors,
            event_cursor,
        })
    }

    /// Sends a member's message once more, whose sending is UNKNOWN or FAILED: as a new message that names the old
    /// one. If the old one arrived after all, the customer has it twice.
    async fn message_resend(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: MessageResendInput,
    ) -> Result<MessageResendPayload> {
        let operation = operation(ctx);
        let id: MessageId = operation.id(&input.message_id)?;
        let old = operation.named(id).await?;
        let sent = message::resend(env(ctx), &operation.actor, id).await;
        let (message, done) = match operation.settle::<_, MessageUserError>(sent)? {
            Ok((message, committed)) => (Some(operation.named(message).await?.into()), Ok(committed)),
            Err(error) => (None, Err(error)),
        };
        let (event_cursor, user_errors) = cursor::and_errors(done);
        let conversation = operation.named(ConversationId(old.conversation_id)).await?.into();
        Ok(MessageResendPayload { message, conversation, user_errors, event_cursor })
    }
}

async fn send(
    ctx: &Context<'_>,
    conversation: ConversationId,
    input: MessageSendInput,
) -> domain::Result<(MessageId, Committed)> {
    let text = Text::parse(&input.text)?;
    let send = Send { conversation, text, seen: input.seen_number, force: input.force, resends: None };
    message::send(env(ctx), &operation(ctx).actor, &send).await
}
