//! Times of the week that begin runs, in every conversation whose session is open.

use chrono::TimeDelta;
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter};

use crate::business_hours::{self, Tz};
use crate::clock::Time;
use crate::database::statement;
use crate::env::Env;
use crate::error::{Error, Result};
use crate::id::{ConversationId, WorkflowId, WorkspaceId};
use crate::job::Job;
use crate::scope::Scope;
use crate::tx::Tx;
use crate::workflow::trigger::Occasion;
use crate::workflow::{Definition, find};

/// A time that passed longer ago, because no server ran, is left out: nobody wants a good morning in the evening.
const MISSED: TimeDelta = TimeDelta::hours(1);
/// Conversations per transaction.
const BATCH: usize = 500;

/// When the workflow is due next.
pub(super) fn next(definition: &Definition, after: Time, zone: Tz) -> Option<Time> {
    let schedules = definition.triggers.iter().filter_map(|trigger| trigger.schedule.as_ref());
    schedules.filter_map(|schedule| schedule.next_after(after, zone)).min()
}

/// The company's clock, as the transaction sees it.
pub(super) async fn zone(tx: &Tx<'_>) -> Result<Tz> {
    let workspace = tx.find::<entity::workspace::Entity>().one(tx.db()).await?.ok_or(Error::NotFound)?;
    Ok(business_hours::zone(&workspace)?)
}

/// A workflow is due: begins a run in every conversation whose session is open, and notes when it is due next.
///
/// # Errors
/// The database's; the job layer tries again, and nothing begins twice.
pub async fn begin_all(env: &Env, workspace: WorkspaceId, workflow: WorkflowId, due: Time) -> Result<()> {
    let scope = Scope::of(env, workspace);
    let definition = find::published_alone(&scope, workflow).await?.map(|(_, _, definition)| definition);
    if definition.is_some() && env.clock.now() < due + MISSED {
        let mut last = uuid::Uuid::nil();
        loop {
            let some = open(&scope, last).await?;
            let Some((end, _)) = some.last() else { break };
            last = end.0;
            let mut tx = Tx::begin(env, workspace).await?;
            for (conversation, number) in some {
                tx.enqueue(Job::BeginWorkflow {
                    workspace,
                    workflow,
                    conversation,
                    on: Occasion::Schedule,
                    number,
                    due: Some(due.timestamp_micros()),
                    // A workflow runs once for one cause.
                    cause: format!("{}:{}:{conversation}", Occasion::Schedule.as_str(), due.timestamp()),
                });
            }
            tx.commit().await?;
        }
    }
    let mut tx = Tx::begin(env, workspace).await?;
    let (after, zone) = (due.max(tx.now() - MISSED), zone(&tx).await?);
    let due_at = definition.and_then(|definition| next(&definition, after, zone));
    // Published anew meanwhile, it is due at another time.
    let noted = statement(
        tx.db(),
        "UPDATE workflow_trigger SET due_at = $1 WHERE workflow_id = $2 AND kind = $3 AND due_at = $4",
        [due_at.into(), workflow.0.into(), Occasion::Schedule.as_str().into(), due.into()],
    );
    tx.db().execute_raw(noted).await?;
    if let Some(due) = due_at {
        tx.due(due);
    }
    tx.commit().await.map(drop)
}

/// The company's clock is another one: what is due by it comes at another time.
pub(crate) async fn reset(tx: &mut Tx<'_>, scope: &Scope, zone: Tz) -> Result<()> {
    use entity::workflow_trigger::{Column, Entity};
    let rows = tx.find::<Entity>().filter(Column::Kind.eq(Occasion::Schedule.as_str()));
    for row in rows.all(tx.db()).await? {
        let published = find::published_alone(scope, WorkflowId(row.workflow_id)).await?;
        let due_at = published.and_then(|(_, _, definition)| next(&definition, tx.now(), zone));
        note(tx, row, due_at).await?;
    }
    Ok(())
}

async fn note(tx: &mut Tx<'_>, row: entity::workflow_trigger::Model, due_at: Option<Time>) -> Result<()> {
    tx.save(&entity::workflow_trigger::Model { due_at, ..row }).await?;
    if let Some(due) = due_at {
        tx.due(due);
    }
    Ok(())
}

/// The next conversations with an open session, and the numbers of their last messages.
async fn open(scope: &Scope, after: uuid::Uuid) -> Result<Vec<(ConversationId, i64)>> {
    let sql = "SELECT id, last_number FROM conversation WHERE workspace_id = $1 AND session_id IS NOT NULL AND id > $2 \
               ORDER BY id LIMIT $3";
    let most = i64::try_from(BATCH).unwrap_or(i64::MAX);
    let values = [scope.workspace().0.into(), after.into(), most.into()];
    let rows = scope.reader().query_all_raw(statement(scope.reader(), sql, values)).await?;
    rows.iter()
        .map(|row| Ok((ConversationId(row.try_get("", "id")?), row.try_get("", "last_number")?)))
        .collect()
}
