//! Every timer of the rules, in one place: what is due is found by its indexed column and becomes a
//! job that runs now.
//!
//! The ticker is also the sweeper: losing every hint costs a second, never data. A job that found
//! nothing to do, because something else must come first, is found again at the next tick.

use std::time::Duration;

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::clock::{Time, machine_now};
use crate::database::statement;
use crate::delivery;
use crate::env::Env;
use crate::error::Result;
use crate::gate;
use crate::id::{
    ConversationId, DeliveryId, ElementId, MessageId, RunId, TicketId, TurnId, WidgetId, WorkflowId,
    WorkspaceId,
};
use crate::job::Job;
use crate::lane::{self, LaneKey};
use crate::ledger;
use crate::metrics;
use crate::training;
use crate::tx::SystemTx;

/// The longest sleep between two looks.
const LONGEST_SLEEP: Duration = Duration::from_secs(1);
/// How many of a kind are taken at once.
const BATCH: i64 = 500;
/// The machine-time stretch within which a found job counts as found.
const TICK_S: i64 = 5;
/// How often old rows are pruned.
const PRUNE_EVERY_S: i64 = 600;

/// Looks for what is due until it is dropped. One per node.
pub async fn tick(env: Env) {
    let mut wanted: Option<Time> = None;
    loop {
        if let Err(error) = look(&env).await {
            tracing::warn!(%error, source = ?std::error::Error::source(&error), "the ticker could not look; it looks again");
        }
        wanted = [wanted.filter(|at| *at > env.clock.now()), env.hints.take_next_look()]
            .into_iter()
            .flatten()
            .min();
        let sleep = match wanted {
            Some(at) => (at - env.clock.now()).to_std().unwrap_or_default().min(LONGEST_SLEEP),
            None => LONGEST_SLEEP,
        };
        tokio::select! {
            () = tokio::time::sleep(sleep.max(Duration::from_millis(2))) => {}
            () = env.hints.ledger() => {}
            () = env.hints.ticker() => {}
        }
    }
}

/// One look: wakes the lanes and enqueues the jobs of everything that is due.
///
/// # Errors
/// The database's.
pub async fn look(env: &Env) -> Result<()> {
    let now = env.clock.now();
    let db = env.database.reader();
    let tick = machine_now().timestamp() / TICK_S;
    let mut jobs = Vec::new();
    jobs.extend(sessions(db, now, tick).await?);
    jobs.extend(snoozes(db, now, tick).await?);
    jobs.extend(turns(db, now, tick).await?);
    jobs.extend(deliveries(db, now, tick).await?);
    jobs.extend(unreadable(db, now, tick).await?);
    jobs.extend(parked(db, now, tick).await?);
    jobs.extend(probes(db, now, tick).await?);
    jobs.extend(runs(db, now, tick).await?);
    jobs.extend(timetables(db, now, tick).await?);
    jobs.extend(lessons(db, now, tick).await?);
    let behind = metrics::behind(db, BATCH).await?;
    jobs.extend(behind.into_iter().map(|workspace| Job::RollUp { workspace, tick }));
    jobs.push(Job::Prune { tick: machine_now().timestamp() / PRUNE_EVERY_S });
    let apps = ledger::waiting_apps(db).await?;
    for gate in gate::due(db, now, BATCH).await? {
        // One that cannot be opened must not stop every other timer.
        if let Err(error) = gate::release(env, &gate).await {
            tracing::warn!(?gate, %error, "a gate could not be opened; it is tried again");
        }
    }
    let lanes = lane::overdue(db, now, BATCH).await?;
    if jobs.len() > 1 || !apps.is_empty() || !lanes.is_empty() || prune_is_new(tick) {
        enqueue(env, now, jobs, &apps, &lanes).await?;
    }
    Ok(())
}

/// Spares an idle node one write per second: the prune job is offered once per tick.
fn prune_is_new(tick: i64) -> bool {
    tick % (PRUNE_EVERY_S / TICK_S) == 0
}

