//! The sessions of a workspace, or of one widget, by when they were opened.
//!
//! A session's `opened_at` never changes, so pages by it neither repeat nor hide one.

use sea_orm::{ColumnTrait, QueryFilter, QuerySelect, QueryTrait, Select};
use uuid::Uuid;

use crate::clock::Time;
use crate::error::{Error, Result};
use crate::id::WidgetId;
use crate::page::{self, Order, Page};
use crate::scope::Scope;

/// Which sessions: those that were opened in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened {
    /// The period begins.
    pub from: Time,
    /// The period is over: what was opened at this moment does not belong to it.
    pub until: Time,
    /// Only those of this widget.
    pub widget: Option<WidgetId>,
}

/// A page of them, the newest first.
///
/// # Errors
/// Invalid on `until` for a period that is over before it begins; the database's.
pub async fn opened(
    scope: &Scope,
    which: &Opened,
    page: &Page<(Time, Uuid)>,
) -> Result<Vec<entity::session::Model>> {
    let rows = select(scope, which, page, Order::Falling)?.all(scope.reader()).await?;
    Ok(page.in_order(rows))
}

pub(super) fn select(
    scope: &Scope,
    which: &Opened,
    page: &Page<(Time, Uuid)>,
    order: Order,
) -> Result<Select<entity::session::Entity>> {
    use entity::conversation::Column as Conversation;
    use entity::session::Column;
    if which.until < which.from {
        return Err(Error::invalid("until", "it lies before `from`: let the period end after it begins"));
    }
    // A page's own bound is a pair, by which a database only filters. Its time alone is where the index is entered,
    // so the last page is as cheap as the first.
    let (lowest, highest) = match order {
        Order::Rising => (&page.after, &page.before),
        Order::Falling => (&page.before, &page.after),
    };
    let from = lowest.map_or(which.from, |(at, _)| at.max(which.from));
    let mut select = scope
        .find::<entity::session::Entity>()
        .filter(Column::OpenedAt.gte(from))
        .filter(Column::OpenedAt.lt(which.until));
    if let Some((at, _)) = highest {
        select = select.filter(Column::OpenedAt.lte(*at));
    }
    if let Some(widget) = which.widget {
        let on_it = scope.find::<entity::conversation::Entity>().filter(Conversation::WidgetId.eq(widget.0));
        let ids = on_it.select_only().column(Conversation::Id).into_query();
        select = select.filter(Column::ConversationId.in_subquery(ids));
    }
    Ok(page::by_time(select, (Column::OpenedAt, Column::Id), page, order))
}
