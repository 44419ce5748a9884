//! Versions of documents.

use async_graphql::{Context, Enum, ID, Object, Result};
use domain::error::Corrupt;
use domain::id::{DocumentId, DocumentVersionId};
use domain::row;

use super::passage::Passage;
use crate::graphql::connection::{Connection, Paging};
use crate::graphql::link::Link;
use crate::graphql::loader::PassagesOf;
use crate::graphql::operation::operation;
use crate::graphql::time::DateTime;

/// A version.
pub struct DocumentVersion(row::DocumentVersion);

impl From<row::DocumentVersion> for DocumentVersion {
    fn from(row: row::DocumentVersion) -> Self {
        Self(row)
    }
}

/// One version of a document. Versions are added and never changed; at most one is active.
#[Object]
impl DocumentVersion {
    /// Names this version.
    pub(in crate::graphql) async fn id(&self) -> ID {
        DocumentVersionId(self.0.id).into()
    }

    /// Its document.
    async fn document(&self) -> Link<DocumentId> {
        Link(DocumentId(self.0.document_id))
    }

    /// Its number in the document: 1, 2, 3.
    async fn number(&self) -> i64 {
        self.0.number
    }

    /// Its language as BCP 47 names it, for example `en` or `zh-Hant`.
    async fn language(&self) -> &str {
        &self.0.language
    }

    /// Whether it can be activated.
    async fn state(&self, ctx: &Context<'_>) -> Result<DocumentVersionState> {
        operation(ctx).read(match self.0.state.as_str() {
            "PROCESSING" => Ok(DocumentVersionState::Processing),
            "READY" => Ok(DocumentVersionState::Ready),
            "FAILED" => Ok(DocumentVersionState::Failed),
            other => Err(Corrupt {
                table: "document_version",
                id: self.0.id.to_string(),
                what: format!("state {other}"),
            }),
        })
    }

    /// The whole text.
    async fn text(&self) -> &str {
        &self.0.text
    }

    /// Whether bots answer from it now.
    async fn active(&self, ctx: &Context<'_>) -> Result<bool> {
        let document = operation(ctx).named(DocumentId(self.0.document_id)).await?;
        Ok(document.active_version_id == Some(self.0.id))
    }

    /// The passages that it was split into, in the order of the text.
    async fn passages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many from the beginning, 1 to 100; without first and last 50.")]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "At most so many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<Connection<Passage>> {
        let page = Paging { first, after, last, before }.page()?;
        let rows = operation(ctx).find(PassagesOf(DocumentVersionId(self.0.id), page.clone())).await?;
        Ok(Connection::new(&page, rows.unwrap_or_default(), |row| (row.position, Passage::from(row))))
    }

    /// When it was added.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }
}

/// Whether a version can be activated.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentVersionState {
    /// It is being read.
    Processing,
    /// It can be activated.
    Ready,
    /// It could not be read.
    Failed,
}
