//! One worker is one `match`: which rule a job runs. Never what the rule says.

use domain::job::Job;
use domain::lane::LaneKind;
use domain::message::{placeholder, receipt};
use domain::workflow::live;
use domain::{Env, Error, conversation, delivery, health, inbound, intake, prune, turn};

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

async fn run(env: &Env, job: Job) -> domain::Result<()> {
    match job {
        Job::Drain { lane, token } => match lane.kind {
            LaneKind::Intake => intake::drain(env, &lane, token).await,
            LaneKind::Inbound => inbound::drain(env, &lane, token).await,
            LaneKind::Delivery => delivery::drain(env, &lane, token).await,
        },
        Job::Expire { workspace, conversation, .. } | Job::Unsnooze { workspace, conversation, .. } => {
            conversation::bring_up_to_date(env, workspace, conversation).await
        }
        Job::Turn { workspace, turn, start, tick } => turn::run(env, workspace, turn, start, tick).await,
        Job::Unknown { workspace, delivery, .. } => delivery::silence(env, workspace, delivery).await,
        Job::GiveUp { workspace, delivery, .. } => delivery::give_up(env, workspace, delivery).await,
        Job::Unreadable { workspace, message, .. } => placeholder::give_up(env, workspace, message).await,
        Job::MarkRead { workspace, message, typing } => receipt::send(env, workspace, message, typing).await,
        Job::Probe { workspace, widget, .. } => health::probe(env, workspace, widget).await,
        Job::Workflow { workspace, run, .. } => live::drive(env, workspace, run).await,
        Job::BeginWorkflow { workspace, workflow, conversation, on, number, cause } => {
            let fired = live::Fired { workspace, workflow, conversation, on, number, cause };
            live::begin_for(env, fired).await
        }
        Job::Reconsider { element, .. } => inbound::reconsider(env, element).await,
        Job::Prune { .. } => prune::run(env).await,
    }
}
