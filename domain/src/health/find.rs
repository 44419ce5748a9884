//! Reading how numbers are doing, with what their webhooks and sends show.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter};

use super::State;
use crate::clock::Time;
use crate::database::statement;
use crate::env::Env;
use crate::error::Result;
use crate::gate::{self, Sending};
use crate::id::WidgetId;
use crate::scope::Scope;
use crate::widget;

/// The webhook fields that a number lives on, and that the Meta app should be subscribed to.
pub const FIELDS: [&str; 5] =
    ["messages", "smb_message_echoes", "account_update", "user_id_update", "smb_app_state_sync"];

/// How a number is doing.
#[derive(Debug, Clone)]
pub struct Health {
    /// What is stored about it.
    pub row: entity::widget_health::Model,
    /// How its sends stand.
    pub sending: Sending,
    /// When something came last, by webhook field; within the time that the ledger is kept.
    pub webhooks: Vec<(&'static str, Option<Time>)>,
}

/// How the numbers of these widgets are doing. Those that never had a number are left out.
///
/// # Errors
/// The database's.
pub async fn of(scope: &Scope, ids: &[WidgetId]) -> Result<HashMap<WidgetId, Health>> {
    use entity::widget_health::Column;
    let widgets = &widget::load(scope, ids).await?;
    let ids = widgets.iter().map(|widget| widget.id);
    let rows = scope
        .find::<entity::widget_health::Entity>()
        .filter(Column::WidgetId.is_in(ids))
        .all(scope.reader())
        .await?;
    let mut sending = gate::of(scope, widgets).await?;
    let mut webhooks = webhooks(scope, widgets).await?;
    let health = |row: entity::widget_health::Model| {
        let id = WidgetId(row.widget_id);
        let seen = webhooks.remove(&id).unwrap_or_default();
        let webhooks = FIELDS.map(|field| (field, seen.get(field).copied())).to_vec();
        (id, Health { sending: sending.remove(&id).unwrap_or_default(), webhooks, row })
    };
    Ok(rows.into_iter().map(health).collect())
}

/// One look into the index for each widget and field, in one statement.
async fn webhooks(
    scope: &Scope,
    widgets: &[entity::widget::Model],
) -> Result<HashMap<WidgetId, HashMap<&'static str, Time>>> {
    let mut found: HashMap<WidgetId, HashMap<&'static str, Time>> = HashMap::new();
    if widgets.is_empty() {
        return Ok(found);
    }
    let places = |from: usize, count: usize| {
        (from..from + count).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ")
    };
    let of_field = |field: &&str| {
        format!(
            "(SELECT MAX(e.arrived_at) FROM inbound_element e WHERE e.widget_id = w.id AND e.field = '{field}') AS {field}"
        )
    };
    let sql = format!(
        "SELECT w.id, {} FROM widget w WHERE w.workspace_id = $1 AND w.id IN ({})",
        FIELDS.iter().map(of_field).collect::<Vec<_>>().join(", "),
        places(2, widgets.len()),
    );
    let values = std::iter::once(scope.workspace().0).chain(widgets.iter().map(|widget| widget.id));
    let db = scope.reader();
    let statement = sea_orm::Statement::from_sql_and_values(
        db.get_database_backend(),
        sql,
        values.map(sea_orm::Value::from),
    );
    for row in db.query_all_raw(statement).await? {
        let id = WidgetId(row.try_get("", "id")?);
        for field in FIELDS {
            let at: Option<Time> = row.try_get("", field)?;
            if let Some(at) = at {
                found.entry(id).or_default().insert(field, at);
            }
        }
    }
    Ok(found)
}

/// How many numbers are in each state, those of archived widgets left out.
///
/// # Errors
/// The database's.
pub async fn census(env: &Env) -> Result<Vec<(State, i64)>> {
    let sql = "SELECT h.state, COUNT(*) AS numbers FROM widget_health h JOIN widget w ON w.id = h.widget_id \
               WHERE w.archived_at IS NULL GROUP BY h.state";
    let db = env.database.reader();
    let mut counts = HashMap::new();
    for row in db.query_all_raw(statement(db, sql, [])).await? {
        counts.insert(row.try_get::<String>("", "state")?, row.try_get("", "numbers")?);
    }
    // The empty ones too: a gauge that is not set again keeps what it showed last.
    Ok(State::ALL.map(|state| (state, counts.get(state.as_str()).copied().unwrap_or(0))).to_vec())
}
