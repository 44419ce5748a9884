//! The workspace's knowledge.

mod kind;
mod mutation;
mod passage;
mod version;

use async_graphql::{Context, ID, Object, Result};
use domain::id::{DocumentId, DocumentVersionId};
use domain::{document, row};

use super::connection::{Connection, Paging};
use super::link::Link;
use super::loader::VersionsOf;
use super::operation::operation;
use super::time::DateTime;
pub use kind::DocumentKind;
pub use mutation::DocumentMutation;
pub use passage::Passage;
pub use version::DocumentVersion;

/// A document.
pub struct Document(row::Document);

impl From<row::Document> for Document {
    fn from(row: row::Document) -> Self {
        Self(row)
    }
}

/// A document of the workspace's knowledge, which the bots of all widgets answer from.
#[Object]
impl Document {
    /// Names this document.
    pub(super) async fn id(&self) -> ID {
        DocumentId(self.0.id).into()
    }

    /// What it is about.
    async fn kind(&self, ctx: &Context<'_>) -> Result<DocumentKind> {
        operation(ctx).read(document::Kind::read(&self.0)).map(DocumentKind::from)
    }

    /// Its name for people.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// The version that bots answer from; null if none was activated yet.
    async fn active_version(&self) -> Option<Link<DocumentVersionId>> {
        self.0.active_version_id.map(|id| Link(DocumentVersionId(id)))
    }

    /// All versions, the first one first.
    async fn versions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many from the beginning, 1 to 100; without first and last 50.")]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "At most so many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<Connection<DocumentVersion>> {
        let page = Paging { first, after, last, before }.page()?;
        let rows = operation(ctx).find(VersionsOf(DocumentId(self.0.id), page.clone())).await?;
        Ok(Connection::new(&page, rows.unwrap_or_default(), |row| (row.number, DocumentVersion::from(row))))
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }
}

/// Reads about the knowledge.
#[derive(Default)]
pub struct DocumentQuery;

#[Object]
impl DocumentQuery {
    /// The workspace's documents, oldest first.
    async fn documents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many from the beginning, 1 to 100; without first and last 50.")]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "At most so many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<Connection<Document>> {
        let operation = operation(ctx);
        let page = Paging { first, after, last, before }.page()?;
        let rows = operation.told(document::list(&operation.scope, &page).await)?;
        Ok(Connection::new(&page, rows, |row| (row.id, Document(row))))
    }
}
