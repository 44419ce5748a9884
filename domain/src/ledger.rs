//! Webhook bodies as they arrived: signed, kept before the 200, and what became of their elements.
//!
//! Invariant: what was answered with 200 is in the database. Nothing is parsed on the way in.

mod desk;
pub mod quarantine;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use sha2::{Digest, Sha256};

use crate::clock::Time;
use crate::database::statement;
use crate::env::Env;
use crate::error::{Error, Result};
use crate::hint::Hint;
use crate::id::LedgerId;
use crate::telemetry;

pub(crate) use desk::Desk;
pub use quarantine::{Quarantined, list_everywhere, replay, replay_everywhere};

/// An element that failed by our fault is overtaken by those behind it after this long.
pub(crate) const OVERTAKEN_AFTER: chrono::TimeDelta = chrono::TimeDelta::seconds(5);

/// What became of a webhook body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intake {
    /// It is in the database: answer 200.
    Stored,
    /// No secret of the app fits its signature: answer 401. Nothing was stored.
    BadSignature,
    /// There is no such app: answer 404. The database was not asked.
    UnknownApp,
}

/// Meta's question whether this address is ours: the challenge to answer with, or None to refuse.
#[must_use]
pub fn handshake(
    env: &Env,
    mode: Option<&str>,
    token: Option<&str>,
    challenge: Option<&str>,
) -> Option<String> {
    whatsapp::handshake::verify(env.settings.meta_verify_token.as_deref()?, mode, token, challenge)
}

/// Checks the signature over the raw bytes and keeps the body.
///
/// # Errors
/// [`Error::Unavailable`] when the database does not take it in time: Meta sends it again.
pub async fn accept(
    env: &Env,
    app: &str,
    signature: Option<&[u8]>,
    body: &[u8],
    trace: &str,
) -> Result<Intake> {
    let Some(known) = env.settings.meta_apps.iter().find(|known| known.name == app) else {
        return Ok(Intake::UnknownApp);
    };
    if !whatsapp::signature::verify(known.secrets.iter().map(String::as_str), signature, body) {
        telemetry::webhook(app, "bad_signature");
        tracing::warn!(
            app,
            "a webhook's signature fits no secret of the app; Meta drops it after days of retries"
        );
        return Ok(Intake::BadSignature);
    }
    store(env, app, body, trace).await?;
    telemetry::webhook(app, "stored");
    env.hints.send(Hint::Ledger);
    Ok(Intake::Stored)
}

/// How long a body may wait for its commit.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(3);

async fn store(env: &Env, app: &str, body: &[u8], trace: &str) -> Result<()> {
    let row = entity::ledger::Model {
        id: LedgerId::new().0,
        app: app.to_owned(),
        body_hash: Sha256::digest(body).to_vec(),
        body: Some(body.to_vec()),
        deliveries: 1,
        trace: trace.to_owned(),
        received_at: env.clock.now(),
        parsed_at: None,
    };
    match tokio::time::timeout(PATIENCE, desk::store(env, row)).await {
        Ok(stored) => stored,
        Err(late) => Err(Error::Unavailable(Box::new(late))),
    }
}

/// Whether something of the app that arrived before `deadline` may still have to be applied: a body
/// that is not parsed, or an element without outcome that has not been overtaken.
pub(crate) async fn unsettled_before(
    db: &impl ConnectionTrait,
    app: &str,
    deadline: Time,
    now: Time,
) -> Result<bool> {
    let condition = UNSETTLED.replace("{app}", "$1").replace("{deadline}", "$2").replace("{overtaken}", "$3");
    let sql = format!("SELECT 1 AS waiting WHERE {condition}");
    let values = [app.into(), deadline.into(), (now - OVERTAKEN_AFTER).into()];
    Ok(db.query_one_raw(statement(db, &sql, values)).await?.is_some())
}

/// As a condition, for queries over many deadlines: `{app}` and `{deadline}` stand for what is compared,
/// `{overtaken}` for [`OVERTAKEN_AFTER`] ago.
pub(crate) const UNSETTLED: &str = "EXISTS (SELECT 1 FROM ledger l WHERE l.app = {app} AND l.parsed_at IS NULL AND l.received_at < {deadline}) \
    OR EXISTS (SELECT 1 FROM inbound_element e WHERE e.app = {app} AND e.outcome IS NULL AND e.lane_key IS NOT NULL \
    AND e.arrived_at < {deadline} AND (e.first_tried_at IS NULL OR e.first_tried_at > {overtaken}))";

/// The apps with bodies that wait to be parsed.
pub(crate) async fn waiting_apps(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    let sql = "SELECT DISTINCT app FROM ledger WHERE parsed_at IS NULL";
    let rows = db.query_all_raw(statement(db, sql, [])).await?;
    Ok(rows.iter().map(|row| row.try_get("", "app")).collect::<Result<_, _>>()?)
}

/// How many bodies wait to be parsed, and since when the oldest does.
///
/// # Errors
/// The database's.
pub async fn backlog(env: &Env) -> Result<(i64, Option<Time>)> {
    let db = env.database.reader();
    let sql = "SELECT COUNT(*) AS waiting, MIN(received_at) AS oldest FROM ledger WHERE parsed_at IS NULL";
    let row = db.query_one_raw(statement(db, sql, [])).await?.ok_or(Error::NotFound)?;
    Ok((row.try_get("", "waiting")?, row.try_get("", "oldest")?))
}

/// Deletes at most `limit` bodies older than the retention, with their elements, unless one is still
/// quarantined. Returns how many.
pub(crate) async fn prune(env: &Env, limit: u64) -> Result<usize> {
    let tx = env.database.begin().await?;
    let horizon = env.clock.now() - env.settings.ledger_retention;
    let old = "SELECT id FROM ledger WHERE received_at < $1 AND parsed_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM inbound_element e \
               WHERE e.ledger_id = ledger.id AND (e.outcome IS NULL OR e.outcome IN ('QUARANTINED', 'PARKED'))) \
               ORDER BY received_at LIMIT $2";
    let rows = tx.query_all_raw(statement(&tx, old, [horizon.into(), limit.into()])).await?;
    let ids: Vec<uuid::Uuid> = rows.iter().map(|row| row.try_get("", "id")).collect::<Result<_, _>>()?;
    if !ids.is_empty() {
        let elements = entity::inbound_element::Column::LedgerId.is_in(ids.clone());
        entity::inbound_element::Entity::delete_many().filter(elements).exec(&tx).await?;
        let bodies = entity::ledger::Column::Id.is_in(ids.clone());
        entity::ledger::Entity::delete_many().filter(bodies).exec(&tx).await?;
    }
    tx.commit().await?;
    Ok(ids.len())
}
