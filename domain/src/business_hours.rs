//! When a company is open: a week that repeats, and holidays, on its own clock.
//!
//! Invariant: hours are wall-clock hours. "09:00" is nine in the morning in the workspace's time zone, summer and
//! winter; a workspace that never set any is always open.

mod calendar;
mod command;
mod week;

use crate::clock::Time;
use crate::error::{Corrupt, Result};
use crate::scope::Scope;

pub use calendar::{Calendar, Change};
pub use chrono_tz::Tz;
pub use command::{Update, update};
pub use week::{Holiday, Hours, Stretch, WEEKDAYS};

/// The workspace's hours; None when it never set any.
///
/// # Errors
/// The database's.
pub async fn load(scope: &Scope) -> Result<Option<Hours>> {
    let row = scope.find::<entity::business_hours::Entity>().one(scope.reader()).await?;
    Ok(row.as_ref().map(read).transpose()?)
}

/// The workspace's hours on its clock, for questions about moments.
///
/// # Errors
/// The database's.
pub async fn calendar(scope: &Scope) -> Result<Calendar> {
    let workspace = crate::workspace::load(scope).await?;
    Ok(Calendar { zone: zone(&workspace)?, hours: load(scope).await? })
}

/// The workspace's time zone.
///
/// # Errors
/// [`Corrupt`] for a name that no rule writes.
pub fn zone(workspace: &entity::workspace::Model) -> Result<Tz, Corrupt> {
    workspace.time_zone.parse().map_err(|_| Corrupt {
        table: "workspace",
        id: workspace.id.to_string(),
        what: format!("time zone {}", workspace.time_zone),
    })
}

/// Whether the company is open at `at`, and when that changes next.
#[must_use]
pub fn at(calendar: &Calendar, at: Time) -> (bool, Option<Change>) {
    (calendar.is_open(at), calendar.next_change(at))
}

fn read(row: &entity::business_hours::Model) -> Result<Hours, Corrupt> {
    let corrupt =
        |what: &str| Corrupt { table: "business_hours", id: row.workspace_id.to_string(), what: what.into() };
    Ok(Hours {
        weekly: serde_json::from_str(&row.weekly).map_err(|_| corrupt("an unreadable week"))?,
        holidays: serde_json::from_str(&row.holidays).map_err(|_| corrupt("unreadable holidays"))?,
    })
}
