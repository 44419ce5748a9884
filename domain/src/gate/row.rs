//! A gate as it is stored: why it is blocked and until when, what passed in the last second, and who waits.

use sea_orm::{ColumnTrait, ConnectionTrait, IntoActiveModel, QueryFilter};
use serde::{Deserialize, Serialize};

use super::{GateKey, pace};
use crate::clock::Time;
use crate::database::statement;
use crate::error::{Corrupt, Result};
use crate::scope::everywhere;
use crate::tx::locked;

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
    pub key: GateKey,
    pub row: entity::send_gate::Model,
    pub reason: Option<Reason>,
    pub sent: Vec<Time>,
}

impl Gate {
    pub(super) fn of(row: entity::send_gate::Model) -> Result<Self, Corrupt> {
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
    pub(super) fn is_blocked(&self, now: Time) -> bool {
        self.reason.is_some() && self.row.open_at.is_none_or(|at| at > now)
    }

    pub(super) fn clear(&mut self, now: Time) {
        self.reason = None;
        self.row.open_at = None;
        self.row.blocked_since = None;
        self.row.strikes = 0;
        self.row.release_at = Some(now);
    }

    pub(super) async fn save(&self, db: &impl ConnectionTrait) -> Result<()> {
        let mut row = self.row.clone();
        row.reason = self.reason.map(|reason| reason.as_str().to_owned());
        row.sent = pace::write(&self.sent);
        let active = sea_orm::ActiveModelTrait::reset_all(row.into_active_model());
        sea_orm::ActiveModelTrait::update(active, db).await?;
        Ok(())
    }
}

pub(super) fn corrupt(key: &str, what: String) -> Corrupt {
    Corrupt { table: "send_gate", id: key.to_owned(), what }
}

/// The row, ours alone; made when this is the first who comes by.
pub(super) async fn lock(db: &impl ConnectionTrait, key: &GateKey) -> Result<Gate> {
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

pub(super) async fn read(db: &impl ConnectionTrait, key: &GateKey) -> Result<Option<Gate>> {
    Ok(by_key(key).one(db).await?.map(Gate::of).transpose()?)
}

fn by_key(key: &GateKey) -> sea_orm::Select<entity::send_gate::Entity> {
    use entity::send_gate::Column;
    let (kind, name) = key.columns();
    everywhere::<entity::send_gate::Entity>().filter(Column::Kind.eq(kind)).filter(Column::Key.eq(name))
}
