//! What stops the sends of more than one conversation: a number that sends too fast or is not connected, an
//! account that calls too much.
//!
//! A gate is blocked by an error (with a reason, until a time or until somebody opens it), or merely full for a
//! moment (see [`pace`]). Lanes that find it so wait before it and are let through in the order in which they came,
//! as many as may pass: never a crowd that is turned away again. After an error one goes first, and only when Meta
//! took it the others follow.
//!
//! Invariant: gates are locked after the rows of a conversation and before lanes, in the order of their keys.

mod find;
pub mod pace;
mod pass;
mod wait;

use chrono::TimeDelta;
use sea_orm::{ColumnTrait, ConnectionTrait, IntoActiveModel, QueryFilter};
use serde::{Deserialize, Serialize};

use crate::clock::Time;
use crate::database::statement;
use crate::error::{Corrupt, Result};
use crate::id::WidgetId;
use crate::scope::everywhere;
use crate::tx::{Tx, locked};

pub use find::{Sending, blocked_for, of};
pub(crate) use pass::{Closed, Passage, pass, passed};
pub(crate) use wait::{due, pass_on, release, wait_before};

/// Whose sends a gate stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Every number of a WhatsApp Business Account.
    Account,
    /// One number.
    Number,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Account => "ACCOUNT",
            Self::Number => "NUMBER",
        }
    }
}

/// Which gate.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct GateKey {
    kind: Kind,
    key: String,
}

impl GateKey {
    /// Of a widget's number.
    #[must_use]
    pub fn number(widget: WidgetId) -> Self {
        Self { kind: Kind::Number, key: widget.to_string() }
    }

    /// Of an account, by Meta's id of it.
    #[must_use]
    pub fn account(waba_id: &str) -> Self {
        Self { kind: Kind::Account, key: waba_id.to_owned() }
    }

    /// The gates that a widget's sends pass, in lock order.
    pub(crate) fn before(widget: &entity::widget::Model) -> Vec<Self> {
        let account = widget.waba_id.as_deref().map(Self::account);
        account.into_iter().chain([Self::number(WidgetId(widget.id))]).collect()
    }

    /// As two columns of the lane that waits before it.
    pub(crate) fn columns(&self) -> (&'static str, &str) {
        (self.kind.as_str(), &self.key)
    }

    /// From the columns of a lane or of the gate's own row.
    pub(crate) fn read(kind: &str, key: &str) -> Result<Self, Corrupt> {
        let known = [Kind::Account, Kind::Number].into_iter().find(|known| known.as_str() == kind);
        let kind = known.ok_or_else(|| corrupt(key, format!("kind {kind}")))?;
        Ok(Self { kind, key: key.to_owned() })
    }
}

/// Why an error blocks a gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Reason {
    /// Meta wants a pause.
    Throttled,
    /// Meta cannot be reached.
    Unreachable,
    /// The number is not well: its health says why, and opens the gate again.
    Unhealthy,
}

impl Reason {
    const ALL: [Self; 3] = [Self::Throttled, Self::Unreachable, Self::Unhealthy];

    /// As stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Throttled => "THROTTLED",
            Self::Unreachable => "UNREACHABLE",
            Self::Unhealthy => "UNHEALTHY",
        }
    }
}

/// A gate as it stands.
#[derive(Debug, Clone)]
pub(crate) struct Gate {
    key: GateKey,
    row: entity::send_gate::Model,
    reason: Option<Reason>,
    sent: Vec<Time>,
}

/// The longest pause after a throttle or an unreachable Meta.
const LONGEST_PAUSE: i64 = 60;
/// The longest pause of an account, in minutes.
const LONGEST_ACCOUNT_PAUSE: i64 = 60;

/// An error stops everything behind the gate. Without `until` it is the caller who opens it again; an unhealthy
/// number stays so whatever else Meta answers meanwhile.
pub(crate) async fn block(tx: &mut Tx<'_>, key: &GateKey, reason: Reason, until: Option<Time>) -> Result<()> {
    let mut gate = lock(tx.db(), key).await?;
    if gate.reason == Some(Reason::Unhealthy) && reason != Reason::Unhealthy {
        return Ok(());
    }
    gate.reason = Some(reason);
    gate.row.open_at = until;
    gate.row.release_at = until;
    gate.row.strikes += 1;
    let now = tx.now();
    gate.row.blocked_since.get_or_insert(now);
    if let Some(until) = until {
        tx.due(until);
    }
    gate.save(tx.db()).await
}

