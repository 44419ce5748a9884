//! One person's webhook elements, one after the other: each in a transaction of its own that brings
//! the conversation up to date, applies the element and writes its outcome.
//!
//! An element that fails by our fault is tried again with back-off, overtaken after five seconds by
//! those behind it, and quarantined (FAILED) after ten tries.

mod account;
mod address_book;
mod change;
mod customer;
mod echo;
mod notice;
mod parked;
mod person;
mod status;

use std::panic::AssertUnwindSafe;

use chrono::TimeDelta;
use futures_util::FutureExt;
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QueryOrder, QuerySelect};
use whatsapp::{Body, Content};

use change::Change;
use parked::look_again_after;
pub use parked::reconsider;
pub(crate) use parked::release;

use crate::clock::Time;
use crate::contact::{self, Person};
use crate::conversation::{self, Judge, Thread};
use crate::env::Env;
use crate::error::{Error, Result};
use crate::id::{ElementId, WidgetId, WorkspaceId};
use crate::lane::{self, LaneKey, Rest};
use crate::ledger::OVERTAKEN_AFTER;
use crate::scope::everywhere;
use crate::tx::{SystemTx, Tx};
use crate::{telemetry, trace, widget};

/// The most a holder does before it lets others in.
const ITEMS: usize = 20;
/// Tries before an element is quarantined.
const TRIES: i64 = 10;
/// How long a status may wait for its message.
const PARKED_FOR: TimeDelta = TimeDelta::days(7);

/// What became of an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It changed something.
    Applied,
    /// It is known already, or means nothing.
    Ignored(&'static str),
    /// Its message is not stored yet, or the outcome of its sending not known: it waits for this name, if it is
    /// another one than that which it came with.
    Parked { waits_for: Option<String> },
}

/// Works through the lane of one person.
///
/// # Errors
/// The database's; the lane comes back.
pub async fn drain(env: &Env, lane: &LaneKey, token: i64) -> Result<()> {
    let Some(lane::Held { token, .. }) = lane::hold(env, lane, token).await? else { return Ok(()) };
    let began = std::time::Instant::now();
    for _ in 0..ITEMS {
        if began.elapsed() > std::time::Duration::from_secs(5) {
            break;
        }
        let Next::Element(element) = next(env.database.writer(), lane, env.clock.now()).await? else { break };
        // A panic must not take the lane with it: it is this element's failure.
        let apply = trace::within(&element.trace, apply(env, lane, token, &element));
        let applied = AssertUnwindSafe(apply).catch_unwind().await;
        match applied {
            Ok(Ok(())) => {}
            Ok(Err(Error::Conflict)) if lost(env, lane, token).await? => return Ok(()),
            Ok(Err(error)) => failed(env, lane, token, &element, &error).await?,
            Err(_) => {
                let panicked = Error::internal("the element made a rule panic");
                failed(env, lane, token, &element, &panicked).await?;
            }
        }
    }
    lane::leave(env, lane, token, async |tx| {
        let now = env.clock.now();
        Ok(match next(tx.db(), lane, now).await? {
            Next::Nothing => Rest::Nothing,
            Next::Element(_) => Rest::Now,
            Next::Later(at) => Rest::At(at),
        })
    })
    .await
}

enum Next {
    Nothing,
    Element(Box<entity::inbound_element::Model>),
    Later(Time),
}

/// In arrival order; within one webhook by clock time and place.
async fn next(db: &impl ConnectionTrait, lane: &LaneKey, now: Time) -> Result<Next> {
    use entity::inbound_element::Column;
    let waiting = everywhere::<entity::inbound_element::Entity>()
        .filter(Column::LaneKey.eq(&lane.key))
        .filter(Column::Outcome.is_null())
        .order_by_asc(Column::ArrivedAt)
        .order_by_asc(Column::LedgerId)
        .order_by_asc(Column::SentAt)
        .order_by_asc(Column::Position)
        .limit(100)
        .all(db)
        .await?;
    let mut soonest: Option<Time> = None;
    for element in waiting {
        let Some(due) = element.due_at.filter(|due| *due > now) else {
            return Ok(Next::Element(Box::new(element)));
        };
        let overtaken = element.first_tried_at.is_some_and(|first| first + OVERTAKEN_AFTER <= now);
        let look =
            if overtaken { due } else { due.min(element.first_tried_at.unwrap_or(now) + OVERTAKEN_AFTER) };
        soonest = Some(soonest.map_or(look, |soonest| soonest.min(look)));
        if !overtaken {
            break;
        }
    }
    Ok(soonest.map_or(Next::Nothing, Next::Later))
}

async fn lost(env: &Env, lane: &LaneKey, token: i64) -> Result<bool> {
    Ok(!lane::renew(env, env.database.writer(), lane, token).await?)
}

