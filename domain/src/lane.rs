//! Lanes: things that must go one after the other, on however many nodes.
//!
//! IDLE (no work) -> READY (a job will come) -> HELD (somebody works, under a lease) -> IDLE, READY,
//! or PARKED (the next work is not yet due, or waits before a [gate](crate::gate)). Every change into
//! READY or HELD raises the token, and every item's transaction checks it: a holder that lost its lease
//! cannot write.

mod before_gate;
mod census;

use chrono::TimeDelta;
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};

use crate::clock::{Time, machine_now};
use crate::database::statement;
use crate::env::Env;
use crate::error::{Error, Result};
use crate::gate::GateKey;
use crate::id::ConversationId;
use crate::job::Job;
use crate::tx::{SystemTx, has_row_locks};

pub(crate) use before_gate::{Place, let_through, park_before, waiting_before};
pub use census::{census, oldest};

/// What kind of things go through a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LaneKind {
    /// The sends of one conversation.
    Delivery,
    /// The webhook elements of one person on one widget.
    Inbound,
    /// The webhook bodies of one Meta app.
    Intake,
}

impl LaneKind {
    /// All of them, in lock order.
    pub const ALL: [Self; 3] = [Self::Delivery, Self::Inbound, Self::Intake];

    /// As stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Delivery => "DELIVERY",
            Self::Inbound => "INBOUND",
            Self::Intake => "INTAKE",
        }
    }
}

/// Which lane. The order of keys is the order of locks.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LaneKey {
    /// What goes through it.
    pub kind: LaneKind,
    /// Whose it is.
    pub key: String,
}

impl LaneKey {
    /// The sends of a conversation.
    #[must_use]
    pub fn delivery(conversation: ConversationId) -> Self {
        Self { kind: LaneKind::Delivery, key: conversation.to_string() }
    }

    /// The elements of one person on one widget, or those of a widget that name nobody.
    #[must_use]
    pub fn inbound(key: String) -> Self {
        Self { kind: LaneKind::Inbound, key }
    }

    /// The bodies of a Meta app.
    #[must_use]
    pub fn intake(app: &str) -> Self {
        Self { kind: LaneKind::Intake, key: app.to_owned() }
    }
}

/// How long a READY lane may wait for its job before the ticker makes it ready again.
const PATIENCE: TimeDelta = TimeDelta::seconds(60);

/// Notes that a lane has work. Returns the job if nobody was on the way.
pub(crate) async fn wake(db: &impl ConnectionTrait, lane: &LaneKey) -> Result<Option<Job>> {
    let (kind, key) = (lane.kind.as_str(), lane.key.as_str());
    db.execute_raw(statement(
        db,
        "INSERT INTO lane (kind, key, state, token) VALUES ($1, $2, 'IDLE', 0) ON CONFLICT (kind, key) DO NOTHING",
        [kind.into(), key.into()],
    ))
    .await?;
    // The row is locked whatever its state: a holder that is just leaving looks for work after us.
    match lock(db, lane).await? {
        Some((state, token)) if state == "IDLE" => Ok(Some(make_ready(db, lane, token).await?)),
        // What it waits for may not concern the new work: an element that is overtaken, a send that was cancelled.
        // Only before a gate everything waits, and in its place.
        Some((state, token)) if state == "PARKED" && !waits_before_gate(db, lane).await? => {
            Ok(Some(make_ready(db, lane, token).await?))
        }
        _ => Ok(None),
    }
}

async fn waits_before_gate(db: &impl ConnectionTrait, lane: &LaneKey) -> Result<bool> {
    let sql = "SELECT 1 AS waits FROM lane WHERE kind = $1 AND key = $2 AND gate_kind IS NOT NULL";
    let row = statement(db, sql, [lane.kind.as_str().into(), lane.key.clone().into()]);
    Ok(db.query_one_raw(row).await?.is_some())
}

/// A lane that is ours.
#[derive(Debug, Clone)]
pub struct Held {
    /// What every item's transaction checks.
    pub token: i64,
    /// The gate that let it through after waiting.
    pub(crate) waited: Option<GateKey>,
}

/// Takes a READY lane, or a HELD one whose lease has run out.
///
/// # Errors
/// The database's.
pub async fn hold(env: &Env, lane: &LaneKey, token: i64) -> Result<Option<Held>> {
    let db = env.database.writer();
    let now = machine_now();
    let taken = statement(
        db,
        "UPDATE lane SET state = 'HELD', token = token + 1, lease_until = $1, due_at = NULL WHERE kind = $2 AND key = $3 \
         AND ((state = 'READY' AND token = $4) OR (state = 'HELD' AND lease_until < $5)) RETURNING token, gate_kind, gate_key",
        [
            (now + env.settings.lease).into(),
            lane.kind.as_str().into(),
            lane.key.clone().into(),
            token.into(),
            now.into(),
        ],
    );
    let Some(row) = db.query_one_raw(taken).await? else { return Ok(None) };
    let gate: (Option<String>, Option<String>) =
        (row.try_get("", "gate_kind")?, row.try_get("", "gate_key")?);
    let waited = match gate {
        (Some(kind), Some(key)) => Some(GateKey::read(&kind, &key)?),
        _ => None,
    };
    Ok(Some(Held { token: row.try_get("", "token")?, waited }))
}