async fn enqueue(env: &Env, now: Time, jobs: Vec<Job>, apps: &[String], lanes: &[LaneKey]) -> Result<()> {
    let mut tx = SystemTx::begin(env).await?;
    for lane in lanes {
        lane::revive(&mut tx, lane, now).await?;
    }
    for app in apps {
        tx.wake(LaneKey::intake(app));
    }
    for job in jobs {
        tx.enqueue(job);
    }
    tx.commit().await
}

/// Open sessions past their deadline, unless something that arrived before it is still to be applied: what
/// waits for that must not fill the batch.
async fn sessions(db: &impl ConnectionTrait, now: Time, tick: i64) -> Result<Vec<Job>> {
    let sql = format!(
        "SELECT s.workspace_id, s.conversation_id AS id FROM session s JOIN conversation c ON c.id = s.conversation_id \
         JOIN widget w ON w.id = c.widget_id WHERE s.closed_at IS NULL AND s.expires_at <= $1 \
         AND NOT ({}) ORDER BY s.expires_at LIMIT $3",
        ledger::UNSETTLED
            .replace("{app}", "w.meta_app")
            .replace("{deadline}", "s.expires_at")
            .replace("{overtaken}", "$2")
    );
    let values = [now.into(), (now - ledger::OVERTAKEN_AFTER).into(), BATCH.into()];
    pairs(db, &sql, values, |workspace, id| Job::Expire { workspace, conversation: ConversationId(id), tick })
        .await
}

async fn snoozes(db: &impl ConnectionTrait, now: Time, tick: i64) -> Result<Vec<Job>> {
    let sql = "SELECT workspace_id, id FROM conversation WHERE snoozed_until IS NOT NULL AND snoozed_until <= $1 LIMIT $2";
    pairs(db, sql, [now.into(), BATCH.into()], |workspace, id| Job::Unsnooze {
        workspace,
        conversation: ConversationId(id),
        tick,
    })
    .await
}

/// Gathered turns, and running ones whose worker is silent.
async fn turns(db: &impl ConnectionTrait, now: Time, tick: i64) -> Result<Vec<Job>> {
    let sql = "SELECT workspace_id, id, starts FROM turn WHERE ended_at IS NULL AND due_at <= $1 ORDER BY due_at LIMIT $2";
    let mut jobs = Vec::new();
    for row in db.query_all_raw(statement(db, sql, [now.into(), BATCH.into()])).await? {
        let (workspace, turn) =
            (WorkspaceId(row.try_get("", "workspace_id")?), TurnId(row.try_get("", "id")?));
        jobs.push(Job::Turn { workspace, turn, start: row.try_get("", "starts")?, tick });
    }
    Ok(jobs)
}

async fn deliveries(db: &impl ConnectionTrait, now: Time, tick: i64) -> Result<Vec<Job>> {
    let silent = "SELECT workspace_id, id FROM delivery WHERE state = 'UNKNOWN' AND unknown_at IS NOT NULL AND unknown_at <= $1 LIMIT $2";
    let since = now - delivery::SILENCE;
    let mut jobs = pairs(db, silent, [since.into(), BATCH.into()], |workspace, id| Job::Unknown {
        workspace,
        delivery: DeliveryId(id),
        tick,
    })
    .await?;
    let tired = "SELECT workspace_id, id FROM delivery WHERE state = 'QUEUED' AND give_up_at IS NOT NULL AND give_up_at <= $1 LIMIT $2";
    jobs.extend(
        pairs(db, tired, [now.into(), BATCH.into()], |workspace, id| Job::GiveUp {
            workspace,
            delivery: DeliveryId(id),
            tick,
        })
        .await?,
    );
    Ok(jobs)
}

/// Messages whose content has not come in time.
async fn unreadable(db: &impl ConnectionTrait, now: Time, tick: i64) -> Result<Vec<Job>> {
    let sql = "SELECT workspace_id, id FROM message WHERE unreadable_at IS NOT NULL AND unreadable_at <= $1 LIMIT $2";
    pairs(db, sql, [now.into(), BATCH.into()], |workspace, id| Job::Unreadable {
        workspace,
        message: MessageId(id),
        tick,
    })
    .await
}

