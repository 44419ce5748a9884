//! The list of conversations.

use async_graphql::{Context, ID, Object, Result};
use domain::conversation::{self, Query};
use domain::id::{ConversationId, TagId, WidgetId};
use domain::page::Page;

use super::{Conversation, ConversationLabel, ConversationStatus};
use crate::graphql::connection::{Connection, Paging};
use crate::graphql::operation::operation;

/// Reads about conversations.
#[derive(Default)]
pub struct ConversationQuery;

#[Object]
impl ConversationQuery {
    /// The workspace's conversations, newest activity first.
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the field")]
    async fn conversations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those under this tab.")] label: Option<ConversationLabel>,
        #[graphql(desc = "Only those with one of these statuses; an empty list means any.")] status: Option<
            Vec<ConversationStatus>,
        >,
        #[graphql(desc = "Only those on this widget.")] widget_id: Option<ID>,
        #[graphql(desc = "Only those with this tag.")] tag_id: Option<ID>,
        #[graphql(desc = "Only pinned ones if true, only others if false.")] pinned: Option<bool>,
        #[graphql(desc = "At most so many from the beginning, 1 to 100; without first and last 50.")]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "At most so many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<Connection<Conversation>> {
        let operation = operation(ctx);
        let widget = match widget_id {
            Some(id) => {
                let id: WidgetId = operation.id(&id)?;
                operation.named(id).await?;
                Some(id)
            }
            None => None,
        };
        let tag = match tag_id {
            Some(id) => {
                let id: TagId = operation.id(&id)?;
                operation.named(id).await?;
                Some(id)
            }
            None => None,
        };
        let page: Page<(domain::Time, uuid::Uuid)> = Paging { first, after, last, before }.page()?;
        let key = |(at, id)| (at, ConversationId(id));
        let query = Query {
            label: label.map(Into::into),
            statuses: status.unwrap_or_default().into_iter().map(Into::into).collect(),
            widget,
            contact: None,
            tag,
            pinned,
            after: page.after.map(key),
            before: page.before.map(key),
            backwards: page.backwards,
            limit: page.limit,
        };
        let rows = operation.told(conversation::find(&operation.scope, &query).await)?;
        Ok(Connection::new(&page, rows, Conversation::with_key))
    }
}
