//! Notes for colleagues.

mod mutation;

use async_graphql::{ID, Object};
use domain::id::{ApiTokenId, ConversationId, MemberId, NoteId};
use domain::row;

use super::link::Link;
use super::time::DateTime;
pub use mutation::NoteMutation;

/// A note.
pub struct Note(row::Note);

impl From<row::Note> for Note {
    fn from(row: row::Note) -> Self {
        Self(row)
    }
}

/// What a member wrote for colleagues beside the messages of a conversation. The customer never sees it. It stands in
/// the conversation's timeline where it was written.
#[Object]
impl Note {
    /// Names this note.
    pub(super) async fn id(&self) -> ID {
        NoteId(self.0.id).into()
    }

    /// The conversation that it is about.
    async fn conversation(&self) -> Link<ConversationId> {
        Link(ConversationId(self.0.conversation_id))
    }

    /// Who wrote it; null if a workflow did.
    async fn member(&self) -> Option<Link<MemberId>> {
        self.0.member_id.map(|id| Link(MemberId(id)))
    }

    /// The id of the token through which it was written; null if it was none.
    async fn api_token_id(&self) -> Option<ID> {
        self.0.api_token_id.map(|id| ApiTokenId(id).into())
    }

    /// What it says; empty once it is deleted.
    async fn text(&self) -> &str {
        &self.0.text
    }

    /// When it was written.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// When it was last edited; null if it never was.
    async fn edited_at(&self) -> Option<DateTime> {
        self.0.edited_at.map(DateTime)
    }

    /// When it was deleted; null unless it was.
    async fn deleted_at(&self) -> Option<DateTime> {
        self.0.deleted_at.map(DateTime)
    }
}
