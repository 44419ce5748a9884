//! From bodies to elements: parsed, routed to a widget, and put into the lane of their person.
//!
//! Invariant: every element of every body becomes exactly one row, in the transaction that marks the
//! body as parsed; one that names only an account becomes one for each number of it, or for each workspace that has one.
//! One bad element never takes its neighbours.

mod account;
mod route;

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};

use crate::clock::Time;
use crate::database::statement;
use crate::env::Env;
use crate::error::{Error, Result};
use crate::id::{ElementId, LedgerId};
use crate::lane::{self, LaneKey, Rest};
use crate::scope::everywhere;
use crate::telemetry;
use crate::tx::SystemTx;

use route::Router;

/// Bodies per transaction.
const BODIES: u64 = 50;
/// Rows per INSERT, far below SQLite's limit of bound values.
const ROWS: usize = 500;
/// Rounds before a holder lets others in.
const ROUNDS: usize = 20;

/// Works through the bodies of one Meta app.
///
/// # Errors
/// The database's; the lane comes back.
pub async fn drain(env: &Env, lane: &LaneKey, token: i64) -> Result<()> {
    let Some(lane::Held { token, .. }) = lane::hold(env, lane, token).await? else { return Ok(()) };
    let mut limit = BODIES;
    for _ in 0..ROUNDS {
        // Only the holder of the lane takes bodies in, so what it saw here stays as it is.
        let bodies = waiting(env, lane, limit).await?;
        let Some(oldest) = bodies.first() else { break };
        // A panic of the parser is a fault of one body, and must not take the lane with it.
        let parsed = AssertUnwindSafe(take_in(env, lane, token, &bodies)).catch_unwind().await;
        let fault = match parsed {
            Ok(Ok(())) => continue,
            Ok(Err(Error::Conflict)) => return Ok(()),
            Ok(Err(passing @ Error::Unavailable(_))) => return Err(passing),
            Ok(Err(fault)) => fault,
            Err(_) => Error::internal("the body made the parser panic"),
        };
        if bodies.len() > 1 {
            // One of them holds up the others: one by one now, to find out which.
            tracing::warn!(app = lane.key, error = %fault, source = ?std::error::Error::source(&fault),
                "a batch of webhook bodies could not be taken in; it is tried body by body");
            limit = 1;
            continue;
        }
        match set_aside(env, lane, token, oldest, &fault).await {
            Ok(()) => {}
            Err(Error::Conflict) => return Ok(()),
            Err(other) => return Err(other),
        }
    }
    lane::leave(env, lane, token, async |tx| {
        let waiting = statement(
            tx.db(),
            "SELECT 1 AS waiting FROM ledger WHERE app = $1 AND parsed_at IS NULL LIMIT 1",
            [lane.key.clone().into()],
        );
        Ok(if tx.db().query_one_raw(waiting).await?.is_some() { Rest::Now } else { Rest::Nothing })
    })
    .await
}

/// One transaction: these bodies become elements.
async fn take_in(env: &Env, lane: &LaneKey, token: i64, bodies: &[entity::ledger::Model]) -> Result<()> {
    let mut tx = SystemTx::begin(env).await?;
    tx.renew(lane.clone(), token);
    let mut router = Router::default();
    let mut rows = Vec::new();
    for body in bodies {
        rows.extend(read(&mut router, &tx, body).await?);
    }
    for row in &rows {
        telemetry::element(outcome_label(row));
        if let (None, Some(lane)) = (&row.outcome, &row.lane_key) {
            tx.wake(LaneKey::inbound(lane.clone()));
        }
    }
    for part in rows.chunks(ROWS) {
        let models = part.iter().cloned().map(IntoActiveModel::into_active_model);
        entity::inbound_element::Entity::insert_many(models).exec_without_returning(tx.db()).await?;
    }
    mark_parsed(&tx, bodies).await?;
    tx.commit().await
}

/// A body that cannot become elements becomes one that is quarantined, and those behind it go on.
async fn set_aside(
    env: &Env,
    lane: &LaneKey,
    token: i64,
    body: &entity::ledger::Model,
    fault: &Error,
) -> Result<()> {
    let mut tx = SystemTx::begin(env).await?;
    tx.renew(lane.clone(), token);
    tracing::error!(ledger = %LedgerId(body.id), error = %fault, source = ?std::error::Error::source(fault),
        "a webhook body could not be taken in and is quarantined");
    let row = quarantined(body, "FAILED".to_owned());
    entity::inbound_element::Entity::insert(row.into_active_model()).exec_without_returning(tx.db()).await?;
    mark_parsed(&tx, std::slice::from_ref(body)).await?;
    telemetry::element("quarantined");
    tx.commit().await
}

