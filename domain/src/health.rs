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

use crate::clock::Time;
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

    fn kept(row: &entity::widget_health::Model) -> Self {
        Self { code: row.error_code, text: row.error_text.clone() }
    }

    fn stands() -> Self {
        let text = "Meta reported it before the last trouble and has not taken it back; mend it there, then reconnect";
        Self { code: None, text: Some(text.into()) }
    }
}

/// A call to Meta that began then failed for a reason that concerns the whole number. Other classes are not for here.
pub(crate) async fn failed(
    tx: &mut Tx<'_>,
    widget: &entity::widget::Model,
    class: ErrorClass,
    error: &GraphError,
    began: Time,
) -> Result<()> {
    let mut row = lock_or_make(tx, widget).await?;
    if row.mended_at.is_some_and(|at| began < at) {
        // It was mended meanwhile: whether that helped is for Meta to say.
        let now = tx.now();
        row.probe_due_at = Some(now);
        tx.due(now);
        return Ok(tx.save(&row).await?);
    }
    refused(tx, &mut row, class, error).await
}

/// Meta refuses the number as such.
async fn refused(
    tx: &mut Tx<'_>,
    row: &mut entity::widget_health::Model,
    class: ErrorClass,
    error: &GraphError,
) -> Result<()> {
    let seen = match class {
        ErrorClass::Reauthorize => State::NeedsReauth,
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
    change(tx, row, seen, Why::error(error)).await
}

/// What Meta said before and no answer of its API takes back stands over what is seen now.
fn standing(row: &entity::widget_health::Model, seen: State) -> State {
    match seen {
        _ if row.disconnected => State::Disconnected,
        State::Connected if row.restricted => State::Restricted,
        // What Meta took off the Cloud API and has not brought back yet.
        State::NeedsSetup if row.offboarded => State::Offboarded,
        other => other,
    }
}

/// Writes the row after something was seen, and what a new state means: the event, and the gate that closes or opens.
async fn change(
    tx: &mut Tx<'_>,
    row: &mut entity::widget_health::Model,
    seen: State,
    why: Why,
) -> Result<()> {
    let (from, widget) = (State::read(row)?, WidgetId(row.widget_id));
    match seen {
        State::Restricted => row.restricted = true,
        State::Disconnected => row.disconnected = true,
        State::Offboarded => row.offboarded = true,
        State::Connected => row.offboarded = false,
        State::NeedsReauth | State::NeedsSetup => {}
    }
    let to = standing(row, seen);
    row.revision += 1;
    let why = match to {
        _ if to == seen => why,
        State::Offboarded => why,
        // What stands keeps its reason.
        _ if to == from => Why::kept(row),
        _ => Why::stands(),
    };
    row.error_code = why.code;
    row.error_text = why.text;
    if from != to {
        to.as_str().clone_into(&mut row.state);
        row.since = tx.now();
        if to == State::Connected {
            row.mended_at = Some(row.since);
        }
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
