//! The questions that nothing in the company's knowledge answered.

use sea_orm::{ColumnTrait, QueryFilter, QuerySelect, QueryTrait};

use super::{Period, Whose};
use crate::clock::Time;
use crate::error::Result;
use crate::page::{self, Order, Page};
use crate::scope::{Scope, within};
use crate::turn::State;

/// A page of the turns that ended with such a question in a period, the newest first: what [`super::Counts`] counts.
///
/// # Errors
/// The database's.
pub async fn unanswered(
    scope: &Scope,
    whose: Whose,
    period: Period,
    page: &Page<(Time, uuid::Uuid)>,
) -> Result<Vec<entity::turn::Model>> {
    use entity::turn::{Column, Entity};
    let widgets = within::<entity::widget::Entity>(scope.workspace()).all(scope.reader()).await?;
    let widgets = widgets.into_iter().filter(|widget| whose.has(widget)).map(|widget| widget.id);
    let conversations = within::<entity::conversation::Entity>(scope.workspace())
        .select_only()
        .column(entity::conversation::Column::Id)
        .filter(entity::conversation::Column::WidgetId.is_in(widgets));
    let ended = scope
        .find::<Entity>()
        .filter(Column::State.eq(State::HandedOver.as_str()))
        .filter(Column::Reason.eq("UNSURE"))
        .filter(Column::EndedAt.gte(period.from))
        .filter(Column::EndedAt.lt(period.until))
        .filter(Column::ConversationId.in_subquery(conversations.into_query()));
    let rows = page::by_time(ended, (Column::EndedAt, Column::Id), page, Order::Falling);
    Ok(page.in_order(rows.all(scope.reader()).await?))
}
