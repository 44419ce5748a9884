//! Stretches of documents that answers cite.

use async_graphql::{ID, Object};
use domain::id::{DocumentVersionId, PassageId};
use domain::row;

use crate::graphql::link::Link;

/// A passage.
pub struct Passage(row::Passage);

impl From<row::Passage> for Passage {
    fn from(row: row::Passage) -> Self {
        Self(row)
    }
}

/// A stretch of a document version that an answer can cite.
#[Object]
impl Passage {
    /// Names this passage.
    pub(in crate::graphql) async fn id(&self) -> ID {
        PassageId(self.0.id).into()
    }

    /// The version that it is part of.
    async fn version(&self) -> Link<DocumentVersionId> {
        Link(DocumentVersionId(self.0.document_version_id))
    }

    /// Its place in the version, from 0.
    async fn position(&self) -> i64 {
        self.0.position
    }

    /// The heading that it stands under; null if there is none.
    async fn heading(&self) -> Option<&str> {
        self.0.heading.as_deref()
    }

    /// Its text.
    async fn text(&self) -> &str {
        &self.0.text
    }
}
