//! Reading conversations: by id, and as a list with the newest activity first.

use sea_orm::{ColumnTrait, QueryFilter, QuerySelect, QueryTrait, Select};

use super::facts::{Label, Status};
use crate::clock::Time;
use crate::error::Result;
use crate::id::{ContactId, ConversationId, TagId, WidgetId};
use crate::page::{self, Order, Page};
use crate::scope::Scope;

/// Which conversations, and which page of them.
#[derive(Debug, Clone)]
pub struct Query {
    /// Only those under this tab.
    pub label: Option<Label>,
    /// Only these statuses.
    pub statuses: Vec<Status>,
    /// Only of this widget.
    pub widget: Option<WidgetId>,
    /// Only of this contact.
    pub contact: Option<ContactId>,
    /// Only those with this tag.
    pub tag: Option<TagId>,
    /// Only pinned ones, or only others.
    pub pinned: Option<bool>,
    /// After this place in the order.
    pub after: Option<(Time, ConversationId)>,
    /// Before this place in the order.
    pub before: Option<(Time, ConversationId)>,
    /// From the end of the list instead of its beginning.
    pub backwards: bool,
    /// At most so many.
    pub limit: u64,
}

/// One page, in the list's order (newest activity first).
///
/// # Errors
/// The database's.
pub async fn find(scope: &Scope, query: &Query) -> Result<Vec<entity::conversation::Model>> {
    let mut rows = select(scope, query).all(scope.reader()).await?;
    if query.backwards {
        rows.reverse();
    }
    Ok(rows)
}

/// A page of the conversations of each of these contacts, newest activity first.
///
/// # Errors
/// The database's.
pub async fn of_contacts(
    scope: &Scope,
    contacts: &[ContactId],
    page: &Page<(Time, uuid::Uuid)>,
) -> Result<Vec<entity::conversation::Model>> {
    use entity::conversation::Column;
    let of = |id: &ContactId| {
        let all = scope.find::<entity::conversation::Entity>().filter(Column::ContactId.eq(id.0));
        page::by_time(all, (Column::LastActivityAt, Column::Id), page, Order::Falling)
    };
    let mut rows = page::each(scope, contacts.iter().map(of).collect()).await?;
    rows.sort_by_key(|row| std::cmp::Reverse((row.last_activity_at, row.id)));
    Ok(rows)
}

fn select(scope: &Scope, query: &Query) -> Select<entity::conversation::Entity> {
    use entity::conversation::Column;
    let mut select = scope.find::<entity::conversation::Entity>();
    if let Some(label) = query.label.filter(|label| *label != Label::All) {
        select = select.filter(Column::Status.is_in(label.statuses().iter().map(|status| status.as_str())));
    }
    if !query.statuses.is_empty() {
        select = select.filter(Column::Status.is_in(query.statuses.iter().map(|status| status.as_str())));
    }
    if let Some(widget) = query.widget {
        select = select.filter(Column::WidgetId.eq(widget.0));
    }
    if let Some(contact) = query.contact {
        select = select.filter(Column::ContactId.eq(contact.0));
    }
    if let Some(tag) = query.tag {
        use entity::conversation_tag::Column as Link;
        let tagged = scope.find::<entity::conversation_tag::Entity>().filter(Link::TagId.eq(tag.0));
        let ids = tagged.select_only().column(Link::ConversationId).into_query();
        select = select.filter(Column::Id.in_subquery(ids));
    }
    if let Some(pinned) = query.pinned {
        select = select.filter(Column::Pinned.eq(pinned));
    }
    let page = Page {
        after: query.after.map(|(at, id)| (at, id.0)),
        before: query.before.map(|(at, id)| (at, id.0)),
        backwards: query.backwards,
        limit: query.limit,
    };
    page::by_time(select, (Column::LastActivityAt, Column::Id), &page, Order::Falling)
}

/// Conversations by id, in no order; ids of other workspaces are left out.
///
/// # Errors
/// The database's.
pub async fn load(scope: &Scope, ids: &[ConversationId]) -> Result<Vec<entity::conversation::Model>> {
    let ids = ids.iter().map(|id| id.0);
    let query =
        scope.find::<entity::conversation::Entity>().filter(entity::conversation::Column::Id.is_in(ids));
    Ok(query.all(scope.reader()).await?)
}
