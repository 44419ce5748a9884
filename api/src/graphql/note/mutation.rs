//! What members do with notes.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use domain::id::{ConversationId, NoteId};
use domain::note;

use super::Note;
use crate::graphql::cursor::{self, Cursor};
use crate::graphql::operation::{env, operation};
use crate::graphql::user_error::user_errors;

user_errors! {
    /// Why a change of a note was refused.
    NoteUserError;
    /// Why a change of a note was refused, for programs.
    NoteErrorCode {
        /// The note is deleted.
        InvalidTransition,
    }
}

/// A note to write.
#[derive(InputObject)]
pub struct NoteCreateInput {
    /// The conversation that it is about.
    conversation_id: ID,
    /// What it says: 1 to 10,000 characters.
    text: String,
}

/// What a note is to say now.
#[derive(InputObject)]
pub struct NoteUpdateInput {
    /// The note.
    note_id: ID,
    /// What it says: 1 to 10,000 characters.
    text: String,
}

/// Which note to delete.
#[derive(InputObject)]
pub struct NoteDeleteInput {
    /// The note.
    note_id: ID,
}

macro_rules! payloads {
    ($($(#[$doc:meta])* $name:ident: $(#[$note_doc:meta])* $note:ty;)*) => {$(
        $(#[$doc])*
        #[derive(SimpleObject)]
        pub struct $name {
            $(#[$note_doc])*
            note: $note,
            /// Why it was refused; empty if it was done.
            user_errors: Vec<NoteUserError>,
            /// Where the change stands in the feed of events; null if nothing changed.
            event_cursor: Option<Cursor>,
        }
    )*};
}

payloads! {
    /// What writing a note answers.
    NoteCreatePayload:
        /// The note; null if it was refused.
        Option<Note>;
    /// What editing a note answers.
    NoteUpdatePayload:
        /// The note as it is now.
        Note;
    /// What deleting a note answers.
    NoteDeletePayload:
        /// The note as it is now.
        Note;
}

/// Changes of notes.
#[derive(Default)]
pub struct NoteMutation;

#[Object]
impl NoteMutation {
    /// Writes a note for colleagues; allowed in every status. It changes nothing else.
    async fn note_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which conversation, and what the note says.")] input: NoteCreateInput,
    ) -> Result<NoteCreatePayload> {
        let operation = operation(ctx);
        let id: ConversationId = operation.id(&input.conversation_id)?;
        Ok(match operation.settle(note::create(env(ctx), &operation.actor, id, &input.text).await)? {
            Ok((note, committed)) => NoteCreatePayload {
                note: Some(operation.named(note).await?.into()),
                user_errors: Vec::new(),
                event_cursor: cursor::of(&committed),
            },
            Err(error) => NoteCreatePayload { note: None, user_errors: vec![error], event_cursor: None },
        })
    }

    /// Changes what a note says. One's own; an admin may change any.
    async fn note_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which note, and what it says now.")] input: NoteUpdateInput,
    ) -> Result<NoteUpdatePayload> {
        let operation = operation(ctx);
        let id: NoteId = operation.id(&input.note_id)?;
        let done = note::update(env(ctx), &operation.actor, id, &input.text).await;
        let (event_cursor, user_errors) = cursor::and_errors(operation.settle(done)?);
        Ok(NoteUpdatePayload { note: operation.named(id).await?.into(), user_errors, event_cursor })
    }

    /// Deletes a note: its place in the timeline stays, its text goes for good. One's own; an admin may delete any.
    async fn note_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which note.")] input: NoteDeleteInput,
    ) -> Result<NoteDeletePayload> {
        let operation = operation(ctx);
        let id: NoteId = operation.id(&input.note_id)?;
        let done = note::delete(env(ctx), &operation.actor, id).await;
        let (event_cursor, user_errors) = cursor::and_errors(operation.settle(done)?);
        Ok(NoteDeletePayload { note: operation.named(id).await?.into(), user_errors, event_cursor })
    }
}