/// In the order of their arrival.
async fn waiting(env: &Env, lane: &LaneKey, limit: u64) -> Result<Vec<entity::ledger::Model>> {
    let query = everywhere::<entity::ledger::Entity>()
        .filter(entity::ledger::Column::App.eq(&lane.key))
        .filter(entity::ledger::Column::ParsedAt.is_null())
        .order_by_asc(entity::ledger::Column::ReceivedAt)
        .order_by_asc(entity::ledger::Column::Id)
        .limit(limit);
    Ok(query.all(env.database.writer()).await?)
}

async fn mark_parsed(tx: &SystemTx<'_>, bodies: &[entity::ledger::Model]) -> Result<()> {
    use entity::ledger::Column;
    entity::ledger::Entity::update_many()
        .col_expr(Column::ParsedAt, Expr::value(tx.env.clock.now()))
        .filter(Column::Id.is_in(bodies.iter().map(|body| body.id)))
        .exec(tx.db())
        .await?;
    Ok(())
}

fn outcome_label(row: &entity::inbound_element::Model) -> &'static str {
    match row.outcome.as_deref() {
        Some("QUARANTINED") => "quarantined",
        Some("IGNORED") => "ignored",
        Some("UNROUTABLE") => "unroutable",
        Some(_) => "other",
        None => "accepted",
    }
}

async fn read(
    router: &mut Router,
    tx: &SystemTx<'_>,
    body: &entity::ledger::Model,
) -> Result<Vec<entity::inbound_element::Model>> {
    let bytes = body.body.as_deref().unwrap_or_default();
    match whatsapp::parse(bytes) {
        Ok(elements) => {
            let mut rows = Vec::with_capacity(elements.len());
            let mut copies = Vec::new();
            for element in elements {
                let mut row = blank(body, i64::from(element.position));
                copies.extend(router.fill(tx, &mut row, &element).await?);
                rows.push(row);
            }
            // Behind all others, so that every row has a place of its own in the body.
            for (mut copy, place) in copies.into_iter().zip(rows.len()..) {
                copy.position = i64::try_from(place).map_err(Error::internal)?;
                rows.push(copy);
            }
            Ok(rows)
        }
        Err(error) => Ok(vec![quarantined(body, format!("MALFORMED: {error}"))]),
    }
}

/// A body that has no elements, as one.
fn quarantined(body: &entity::ledger::Model, reason: String) -> entity::inbound_element::Model {
    let mut row = blank(body, 0);
    row.outcome = Some("QUARANTINED".into());
    row.reason = Some(reason);
    row.settled_at = Some(body.received_at);
    row
}

fn blank(body: &entity::ledger::Model, position: i64) -> entity::inbound_element::Model {
    entity::inbound_element::Model {
        id: ElementId::new().0,
        ledger_id: body.id,
        position,
        app: body.app.clone(),
        workspace_id: None,
        widget_id: None,
        lane_key: None,
        field: "unknown".into(),
        kind: "unknown".into(),
        target_id: None,
        content: "null".into(),
        trace: body.trace.clone(),
        sent_at: body.received_at,
        arrived_at: body.received_at,
        outcome: None,
        reason: None,
        attempts: 0,
        first_tried_at: None,
        due_at: None,
        settled_at: None,
    }
}

/// Reads a quarantined element again from its body, as if it had just been parsed.
pub(crate) async fn again(tx: &mut SystemTx<'_>, old: entity::inbound_element::Model) -> Result<()> {
    let body = everywhere::<entity::ledger::Entity>()
        .filter(entity::ledger::Column::Id.eq(old.ledger_id))
        .one(tx.db())
        .await?
        .ok_or(Error::NotFound)?;
    // A body that was quarantined as a whole is one row; its other elements have none yet.
    let known: Vec<i64> = everywhere::<entity::inbound_element::Entity>()
        .filter(entity::inbound_element::Column::LedgerId.eq(old.ledger_id))
        .all(tx.db())
        .await?
        .iter()
        .map(|row| row.position)
        .collect();
    let fresh = read(&mut Router::default(), tx, &body).await?;
    if !fresh.iter().any(|row| row.position == old.position) {
        return Err(Error::NotFound);
    }
    for mut row in fresh {
        let is_the_old = row.position == old.position;
        if !is_the_old && known.contains(&row.position) {
            continue;
        }
        if let (None, Some(lane)) = (&row.outcome, &row.lane_key) {
            tx.wake(LaneKey::inbound(lane.clone()));
        }
        if is_the_old {
            row.id = old.id;
            row.into_active_model().reset_all().update(tx.db()).await?;
        } else {
            entity::inbound_element::Entity::insert(row.into_active_model())
                .exec_without_returning(tx.db())
                .await?;
        }
    }
    Ok(())
}

/// The clock time of an element: Meta's, never later than its arrival; its arrival if Meta gave none.
pub(crate) fn clock_time(given: Option<Time>, arrived_at: Time) -> Time {
    given.map_or(arrived_at, |given| given.min(arrived_at))
}
