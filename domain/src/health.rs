//! How a widget's number is doing at Meta: connected, or why not.
//!
//! It changes when a call fails in a telling way, when Meta says so, or when a probe shows it; each change is an
//! event. A number that is not connected lets no send start: its gate waits with everything behind it. Health never
//! publishes or unpublishes a widget.
//!
//! Invariant: the row is locked after the rows of a conversation and before gates.

mod account;
mod find;
mod linked;
mod probe;
mod state;
mod subscription;

use chrono::TimeDelta;
use sea_orm::{ColumnTrait, QueryFilter};
use whatsapp::{ErrorClass, GraphError};

use crate::error::Result;
use crate::event::Event;
use crate::gate::{self, GateKey, Reason};
use crate::id::WidgetId;
use crate::tx::{Tx, locked};

pub(crate) use account::updated;
pub use find::{FIELDS, Health, census, of};
use linked::lock_or_make;
pub(crate) use linked::{Shown, linked};
pub use probe::probe;
pub(crate) use probe::{judge, learn};
pub use state::State;

/// How often a number is probed.
const PROBE_EVERY: TimeDelta = TimeDelta::minutes(5);
/// How soon again after a probe that told nothing.
const PROBE_AGAIN: TimeDelta = TimeDelta::minutes(1);
/// How often the subscription to its webhooks is checked.
const SUBSCRIPTION_EVERY: TimeDelta = TimeDelta::hours(1);

/// Why a number is not connected.
#[derive(Debug, Clone, Default)]
pub(crate) struct Why {
    /// Meta's code, if an error told it.
    pub code: Option<i64>,
    /// For people.
    pub text: Option<String>,
}

impl Why {
    fn error(error: &GraphError) -> Self {
        Self { code: Some(error.code), text: Some(whatsapp::explain(error)) }
    }
}

/// A call to Meta failed for a reason that concerns the whole number. Other classes are not for here.
pub(crate) async fn failed(
    tx: &mut Tx<'_>,
    widget: &entity::widget::Model,
    class: ErrorClass,
    error: &GraphError,
) -> Result<()> {
    let mut row = lock_or_make(tx, widget).await?;
    let to = match class {
        ErrorClass::Reauthorize => State::NeedsReauth,
        // What Meta took off the Cloud API and has not brought back yet.
        ErrorClass::Registration if row.offboarded => State::Offboarded,
        ErrorClass::Registration => State::NeedsSetup,
        ErrorClass::Integrity => State::Restricted,
        ErrorClass::ThrottleNumber
        | ErrorClass::ThrottlePair
        | ErrorClass::ThrottleAccount
        | ErrorClass::Transient
        | ErrorClass::Window
        | ErrorClass::Recipient
        | ErrorClass::Payload
        | ErrorClass::UnknownPermanent => return Ok(()),
    };
    // The call was as good as a probe.
    let now = tx.now();
    row.probe_due_at = Some(now + PROBE_EVERY);
    change(tx, &mut row, to, Why::error(error)).await
}

/// Writes the row, and what a new state means: the event, and the gate that closes or opens.
pub(crate) async fn change(
    tx: &mut Tx<'_>,
    row: &mut entity::widget_health::Model,
    to: State,
    why: Why,
) -> Result<()> {
    let (from, widget) = (State::read(row)?, WidgetId(row.widget_id));
    row.revision += 1;
    row.error_code = why.code;
    row.error_text = why.text;
    if from != to {
        to.as_str().clone_into(&mut row.state);
        row.since = tx.now();
        tracing::warn!(%widget, from = from.as_str(), to = to.as_str(), code = row.error_code,
            "a number is doing otherwise at Meta");
        tx.announce(Event::WidgetHealthChanged { widget, from, to, subscribed: row.subscribed });
    }
    tx.save(row).await?;
    if let Some(at) = row.probe_due_at {
        tx.due(at);
    }
    let gate = GateKey::number(widget);
    match to {
        State::Connected if from != State::Connected => gate::open(tx, &gate).await,
        State::Connected => Ok(()),
        _ => gate::block(tx, &gate, Reason::Unhealthy, None).await,
    }
}

/// The row, ours alone. None for a widget that never had a number.
pub(crate) async fn lock(tx: &Tx<'_>, widget: WidgetId) -> Result<Option<entity::widget_health::Model>> {
    let query = tx
        .find::<entity::widget_health::Entity>()
        .filter(entity::widget_health::Column::WidgetId.eq(widget.0));
    Ok(locked(query).one(tx.db()).await?)
}
