//! Read receipts: the customer sees that a message was read when the bot begins to answer, and when a member does.
//! Looking at a thread tells the customer nothing.

use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};
use whatsapp::{CallError, ErrorClass, GraphError};

use crate::clock::Time;
use crate::conversation::Thread;
use crate::env::Env;
use crate::error::{Error, Result};
use crate::id::{ConversationId, MessageId, WidgetId, WorkspaceId};
use crate::job::Job;
use crate::scope::Scope;
use crate::tx::Tx;
use crate::{health, turn, widget};

/// Whoever answers now has read what the customer wrote last. `typing` shows that an answer is being made.
pub(crate) async fn due(tx: &mut Tx<'_>, thread: &Thread, typing: bool) -> Result<()> {
    if !thread.widget.mark_as_read {
        return Ok(());
    }
    use entity::message::Column;
    let last = tx
        .find::<entity::message::Entity>()
        .filter(Column::ConversationId.eq(thread.conversation.id))
        .filter(Column::Author.eq(super::AuthorKind::Customer.as_str()))
        .filter(Column::ProviderId.is_not_null())
        .order_by_desc(Column::Number);
    if let Some(message) = last.one(tx.db()).await? {
        tx.enqueue(Job::MarkRead { workspace: tx.workspace, message: MessageId(message.id), typing });
    }
    Ok(())
}

/// Tells Meta. Left undone it does no harm, so only what never left this machine is tried again.
///
/// # Errors
/// NOT_FOUND; [`Error::Unavailable`] when Meta could not be reached.
pub async fn send(env: &Env, workspace: WorkspaceId, id: MessageId, typing: bool) -> Result<()> {
    let scope = Scope::of(env, workspace);
    let message = super::load(&scope, &[id]).await?.pop().ok_or(Error::NotFound)?;
    let widget = widget::load(&scope, &[WidgetId(message.widget_id)]).await?.pop().ok_or(Error::NotFound)?;
    let token = widget::access_token(env, &widget)?;
    let (Some(number), Some(token), Some(wamid)) = (&widget.phone_number_id, token, message.provider_id)
    else {
        return Ok(());
    };
    // The answer may be on its way already: then nobody is typing.
    let typing = typing && turn::is_open(&scope, ConversationId(message.conversation_id)).await?;
    let began = env.clock.now();
    match env.outside.graph().mark_read(&token, number, &wamid, typing).await {
        Ok(()) => Ok(()),
        Err(error @ CallError::NotWritten { .. }) => Err(Error::Unavailable(Box::new(error))),
        Err(CallError::Refused(error)) => {
            tracing::info!(message = %id, code = error.code, "a message was not marked as read");
            note_failure(env, workspace, &widget, &error, began).await
        }
        Err(error) => {
            tracing::info!(message = %id, %error, "a message was not marked as read");
            Ok(())
        }
    }
}

/// A refusal may tell that the token was revoked or the number is gone.
async fn note_failure(
    env: &Env,
    workspace: WorkspaceId,
    widget: &entity::widget::Model,
    error: &GraphError,
    began: Time,
) -> Result<()> {
    let class = whatsapp::classify(error);
    if !matches!(class, ErrorClass::Reauthorize | ErrorClass::Registration | ErrorClass::Integrity) {
        return Ok(());
    }
    let mut tx = Tx::begin(env, workspace).await?;
    health::failed(&mut tx, widget, class, error, began).await?;
    tx.commit().await?;
    Ok(())
}
