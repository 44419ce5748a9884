//! What members do with notes.

use sea_orm::{ColumnTrait, QueryFilter};

use super::MAX_TEXT;
use crate::actor::{Actor, Role};
use crate::conversation::{self, Thread};
use crate::env::Env;
use crate::error::{Error, Refusal, Result};
use crate::event::{Event, NoteChange};
use crate::id::{ConversationId, NoteId};
use crate::tx::{Committed, Tx};

/// Writes a note; allowed in every status. It changes no status and wakes nobody.
///
/// # Errors
/// NOT_FOUND; Invalid on `text`.
pub async fn create(env: &Env, actor: &Actor, id: ConversationId, text: &str) -> Result<(NoteId, Committed)> {
    let mut tx = Tx::begin(env, actor.workspace).await?;
    let thread = conversation::lock(&mut tx, id).await?;
    let text = checked(text)?;
    let note = write(&mut tx, &thread, Some(actor), text).await?;
    Ok((note, tx.commit().await?))
}

/// Writes a checked note: a member's, or without one a workflow's.
pub(crate) async fn write(
    tx: &mut Tx<'_>,
    thread: &Thread,
    actor: Option<&Actor>,
    text: &str,
) -> Result<NoteId> {
    let (note, now) = (NoteId::new(), tx.now());
    tx.insert(entity::note::Model {
        id: note.0,
        workspace_id: tx.workspace.0,
        conversation_id: thread.conversation.id,
        member_id: actor.map(|actor| actor.member.0),
        api_token_id: actor.and_then(|actor| actor.token).map(|token| token.0),
        after_number: thread.conversation.last_number,
        in_session: thread.facts.open,
        text: text.to_owned(),
        created_at: now,
        edited_at: None,
        deleted_at: None,
    })
    .await?;
    announce(tx, thread, note, NoteChange::Created);
    Ok(note)
}

/// Changes what a note says.
///
/// # Errors
/// NOT_FOUND; Denied unless it is one's own or one administers; Invalid on `text`; INVALID_TRANSITION for a deleted
/// one.
pub async fn update(env: &Env, actor: &Actor, id: NoteId, text: &str) -> Result<Committed> {
    change(env, actor, id, |note, now| {
        let text = checked(text)?;
        if note.deleted_at.is_some() {
            return Err(Error::refused(Refusal::InvalidTransition, "the note is deleted: write a new one"));
        }
        if note.text == text {
            return Ok(None);
        }
        text.clone_into(&mut note.text);
        note.edited_at = Some(now);
        Ok(Some(NoteChange::Edited))
    })
    .await
}

/// Deletes a note: its place stays, its text goes for good.
///
/// # Errors
/// NOT_FOUND; Denied unless it is one's own or one administers.
pub async fn delete(env: &Env, actor: &Actor, id: NoteId) -> Result<Committed> {
    change(env, actor, id, |note, now| {
        if note.deleted_at.is_some() {
            return Ok(None);
        }
        note.text.clear();
        note.deleted_at = Some(now);
        Ok(Some(NoteChange::Deleted))
    })
    .await
}

async fn change<F>(env: &Env, actor: &Actor, id: NoteId, change: F) -> Result<Committed>
where
    F: FnOnce(&mut entity::note::Model, crate::Time) -> Result<Option<NoteChange>>,
{
    let mut tx = Tx::begin(env, actor.workspace).await?;
    let seen = one(&tx, id).await?;
    let thread = conversation::lock(&mut tx, ConversationId(seen.conversation_id)).await?;
    let mut note = one(&tx, id).await?;
    if note.member_id != Some(actor.member.0) && actor.role < Role::Admin {
        return Err(Error::Denied);
    }
    let now = tx.now();
    if let Some(done) = change(&mut note, now)? {
        tx.save(&note).await?;
        announce(&mut tx, &thread, id, done);
    }
    tx.commit().await
}

async fn one(tx: &Tx<'_>, id: NoteId) -> Result<entity::note::Model> {
    let query = tx.find::<entity::note::Entity>().filter(entity::note::Column::Id.eq(id.0));
    query.one(tx.db()).await?.ok_or(Error::NotFound)
}

fn checked(text: &str) -> Result<&str> {
    let text = text.trim();
    let characters = text.chars().count();
    if (1..=MAX_TEXT).contains(&characters) && !text.contains('\0') {
        return Ok(text);
    }
    Err(Error::invalid(
        "text",
        format!("write 1 to {MAX_TEXT} characters, without NUL; these are {characters}"),
    ))
}

fn announce(tx: &mut Tx<'_>, thread: &Thread, note: NoteId, change: NoteChange) {
    let (widget, conversation) = (thread.widget_id(), thread.id());
    tx.announce(Event::NoteChanged { widget, conversation, note, change });
}