async fn parked(db: &impl ConnectionTrait, now: Time, tick: i64) -> Result<Vec<Job>> {
    let sql =
        "SELECT id FROM inbound_element WHERE outcome = 'PARKED' AND due_at <= $1 ORDER BY due_at LIMIT $2";
    let rows = db.query_all_raw(statement(db, sql, [now.into(), BATCH.into()])).await?;
    rows.iter().map(|row| Ok(Job::Reconsider { element: ElementId(row.try_get("", "id")?), tick })).collect()
}

async fn probes(db: &impl ConnectionTrait, now: Time, tick: i64) -> Result<Vec<Job>> {
    let sql =
        "SELECT workspace_id, widget_id, probe_due_at FROM widget_health WHERE probe_due_at <= $1 LIMIT $2";
    let mut jobs = Vec::new();
    for row in db.query_all_raw(statement(db, sql, [now.into(), BATCH.into()])).await? {
        let workspace = WorkspaceId(row.try_get("", "workspace_id")?);
        let widget = WidgetId(row.try_get("", "widget_id")?);
        let due: Time = row.try_get("", "probe_due_at")?;
        jobs.push(Job::Probe { workspace, widget, due: due.timestamp_micros(), tick });
    }
    Ok(jobs)
}

/// Runs of workflows whose time has come, or whose call was lost with whoever made it.
async fn runs(db: &impl ConnectionTrait, now: Time, tick: i64) -> Result<Vec<Job>> {
    let sql = "SELECT workspace_id, id, revision FROM workflow_run WHERE due_at IS NOT NULL AND due_at <= $1 ORDER BY due_at LIMIT $2";
    let mut jobs = Vec::new();
    for row in db.query_all_raw(statement(db, sql, [now.into(), BATCH.into()])).await? {
        let (workspace, run) = (WorkspaceId(row.try_get("", "workspace_id")?), RunId(row.try_get("", "id")?));
        // One that went on since and is due again need not wait for the next tick.
        let revision: i64 = row.try_get("", "revision")?;
        jobs.push(Job::Workflow { workspace, run, cause: format!("due:{revision}:{tick}") });
    }
    Ok(jobs)
}

/// Workflows that a time of the week begins.
async fn timetables(db: &impl ConnectionTrait, now: Time, tick: i64) -> Result<Vec<Job>> {
    let sql = "SELECT workspace_id, workflow_id, due_at FROM workflow_trigger WHERE due_at IS NOT NULL AND due_at <= $1 LIMIT $2";
    let mut jobs = Vec::new();
    for row in db.query_all_raw(statement(db, sql, [now.into(), BATCH.into()])).await? {
        let (workspace, workflow) =
            (WorkspaceId(row.try_get("", "workspace_id")?), WorkflowId(row.try_get("", "workflow_id")?));
        let due: Time = row.try_get("", "due_at")?;
        jobs.push(Job::Timetable { workspace, workflow, due: due.timestamp_micros(), tick });
    }
    Ok(jobs)
}

/// Training tickets whose job was lost.
async fn lessons(db: &impl ConnectionTrait, now: Time, tick: i64) -> Result<Vec<Job>> {
    let sql =
        "SELECT workspace_id, id FROM training_ticket WHERE state = 'TRAINING' AND changed_at <= $1 LIMIT $2";
    let values = [(now - training::PATIENCE).into(), BATCH.into()];
    pairs(db, sql, values, |workspace, id| Job::Teach { workspace, ticket: TicketId(id), tick }).await
}

async fn pairs<F, const N: usize>(
    db: &impl ConnectionTrait,
    sql: &str,
    values: [sea_orm::Value; N],
    job: F,
) -> Result<Vec<Job>>
where
    F: Fn(WorkspaceId, Uuid) -> Job,
{
    let rows = db.query_all_raw(statement(db, sql, values)).await?;
    rows.iter()
        .map(|row| Ok(job(WorkspaceId(row.try_get("", "workspace_id")?), row.try_get("", "id")?)))
        .collect()
}