async fn apply(
    env: &Env,
    lane: &LaneKey,
    token: i64,
    element: &entity::inbound_element::Model,
) -> Result<()> {
    let workspace = WorkspaceId(element.workspace_id.ok_or(Error::NotFound)?);
    let mut tx = Tx::begin(env, workspace).await?;
    tx.renew(lane.clone(), token);
    let content: Content = serde_json::from_str(&element.content).map_err(Error::internal)?;
    let outcome = match &content {
        Content::Message(_) | Content::Echo(_) if let Some(change) = Change::of(&content) => {
            change::apply(&mut tx, element, &change).await?
        }
        Content::Message(message) if matches!(message.body, Body::System { .. }) => {
            notice::system(&mut tx, element, message).await?
        }
        Content::Message(message)
            if matches!(message.body, Body::RequestWelcome | Body::CallPermission { .. }) =>
        {
            person::message(&mut tx, element, message).await?
        }
        Content::Message(message) => customer::apply(&mut tx, element, message).await?,
        Content::Echo(echo) => echo::apply(&mut tx, element, echo).await?,
        Content::Status(status) => status::apply(&mut tx, element, status).await?,
        Content::UserIdUpdate { previous, current, wa_id, .. } => {
            let ids = (previous.as_deref(), current.as_deref());
            notice::user_id_update(&mut tx, element, ids, wa_id.as_deref()).await?
        }
        Content::StateSync { action, party, full_name, .. } => {
            let entry = (action.as_deref(), full_name.as_deref());
            address_book::apply(&mut tx, element, party, entry).await?
        }
        Content::Account(update) => account::update(&mut tx, element, update).await?,
        Content::News(news) => account::news(&mut tx, element, news)?,
        Content::Errors { errors } => account::errors(&mut tx, element, errors).await?,
        Content::Call(call) => person::call(&mut tx, element, call).await?,
        Content::Preference(preference) => person::preference(&mut tx, element, preference).await?,
        Content::History(_) | Content::Other => Outcome::Ignored("NOT_HANDLED"),
    };
    let mut row = element.clone();
    write(&mut tx, &mut row, &outcome);
    tx.save(&row).await?;
    tx.commit().await?;
    telemetry::element(match outcome {
        Outcome::Applied => "applied",
        Outcome::Ignored(_) => "ignored",
        Outcome::Parked { .. } => "parked",
    });
    Ok(())
}

fn write(tx: &mut Tx<'_>, row: &mut entity::inbound_element::Model, outcome: &Outcome) {
    let now = tx.env.clock.now();
    row.settled_at = Some(now);
    row.due_at = None;
    match outcome {
        Outcome::Applied => row.outcome = Some("APPLIED".into()),
        Outcome::Ignored(reason) => {
            row.outcome = Some("IGNORED".into());
            row.reason = Some((*reason).to_owned());
        }
        Outcome::Parked { .. } if now - row.arrived_at > PARKED_FOR => {
            row.outcome = Some("IGNORED".into());
            row.reason = Some("UNKNOWN_MESSAGE".into());
        }
        Outcome::Parked { waits_for } => {
            row.outcome = Some("PARKED".into());
            row.target_id = waits_for.clone().or(row.target_id.take());
            row.reason = Some("UNKNOWN_MESSAGE".into());
            let due = now + look_again_after(now - row.arrived_at);
            row.due_at = Some(due);
            tx.due(due);
        }
    }
}

async fn failed(
    env: &Env,
    lane: &LaneKey,
    token: i64,
    element: &entity::inbound_element::Model,
    error: &Error,
) -> Result<()> {
    let id = ElementId(element.id);
    let source = std::error::Error::source(error).map(ToString::to_string);
    tracing::warn!(element = %id, %error, source, attempt = element.attempts + 1, "an element could not be applied");
    let mut tx = SystemTx::begin(env).await?;
    // Whoever holds the lane now may have settled it: then this try does not count.
    tx.renew(lane.clone(), token);
    let mut row = element.clone();
    let now = env.clock.now();
    row.attempts += 1;
    row.first_tried_at.get_or_insert(now);
    if row.attempts >= TRIES {
        row.outcome = Some("QUARANTINED".into());
        row.reason = Some("FAILED".into());
        row.settled_at = Some(now);
        telemetry::element("quarantined");
    } else {
        let seconds = 1_i64 << (row.attempts - 1).clamp(0, 6);
        row.due_at =
            Some(now + TimeDelta::milliseconds(if row.attempts == 1 { 200 } else { seconds * 1000 }));
    }
    let due = row.due_at.unwrap_or(now);
    let active = sea_orm::ActiveModelTrait::reset_all(sea_orm::IntoActiveModel::into_active_model(row));
    sea_orm::ActiveModelTrait::update(active, tx.db()).await?;
    tx.due(due);
    match tx.commit().await {
        Err(Error::Conflict) => Ok(()),
        other => other,
    }
}

/// The widget of an element, shared, with its channel.
async fn widget_of(
    tx: &Tx<'_>,
    element: &entity::inbound_element::Model,
) -> Result<(entity::channel::Model, entity::widget::Model)> {
    let widget = element.widget_id.ok_or(Error::NotFound)?;
    widget::share(tx, WidgetId(widget)).await
}

/// The message with this id at Meta, if it is stored.
async fn stored(
    tx: &Tx<'_>,
    widget: uuid::Uuid,
    provider_id: &str,
) -> Result<Option<entity::message::Model>> {
    let query = tx
        .find::<entity::message::Entity>()
        .filter(entity::message::Column::WidgetId.eq(widget))
        .filter(entity::message::Column::ProviderId.eq(provider_id));
    Ok(query.one(tx.db()).await?)
}

/// The person's conversation on the element's widget: made if this is its first message, locked, and brought
/// up to date as of the element's arrival. None when another lane stored the message while we waited.
async fn enter(
    tx: &mut Tx<'_>,
    element: &entity::inbound_element::Model,
    widget: &entity::widget::Model,
    person: &Person<'_>,
    provider_id: &str,
) -> Result<Option<Thread>> {
    let portfolio = widget.portfolio_id.as_deref().unwrap_or_default();
    let contact = contact::find_or_create(tx, portfolio, person).await?;
    let id = conversation::find_or_create(tx, WidgetId(widget.id), contact).await?;
    let mut thread = conversation::lock(tx, id).await?;
    conversation::apply_due(tx, &mut thread, Judge::Arrival(element.arrived_at)).await?;
    Ok(stored(tx, widget.id, provider_id).await?.is_none().then_some(thread))
}
