//! How a widget's number is doing at Meta: connected, or why not.
//!
//! It changes when a call fails in a telling way, when Meta says so, or when a probe shows it; each change is an
//! event. A number that is not connected lets no send start: its gate waits with everything behind it. Health never
//! publishes or unpublishes a widget.
//!
//! Invariant: the row is locked after the rows of a conversation and before gates.

mod account;
mod find;
mod probe;
mod subscription;

use chrono::TimeDelta;
use sea_orm::{ColumnTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use whatsapp::{ErrorClass, GraphError, PhoneNumber};

use crate::clock::Time;
use crate::error::{Corrupt, Result};
use crate::event::Event;
use crate::gate::{self, GateKey, Reason};
use crate::id::WidgetId;
use crate::tx::{Tx, locked};

pub(crate) use account::updated;
pub use find::{FIELDS, Health, of};
pub use probe::probe;
pub(crate) use probe::{judge, learn};

/// How often a number is probed.
const PROBE_EVERY: TimeDelta = TimeDelta::minutes(5);
/// How soon again after a probe that told nothing.
const PROBE_AGAIN: TimeDelta = TimeDelta::minutes(1);
/// How often the subscription to its webhooks is checked.
const SUBSCRIPTION_EVERY: TimeDelta = TimeDelta::hours(1);

/// How a number is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum State {
    /// As far as is known all is well.
    Connected,
    /// The phone changed or was set up anew; Meta usually reconnects it within minutes.
    Offboarded,
    /// The access token is no longer valid.
    NeedsReauth,
    /// The number is not registered, or not visible to the token.
    NeedsSetup,
    /// Meta has restricted the account. Only a person lifts it here.
    Restricted,
    /// The account was disconnected or deleted.
    Disconnected,
}

impl State {
    const ALL: [Self; 6] = [
        Self::Connected,
        Self::Offboarded,
        Self::NeedsReauth,
        Self::NeedsSetup,
        Self::Restricted,
        Self::Disconnected,
    ];

    /// As stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Connected => "CONNECTED",
            Self::Offboarded => "OFFBOARDED",
            Self::NeedsReauth => "NEEDS_REAUTH",
            Self::NeedsSetup => "NEEDS_SETUP",
            Self::Restricted => "RESTRICTED",
            Self::Disconnected => "DISCONNECTED",
        }
    }

    /// Reads a stored state.
    ///
    /// # Errors
    /// [`Corrupt`] for a text that no rule writes.
    pub fn read(row: &entity::widget_health::Model) -> Result<Self, Corrupt> {
        Self::ALL.into_iter().find(|state| state.as_str() == row.state).ok_or_else(|| Corrupt {
            table: "widget_health",
            id: row.widget_id.to_string(),
            what: format!("state {}", row.state),
        })
    }
}

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

/// The health of a number that is linked now and answered a moment ago.
fn fresh(widget: &entity::widget::Model, now: Time) -> entity::widget_health::Model {
    entity::widget_health::Model {
        widget_id: widget.id,
        workspace_id: widget.workspace_id,
        state: State::Connected.as_str().to_owned(),
        since: now,
        error_code: None,
        error_text: None,
        offboarded: false,
        revision: 0,
        probe_due_at: Some(now + PROBE_EVERY),
        probed_at: Some(now),
        on_business_app: None,
        quality: None,
        subscription_due_at: Some(now + SUBSCRIPTION_EVERY),
        subscription_checked_at: Some(now),
        subscribed: Some(true),
        token_expires_at: None,
    }
}

/// What Meta showed of a number while it was linked.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    pub number: PhoneNumber,
    pub token_expires_at: Option<Time>,
}

/// The number was linked, or its owner says that it is mended, and Meta agrees: whatever was wrong with it is over,
/// a restriction too.
pub(crate) async fn linked(tx: &mut Tx<'_>, widget: &entity::widget::Model, shown: &Shown) -> Result<()> {
    let now = tx.now();
    let mut row = match lock(tx, WidgetId(widget.id)).await? {
        Some(row) => row,
        None => {
            let row = fresh(widget, now);
            tx.insert(row.clone()).await?;
            row
        }
    };
    let known = fresh(widget, now);
    row.offboarded = false;
    row.probe_due_at = known.probe_due_at;
    row.probed_at = known.probed_at;
    row.subscription_due_at = known.subscription_due_at;
    row.subscription_checked_at = known.subscription_checked_at;
    row.subscribed = known.subscribed;
    row.token_expires_at = shown.token_expires_at;
    learn(tx, &mut row, &shown.number).await?;
    let (to, why) = judge(&shown.number).err().unwrap_or((State::Connected, Why::default()));
    change(tx, &mut row, to, why).await?;
    if to == State::Connected {
        // Whoever mends it wants it tried now, a pause or not.
        for gate in GateKey::before(widget) {
            gate::open(tx, &gate).await?;
        }
    }
    Ok(())
}

/// A call to Meta failed for a reason that concerns the whole number. Other classes are not for here.
pub(crate) async fn failed(
    tx: &mut Tx<'_>,
    widget: WidgetId,
    class: ErrorClass,
    error: &GraphError,
) -> Result<()> {
    let Some(mut row) = lock(tx, widget).await? else { return Ok(()) };
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
