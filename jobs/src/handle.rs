//! One worker is one `match`: which rule a job runs. Never what the rule says.

use chrono::DateTime;
use domain::id::{WorkflowId, WorkspaceId};
use domain::job::Job;
use domain::lane::{LaneKey, LaneKind};
use domain::message::{placeholder, receipt};
use domain::workflow::live;
use domain::{Env, Error, conversation, delivery, health, inbound, intake, metrics, prune, training, turn};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use crate::durable::{Failure, Handler};

/// Runs jobs against the rules.
#[derive(Clone)]
pub struct Rules(pub Env);

impl Handler for Rules {
    async fn handle(&self, payload: serde_json::Value, attempt: u32) -> Result<(), Failure> {
        let job: Job = serde_json::from_value(payload).map_err(|error| Failure::Undecodable(error.into()))?;
        tracing::debug!(key = job.key(), attempt, "a job starts");
        run(&self.0, job).await.map_err(|error| match error {
            // Its row is gone or never was: no attempt can succeed.
            Error::NotFound => Failure::Permanent(error.into()),
            other => Failure::Retry(other.into()),
        })
    }
}

type Done<'a> = BoxFuture<'a, domain::Result<()>>;

/// Each rule is a future of its own on the heap: together in one, they would take most of a worker's stack.
fn run(env: &Env, job: Job) -> Done<'_> {
    match job {
        Job::Drain { lane, token } => drain(env, lane, token),
        Job::Expire { workspace, conversation, .. } | Job::Unsnooze { workspace, conversation, .. } => {
            conversation::bring_up_to_date(env, workspace, conversation).boxed()
        }
        Job::Turn { workspace, turn, start, tick } => turn::run(env, workspace, turn, start, tick).boxed(),
        Job::Unknown { workspace, delivery, .. } => delivery::silence(env, workspace, delivery).boxed(),
        Job::GiveUp { workspace, delivery, .. } => delivery::give_up(env, workspace, delivery).boxed(),
        Job::Unreadable { workspace, message, .. } => placeholder::give_up(env, workspace, message).boxed(),
        Job::MarkRead { workspace, message, typing } => {
            receipt::send(env, workspace, message, typing).boxed()
        }
        Job::Probe { workspace, widget, .. } => health::probe(env, workspace, widget).boxed(),
        Job::Workflow { workspace, run, .. } => live::drive(env, workspace, run).boxed(),
        Job::WorkflowCall { workspace, run, .. } => live::drive_and_call(env, workspace, run).boxed(),
        Job::StopRuns { workspace, widget, epoch } => live::stop_older(env, workspace, widget, epoch).boxed(),
        Job::Timetable { workspace, workflow, due, .. } => begin_all(env, workspace, workflow, due),
        Job::BeginWorkflow { workspace, workflow, conversation, on, number, due, cause } => {
            let due = due.and_then(DateTime::from_timestamp_micros);
            let fired = live::Fired { workspace, workflow, conversation, on, number, due, cause };
            live::begin_for(env, fired).boxed()
        }
        Job::Reconsider { element, .. } => inbound::reconsider(env, element).boxed(),
        Job::Teach { workspace, ticket, .. } => training::teach(env, workspace, ticket).boxed(),
        Job::RollUp { workspace, .. } => metrics::roll_up(env, workspace).boxed(),
        Job::Prune { .. } => prune::run(env).boxed(),
    }
}

/// A time that no clock shows never comes.
fn begin_all(env: &Env, workspace: WorkspaceId, workflow: WorkflowId, due: i64) -> Done<'_> {
    async move {
        let due = DateTime::from_timestamp_micros(due).ok_or(Error::NotFound)?;
        live::begin_all(env, workspace, workflow, due).await
    }
    .boxed()
}

fn drain(env: &Env, lane: LaneKey, token: i64) -> Done<'_> {
    async move {
        match lane.kind {
            LaneKind::Intake => intake::drain(env, &lane, token).boxed().await,
            LaneKind::Inbound => inbound::drain(env, &lane, token).boxed().await,
            LaneKind::Delivery => delivery::drain(env, &lane, token).boxed().await,
        }
    }
    .boxed()
}
