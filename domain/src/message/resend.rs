//! Sending a member's message once more, when nobody knows whether it arrived or when it failed. By hand only, and
//! as a new message that names the old one.

use sea_orm::{ColumnTrait, QueryFilter};

use super::{AuthorKind, Send, Text};
use crate::actor::Actor;
use crate::delivery::State;
use crate::env::Env;
use crate::error::{Error, Refusal, Result};
use crate::id::{ConversationId, MessageId};
use crate::scope::Scope;
use crate::tx::{Committed, Tx};

/// Sends the text of a message again.
///
/// # Errors
/// NOT_FOUND; INVALID_TRANSITION unless it is a member's message whose sending is UNKNOWN or FAILED; those of
/// [`send`](super::send).
pub async fn resend(env: &Env, actor: &Actor, id: MessageId) -> Result<(MessageId, Committed)> {
    let found = super::load(&Scope::of(env, actor.workspace), &[id]).await?;
    let old = found.into_iter().next().ok_or(Error::NotFound)?;
    let send = Send {
        conversation: ConversationId(old.conversation_id),
        text: Text(old.text),
        seen: None,
        force: false,
        resends: Some(id),
    };
    super::send(env, actor, &send).await
}

/// Looks under the conversation's lock: a status may just have settled it.
pub(super) async fn check(tx: &Tx<'_>, id: MessageId) -> Result<()> {
    let message = super::one(tx, id).await?.ok_or(Error::NotFound)?;
    let delivery =
        tx.find::<entity::delivery::Entity>().filter(entity::delivery::Column::MessageId.eq(message.id));
    let state = delivery.one(tx.db()).await?.as_ref().map(State::read).transpose()?;
    let by_member = AuthorKind::read(&message)? == AuthorKind::Agent;
    match state {
        Some(State::Unknown | State::Failed) if by_member => Ok(()),
        _ => Err(Error::refused(
            Refusal::InvalidTransition,
            "only a member's message whose sending is UNKNOWN or FAILED can be sent again",
        )),
    }
}
