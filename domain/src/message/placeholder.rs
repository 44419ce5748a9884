//! Messages whose content Meta did not hand over at first (error 131060): a placeholder keeps their number until
//! the content comes with the same id.
//!
//! The placeholder wakes no bot. Its content does, once; if it does not come within a minute, a person looks at
//! the phone.

use chrono::TimeDelta;

use crate::clock::Time;
use crate::conversation::{self, Handler, Judge, Thread, WaitReason, apply};
use crate::env::Env;
use crate::error::Result;
use crate::event::Event;
use crate::id::{ConversationId, MessageId, WorkspaceId};
use crate::turn;
use crate::tx::Tx;

/// How long the content may take.
pub(crate) const PATIENCE: TimeDelta = TimeDelta::seconds(60);

/// The content is here: it takes the placeholder's place and number.
pub(crate) async fn replace(
    tx: &mut Tx<'_>,
    thread: &mut Thread,
    mut message: entity::message::Model,
    kind: &str,
    text: &str,
    carries: super::Carries<'_>,
) -> Result<()> {
    message.placeholder = false;
    message.unreadable_at = None;
    kind.clone_into(&mut message.kind);
    text.clone_into(&mut message.text);
    carries.write(&mut message);
    let answered = thread.facts.human.is_some_and(|human| human.number > message.number);
    let same_session = message.session_id.is_some() && message.session_id == thread.conversation.session_id;
    let wakes =
        same_session && thread.facts.handler == Handler::Bot && !answered && message.revoked_at.is_none();
    // A turn that went by while there was nothing to read counts its number as answered.
    message.came_late = wakes;
    tx.save(&message).await?;
    tx.announce(Event::MessageContentReplaced {
        widget: thread.widget_id(),
        conversation: thread.id(),
        message: MessageId(message.id),
        number: message.number,
    });
    if wakes {
        turn::redo(tx, thread).await?;
    }
    Ok(())
}

/// The content has not come: whoever is responsible must look at the phone.
///
/// # Errors
/// The database's.
pub async fn give_up(env: &Env, workspace: WorkspaceId, id: MessageId) -> Result<()> {
    let mut tx = Tx::begin(env, workspace).await?;
    let Some(seen) = super::one(&tx, id).await? else { return Ok(()) };
    let mut thread = conversation::lock(&mut tx, ConversationId(seen.conversation_id)).await?;
    conversation::apply_due(&mut tx, &mut thread, Judge::Now).await?;
    let now = tx.now();
    if let Some(mut message) = super::one(&tx, id).await?
        && message.unreadable_at.is_some_and(|at: Time| at <= now)
    {
        // It stays a placeholder: content that comes even later is still shown.
        message.unreadable_at = None;
        tx.save(&message).await?;
        if message.session_id.is_some() && message.session_id == thread.conversation.session_id {
            let reason = WaitReason::Unreadable;
            conversation::step(&mut tx, &mut thread, apply::Event::BotCannotAnswer { reason }).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}