/// Renews the lease inside an item's transaction; false when the lane was lost.
pub(crate) async fn renew(env: &Env, db: &impl ConnectionTrait, lane: &LaneKey, token: i64) -> Result<bool> {
    let until = machine_now() + env.settings.lease;
    let renewed = statement(
        db,
        "UPDATE lane SET lease_until = $1 WHERE kind = $2 AND key = $3 AND state = 'HELD' AND token = $4",
        [until.into(), lane.kind.as_str().into(), lane.key.clone().into(), token.into()],
    );
    Ok(db.execute_raw(renewed).await?.rows_affected() == 1)
}

/// What a lane still has to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// Nothing.
    Nothing,
    /// Something that can be done now.
    Now,
    /// Something that is not due before this rule time.
    At(Time),
}

/// Leaves a held lane. The row is locked first and then `rest` looks, so no work is left behind.
///
/// # Errors
/// The database's, and those of `rest`.
pub async fn leave<F>(env: &Env, lane: &LaneKey, token: i64, rest: F) -> Result<()>
where
    F: AsyncFnOnce(&SystemTx<'_>) -> Result<Rest>,
{
    let mut tx = SystemTx::begin(env).await?;
    match lock(tx.db(), lane).await? {
        Some((state, held)) if state == "HELD" && held == token => {}
        // Lost: whoever has it now looks for the rest.
        _ => return Ok(()),
    }
    match rest(&tx).await? {
        Rest::Now => {
            let job = make_ready(tx.db(), lane, token).await?;
            tx.enqueue(job);
        }
        Rest::At(due) => {
            set(tx.db(), lane, "PARKED", Some(due)).await?;
            tx.due(due);
        }
        Rest::Nothing => set(tx.db(), lane, "IDLE", None).await?,
    }
    tx.commit().await
}

/// Lanes that wait for the ticker: PARKED past `due_at`, HELD past the lease, READY for a minute.
pub(crate) async fn overdue(db: &impl ConnectionTrait, now: Time, limit: i64) -> Result<Vec<LaneKey>> {
    let found = statement(
        db,
        "SELECT kind, key FROM lane WHERE (state = 'PARKED' AND due_at <= $1) \
         OR (state IN ('HELD', 'READY') AND lease_until < $2) ORDER BY kind, key LIMIT $3",
        [now.into(), machine_now().into(), limit.into()],
    );
    let mut lanes = Vec::new();
    for row in db.query_all_raw(found).await? {
        let stored: String = row.try_get("", "kind")?;
        let kind = LaneKind::ALL.into_iter().find(|kind| kind.as_str() == stored);
        lanes.extend(kind.map(|kind| row.try_get("", "key").map(|key| LaneKey { kind, key })).transpose()?);
    }
    Ok(lanes)
}

/// Makes a lane that waits for the ticker ready again, if it still waits.
pub(crate) async fn revive(tx: &mut SystemTx<'_>, lane: &LaneKey, now: Time) -> Result<()> {
    let Some((state, token)) = lock(tx.db(), lane).await? else { return Ok(()) };
    let row = statement(
        tx.db(),
        "SELECT 1 AS due FROM lane WHERE kind = $1 AND key = $2 AND ((state = 'PARKED' AND due_at <= $3) \
         OR (state IN ('HELD', 'READY') AND lease_until < $4))",
        [lane.kind.as_str().into(), lane.key.clone().into(), now.into(), machine_now().into()],
    );
    if state != "IDLE" && tx.db().query_one_raw(row).await?.is_some() {
        let job = make_ready(tx.db(), lane, token).await?;
        tx.enqueue(job);
    }
    Ok(())
}

/// Makes a PARKED lane ready before its time: what it waited for is settled.
pub(crate) async fn hurry(db: &impl ConnectionTrait, lane: &LaneKey) -> Result<Option<Job>> {
    match lock(db, lane).await? {
        Some((state, token)) if state == "PARKED" => Ok(Some(make_ready(db, lane, token).await?)),
        _ => Ok(None),
    }
}

async fn make_ready(db: &impl ConnectionTrait, lane: &LaneKey, token: i64) -> Result<Job> {
    db.execute_raw(statement(
        db,
        "UPDATE lane SET state = 'READY', token = $1, lease_until = $2, due_at = NULL WHERE kind = $3 AND key = $4",
        [(token + 1).into(), (machine_now() + PATIENCE).into(), lane.kind.as_str().into(), lane.key.clone().into()],
    ))
    .await?;
    Ok(Job::Drain { lane: lane.clone(), token: token + 1 })
}

async fn set(db: &impl ConnectionTrait, lane: &LaneKey, state: &str, due: Option<Time>) -> Result<()> {
    db.execute_raw(statement(
        db,
        "UPDATE lane SET state = $1, due_at = $2, lease_until = NULL, gate_kind = NULL, gate_key = NULL, gated_at = NULL \
         WHERE kind = $3 AND key = $4",
        [state.into(), due.into(), lane.kind.as_str().into(), lane.key.clone().into()],
    ))
    .await?;
    Ok(())
}

async fn lock(db: &impl ConnectionTrait, lane: &LaneKey) -> Result<Option<(String, i64)>> {
    let sql = match has_row_locks(db) {
        true => "SELECT state, token FROM lane WHERE kind = $1 AND key = $2 FOR UPDATE",
        false => "SELECT state, token FROM lane WHERE kind = $1 AND key = $2",
    };
    let row =
        db.query_one_raw(statement(db, sql, [lane.kind.as_str().into(), lane.key.clone().into()])).await?;
    row.map(|row| Ok((row.try_get("", "state")?, row.try_get("", "token")?)))
        .transpose()
        .map_err(|e: sea_orm::DbErr| Error::from(e))
}
