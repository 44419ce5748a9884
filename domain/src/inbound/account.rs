//! What Meta tells about a number, its account or its templates: recorded, and its health follows.

use whatsapp::{AccountUpdate, GraphError, News};

use super::Outcome;
use crate::error::{Error, Result};
use crate::event::Event;
use crate::id::WidgetId;
use crate::tx::Tx;
use crate::{delivery, health};

/// The longest text of Meta's that an event carries, in characters.
const LONGEST: usize = 500;

pub(super) async fn update(
    tx: &mut Tx<'_>,
    element: &entity::inbound_element::Model,
    update: &AccountUpdate,
) -> Result<Outcome> {
    let widget = told(tx, element, update.event.as_deref(), update.detail())?;
    health::updated(tx, widget, update).await?;
    Ok(Outcome::Applied)
}

pub(super) fn news(
    tx: &mut Tx<'_>,
    element: &entity::inbound_element::Model,
    news: &News,
) -> Result<Outcome> {
    told(tx, element, news.event(), news.detail())?;
    Ok(Outcome::Applied)
}

/// Errors that belong to no message: they count like those of a call.
pub(super) async fn errors(
    tx: &mut Tx<'_>,
    element: &entity::inbound_element::Model,
    errors: &[GraphError],
) -> Result<Outcome> {
    let (_, widget) = super::widget_of(tx, element).await?;
    for error in errors {
        told(tx, element, Some(&error.code.to_string()), Some(whatsapp::explain(error)))?;
        delivery::beyond(tx, &widget, error, element.arrived_at).await?;
    }
    Ok(Outcome::Applied)
}

fn told(
    tx: &mut Tx<'_>,
    element: &entity::inbound_element::Model,
    event: Option<&str>,
    detail: Option<String>,
) -> Result<WidgetId> {
    let widget = WidgetId(element.widget_id.ok_or(Error::NotFound)?);
    let short = |text: &str| text.chars().take(LONGEST).collect::<String>();
    tx.announce(Event::WidgetNoticed {
        widget,
        field: element.field.clone(),
        event: event.map(short),
        detail: detail.as_deref().map(short),
    });
    Ok(widget)
}