/// A pause that grows with every refusal in a row, or as long as Meta asks for.
pub(crate) async fn back_off(
    tx: &mut Tx<'_>,
    key: &GateKey,
    reason: Reason,
    asked_for: Option<TimeDelta>,
) -> Result<()> {
    let strikes = read(tx.db(), key).await?.map_or(0, |gate| gate.row.strikes);
    let pause = asked_for.unwrap_or_else(|| match key.kind {
        Kind::Number => TimeDelta::seconds(pace::jitter(strikes + 1, LONGEST_PAUSE)),
        Kind::Account => TimeDelta::minutes(pace::doubling(strikes + 1, LONGEST_ACCOUNT_PAUSE)),
    });
    let until = tx.now() + pause;
    block(tx, key, reason, Some(until)).await
}

/// What blocked the gate is over: who waits may go.
pub(crate) async fn open(tx: &mut Tx<'_>, key: &GateKey) -> Result<()> {
    let mut gate = lock(tx.db(), key).await?;
    if gate.reason.is_none() {
        return Ok(());
    }
    let now = tx.now();
    gate.clear(now);
    tx.due(now);
    gate.save(tx.db()).await
}

/// How many messages a second the number may send and receive.
pub(crate) async fn set_pace(tx: &Tx<'_>, widget: WidgetId, per_second: i64) -> Result<()> {
    let mut gate = lock(tx.db(), &GateKey::number(widget)).await?;
    if gate.row.per_second == per_second {
        return Ok(());
    }
    gate.row.per_second = per_second;
    gate.save(tx.db()).await
}

impl Gate {
    fn of(row: entity::send_gate::Model) -> Result<Self, Corrupt> {
        let reason = match &row.reason {
            None => None,
            Some(text) => {
                let known = Reason::ALL.into_iter().find(|reason| reason.as_str() == text);
                Some(known.ok_or_else(|| corrupt(&row.key, format!("reason {text}")))?)
            }
        };
        let sent = pace::read(&row.sent).ok_or_else(|| corrupt(&row.key, "unreadable times".into()))?;
        Ok(Self { key: GateKey::read(&row.kind, &row.key)?, row, reason, sent })
    }

    /// Whether an error keeps everybody out at `now`.
    fn is_blocked(&self, now: Time) -> bool {
        self.reason.is_some() && self.row.open_at.is_none_or(|at| at > now)
    }

    fn clear(&mut self, now: Time) {
        self.reason = None;
        self.row.open_at = None;
        self.row.blocked_since = None;
        self.row.strikes = 0;
        self.row.release_at = Some(now);
    }

    async fn save(&self, db: &impl ConnectionTrait) -> Result<()> {
        let mut row = self.row.clone();
        row.reason = self.reason.map(|reason| reason.as_str().to_owned());
        row.sent = pace::write(&self.sent);
        let active = sea_orm::ActiveModelTrait::reset_all(row.into_active_model());
        sea_orm::ActiveModelTrait::update(active, db).await?;
        Ok(())
    }
}

fn corrupt(key: &str, what: String) -> Corrupt {
    Corrupt { table: "send_gate", id: key.to_owned(), what }
}

/// The row, ours alone; made when this is the first who comes by.
async fn lock(db: &impl ConnectionTrait, key: &GateKey) -> Result<Gate> {
    let (kind, name) = key.columns();
    let query = || locked(by_key(key));
    if let Some(row) = query().one(db).await? {
        return Ok(Gate::of(row)?);
    }
    let made = "INSERT INTO send_gate (kind, key) VALUES ($1, $2) ON CONFLICT (kind, key) DO NOTHING";
    db.execute_raw(statement(db, made, [kind.into(), name.into()])).await?;
    let row = query().one(db).await?.ok_or_else(|| crate::Error::internal("a gate that was made is gone"))?;
    Ok(Gate::of(row)?)
}

async fn read(db: &impl ConnectionTrait, key: &GateKey) -> Result<Option<Gate>> {
    Ok(by_key(key).one(db).await?.map(Gate::of).transpose()?)
}

fn by_key(key: &GateKey) -> sea_orm::Select<entity::send_gate::Entity> {
    use entity::send_gate::Column;
    let (kind, name) = key.columns();
    everywhere::<entity::send_gate::Entity>().filter(Column::Kind.eq(kind)).filter(Column::Key.eq(name))
}
