//! Elements that name a message which is not stored yet: they wait, and are looked at again when it is stored. Since
//! the two may cross, the ticker looks too.

use chrono::TimeDelta;
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter};

use crate::database::statement;
use crate::env::Env;
use crate::error::Result;
use crate::id::ElementId;
use crate::lane::LaneKey;
use crate::scope::everywhere;
use crate::tx::{SystemTx, Tx};

/// 1 s, 10 s and 60 s after the arrival, then hourly.
pub(super) fn look_again_after(age: TimeDelta) -> TimeDelta {
    [1, 10, 60]
        .map(TimeDelta::seconds)
        .into_iter()
        .find(|at| age < *at)
        .map_or(TimeDelta::hours(1), |at| at - age)
}

/// A parked element is looked at again: its message may be here by now.
///
/// # Errors
/// The database's.
pub async fn reconsider(env: &Env, id: ElementId) -> Result<()> {
    use entity::inbound_element::Column;
    let mut tx = SystemTx::begin(env).await?;
    let query = everywhere::<entity::inbound_element::Entity>()
        .filter(Column::Id.eq(id.0))
        .filter(Column::Outcome.eq("PARKED"));
    if let Some(mut row) = crate::tx::locked(query).one(tx.db()).await?
        && row.due_at.is_some_and(|due| due <= env.clock.now())
    {
        row.outcome = None;
        row.reason = None;
        row.due_at = None;
        row.settled_at = None;
        if let Some(lane) = &row.lane_key {
            tx.wake(LaneKey::inbound(lane.clone()));
        }
        let active = sea_orm::ActiveModelTrait::reset_all(sea_orm::IntoActiveModel::into_active_model(row));
        sea_orm::ActiveModelTrait::update(active, tx.db()).await?;
    }
    tx.commit().await
}

/// What waited for the message with this id at Meta is looked at again: the message is stored now.
pub(crate) async fn release(tx: &mut Tx<'_>, widget: uuid::Uuid, provider_id: &str) -> Result<()> {
    let released = statement(
        tx.db(),
        "UPDATE inbound_element SET outcome = NULL, reason = NULL, due_at = NULL, settled_at = NULL WHERE widget_id = $1 \
         AND target_id = $2 AND outcome = 'PARKED' RETURNING lane_key",
        [widget.into(), provider_id.into()],
    );
    for row in tx.db().query_all_raw(released).await? {
        let lane: Option<String> = row.try_get("", "lane_key")?;
        if let Some(lane) = lane {
            tx.wake(LaneKey::inbound(lane));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parked_element_is_looked_at_after_1_10_and_60_seconds_and_then_hourly() {
        let mut age = TimeDelta::zero();
        let mut looks = Vec::new();
        for _ in 0..6 {
            age += look_again_after(age);
            looks.push(age.num_seconds());
        }
        assert_eq!(looks, [1, 10, 60, 3_660, 7_260, 10_860]);
        // A late look does not stand still.
        assert_eq!(look_again_after(TimeDelta::milliseconds(10_001)), TimeDelta::milliseconds(49_999));
    }
}
