//! What arrived for a run: numbered rows, so that nothing is lost that arrives while the run is at work.

use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};

use crate::error::{Corrupt, Result};
use crate::id::{RunId, TurnId};
use crate::tx::Tx;
use crate::workflow::Stimulus;

/// Something that arrived.
pub(super) struct Arrived {
    pub number: i64,
    pub stimulus: Stimulus,
    /// The turn that gathered it.
    pub turn: Option<TurnId>,
}

/// Posts something to a run whose conversation is locked, and wakes it unless a turn drives it.
pub(crate) async fn post(
    tx: &mut Tx<'_>,
    mut run: entity::workflow_run::Model,
    stimulus: &Stimulus,
    turn: Option<TurnId>,
) -> Result<()> {
    let arrived_at = tx.now();
    run.posted += 1;
    // What a turn hands on it knows itself. A wait in the background only notices what somebody else is to answer.
    if let Stimulus::Message(written) = stimulus
        && turn.is_none()
        && !run.minds_customer
    {
        run.heard_through = run.heard_through.max(written.number);
    }
    tx.insert(entity::workflow_stimulus::Model {
        run_id: run.id,
        number: run.posted,
        workspace_id: run.workspace_id,
        stimulus: serde_json::to_string(stimulus).map_err(crate::Error::internal)?,
        turn_id: turn.map(|turn| turn.0),
        arrived_at,
    })
    .await?;
    tx.save(&run).await?;
    // A turn lets the run go on itself: were another worker faster, the turn would end before its answer.
    if turn.is_none() {
        super::wake(tx, RunId(run.id), format!("mail:{}", run.posted));
    }
    Ok(())
}

/// What arrived since the run last looked, in order.
pub(super) async fn since(tx: &Tx<'_>, run: &entity::workflow_run::Model) -> Result<Vec<Arrived>> {
    use entity::workflow_stimulus::{Column, Entity};
    if run.posted == run.taken {
        return Ok(Vec::new());
    }
    let rows = tx.find::<Entity>().filter(Column::RunId.eq(run.id)).filter(Column::Number.gt(run.taken));
    let rows = rows.order_by_asc(Column::Number).all(tx.db()).await?;
    let read = |row: entity::workflow_stimulus::Model| {
        let stimulus = serde_json::from_str(&row.stimulus).map_err(|error| Corrupt {
            table: "workflow_stimulus",
            id: format!("{} {}", row.run_id, row.number),
            what: error.to_string(),
        })?;
        Ok(Arrived { number: row.number, stimulus, turn: row.turn_id.map(TurnId) })
    };
    rows.into_iter().map(read).collect()
}
