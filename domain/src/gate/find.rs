//! Looking at gates: for a turn that should not promise an answer, and for people.

use std::collections::HashMap;

use chrono::TimeDelta;
use sea_orm::{ColumnTrait, Condition};
use sea_orm::{ConnectionTrait, QueryFilter};

use super::{Gate, GateKey, Kind, Reason};
use crate::clock::Time;
use crate::database::statement;
use crate::error::Result;
use crate::id::WidgetId;
use crate::scope::{Scope, everywhere};
use crate::tx::Tx;

/// Whether an error has kept a widget's sends for at least this long, and still does.
///
/// # Errors
/// The database's.
pub async fn blocked_for(tx: &mut Tx<'_>, widget: &entity::widget::Model, long: TimeDelta) -> Result<bool> {
    let since = tx.now() - long;
    for key in GateKey::before(widget) {
        let Some(gate) = super::read(tx.db(), &key).await? else { continue };
        // Where its time is over and nobody waits, the next answer is the one that tries.
        let keeps = gate.row.waiting || gate.is_blocked(since + long);
        if keeps && gate.row.blocked_since.is_some_and(|at| at <= since) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// How a widget's sends stand.
#[derive(Debug, Clone, Default)]
pub struct Sending {
    /// Why an error stops them now; None when none does.
    pub blocked_by: Option<Reason>,
    /// Since when.
    pub blocked_since: Option<Time>,
    /// When they are tried again; None when nothing stops them, or when that is not a question of time.
    pub opens_at: Option<Time>,
    /// Conversations in which a message waits to be sent.
    pub waiting: i64,
    /// Messages a second that the number may send and receive.
    pub per_second: i64,
}

/// How the sends of each of these widgets stand.
///
/// # Errors
/// The database's.
pub async fn of(scope: &Scope, widgets: &[entity::widget::Model]) -> Result<HashMap<WidgetId, Sending>> {
    use entity::send_gate::Column;
    let keys: Vec<(WidgetId, Vec<GateKey>)> =
        widgets.iter().map(|widget| (WidgetId(widget.id), GateKey::before(widget))).collect();
    let wanted = keys.iter().flat_map(|(_, keys)| keys).fold(Condition::any(), |any, key| {
        let (kind, name) = key.columns();
        any.add(Condition::all().add(Column::Kind.eq(kind)).add(Column::Key.eq(name)))
    });
    let rows = everywhere::<entity::send_gate::Entity>().filter(wanted).all(scope.reader()).await?;
    let mut gates = rows.into_iter().map(Gate::of).collect::<Result<Vec<_>, _>>()?;
    gates.sort_by(|a, b| a.key.cmp(&b.key));
    let waiting = waiting(scope).await?;
    let mut found = HashMap::new();
    for (widget, keys) in keys {
        let mut sending = Sending { per_second: super::pace::COEXISTING, ..Sending::default() };
        for gate in gates.iter().filter(|gate| keys.contains(&gate.key)) {
            if gate.key.kind == Kind::Number {
                sending.per_second = gate.row.per_second;
            }
            // The number's own trouble is told before that of its account.
            if gate.reason.is_some() {
                sending.blocked_by = gate.reason;
                sending.blocked_since = gate.row.blocked_since;
                sending.opens_at = gate.row.open_at;
            }
        }
        sending.waiting = waiting.get(&widget).copied().unwrap_or(0);
        found.insert(widget, sending);
    }
    Ok(found)
}

/// In how many conversations of each widget a message waits; only what waits is read.
async fn waiting(scope: &Scope) -> Result<HashMap<WidgetId, i64>> {
    let sql = "SELECT c.widget_id, COUNT(DISTINCT d.conversation_id) AS waiting FROM delivery d \
               JOIN conversation c ON c.id = d.conversation_id WHERE d.state = 'QUEUED' AND d.workspace_id = $1 GROUP BY c.widget_id";
    let values = [scope.workspace().0.into()];
    let mut found = HashMap::new();
    for row in scope.reader().query_all_raw(statement(scope.reader(), sql, values)).await? {
        found.insert(WidgetId(row.try_get("", "widget_id")?), row.try_get("", "waiting")?);
    }
    Ok(found)
}
