//! Tags.

mod mutation;

use async_graphql::{Context, ID, Object, Result};
use domain::id::TagId;
use domain::{row, tag};

use super::connection::{Connection, Paging};
use super::operation::operation;
use super::time::DateTime;
pub use mutation::TagMutation;

/// A tag.
pub struct Tag(row::Tag);

impl From<row::Tag> for Tag {
    fn from(row: row::Tag) -> Self {
        Self(row)
    }
}

/// A word that members sort conversations by.
#[Object]
impl Tag {
    /// Names this tag.
    pub(super) async fn id(&self) -> ID {
        TagId(self.0.id).into()
    }

    /// What it is called; no two differ only in the case of their letters.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }
}

/// Reads about tags.
#[derive(Default)]
pub struct TagQuery;

#[Object]
impl TagQuery {
    /// The workspace's tags, oldest first.
    async fn tags(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many from the beginning, 1 to 100; without first and last 50.")]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "At most so many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<Connection<Tag>> {
        let operation = operation(ctx);
        let page = Paging { first, after, last, before }.page()?;
        let rows = operation.told(tag::list(&operation.scope, &page).await)?;
        Ok(Connection::new(&page, rows, |row| (row.id, Tag(row))))
    }
}
