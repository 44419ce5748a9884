//! What happens to a job once it is fetched: it runs, and its row says how it ended.
//!
//! apalis would retry a failed job at once, keep one with `RetryAfterError` for ever, and end the worker after
//! a panic. So nothing that a handler does gets through to it: the outcome is written here.
//!
//! Invariant: [`run`] returns only when the row is settled or no longer ours. A row that was left locked under
//! the name of a living worker would never be looked at again; hence settling is tried until it succeeds.

use std::{any::Any, error::Error, panic::AssertUnwindSafe, time::Duration};

use chrono::Utc;
use domain::job::table;
use futures_util::FutureExt;
use sea_orm::{DatabaseConnection, DbErr};
use tokio::time::sleep;

type Cause = Box<dyn Error + Send + Sync>;

const SHORTEST_BACK_OFF: Duration = Duration::from_secs(1);
const LONGEST_BACK_OFF: Duration = Duration::from_secs(300);

/// Between two tries to write an outcome; doubles up to five seconds.
const FIRST_WAIT: Duration = Duration::from_millis(100);

/// Runs one job. `attempt` counts from 1 and is for the log: what a handler decides it decides from the
/// database.
pub trait Handler: Clone + Send + Sync + 'static {
    fn handle(
        &self,
        payload: serde_json::Value,
        attempt: u32,
    ) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// Sorted by what happens next.
#[derive(Debug)]
pub enum Failure {
    /// Again, after a back-off, until the attempts are used up.
    Retry(Cause),
    /// No attempt can succeed: a dead letter at once.
    Permanent(Cause),
    /// The payload is none of ours: a dead letter at once.
    Undecodable(Cause),
}

/// A job that this process has fetched.
pub struct Job {
    pub id: String,
    pub queue: &'static str,
    /// Under whose name the row is locked.
    pub worker: String,
    pub attempt: u32,
    pub attempts: u32,
    pub payload: Vec<u8>,
}

pub async fn run(handler: impl Handler, connection: &DatabaseConnection, job: Job) {
    let outcome = attempt(&handler, &job).await;
    let settled = match outcome {
        Ok(()) => settle(|| table::finish(connection, &job.id, &job.worker, job.attempt)).await,
        Err(Failure::Retry(cause)) if job.attempt < job.attempts => {
            let wait = back_off(job.attempt);
            let error = chain(cause.as_ref());
            tracing::warn!(error, wait_seconds = wait.as_secs_f64(), "a job failed and will be tried again");
            let run_at = Utc::now() + wait;
            settle(|| table::give_back(connection, &job.id, &job.worker, job.attempt, run_at, &error)).await
        }
        Err(Failure::Retry(cause)) => bury(connection, &job, "out of attempts", cause).await,
        Err(Failure::Permanent(cause)) => bury(connection, &job, "cannot succeed", cause).await,
        Err(Failure::Undecodable(cause)) => bury(connection, &job, "cannot be decoded", cause).await,
    };
    if !settled {
        // Or its outcome was written, and the connection broke before the answer came.
        tracing::warn!("a job was given to another worker while it ran");
    }
}

async fn attempt(handler: &impl Handler, job: &Job) -> Result<(), Failure> {
    if job.attempt > job.attempts {
        // Each loss of a worker counts as an attempt, or a job that kills its process would do so for ever.
        return Err(Failure::Permanent("every attempt ended with the loss of its worker".into()));
    }
    let payload = serde_json::from_slice(&job.payload).map_err(|e| Failure::Undecodable(e.into()))?;
    let handled = AssertUnwindSafe(async { handler.handle(payload, job.attempt).await }).catch_unwind().await;
    handled.unwrap_or_else(|panic| Err(Failure::Retry(message(panic.as_ref()).into())))
}

async fn bury(connection: &DatabaseConnection, job: &Job, why: &str, cause: Cause) -> bool {
    let error = chain(cause.as_ref());
    tracing::error!(error, why, "a job failed for good and is kept as a dead letter");
    let error = format!("{why}: {error}");
    settle(|| table::bury(connection, &job.id, &job.worker, job.attempt, &error)).await
}

/// Whether the row was still ours.
async fn settle<F: Future<Output = Result<bool, DbErr>>>(mut write: impl FnMut() -> F) -> bool {
    let mut wait = FIRST_WAIT;
    loop {
        match write().await {
            Ok(ours) => return ours,
            Err(error) if wait == FIRST_WAIT => {
                tracing::warn!(error = chain(&error), "the outcome of a job cannot be written yet");
            }
            Err(_) => {}
        }
        sleep(wait).await;
        wait = (wait * 2).min(Duration::from_secs(5));
    }
}

/// Doubles from one second, with up to half as much again by chance, so that what failed together does not
/// come back together.
fn back_off(attempt: u32) -> Duration {
    let steady =
        SHORTEST_BACK_OFF.saturating_mul(1_u32.checked_shl(attempt.saturating_sub(1)).unwrap_or(u32::MAX));
    steady.min(LONGEST_BACK_OFF * 2 / 3).mul_f64(1.0 + rand::random::<f64>() / 2.0)
}

/// The error and what caused it. Some errors already end with their source's text.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let cause = error.to_string();
        if !text.ends_with(&cause) {
            text = format!("{text}: {cause}");
        }
        source = error.source();
    }
    text
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| text.to_string());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    format!("panicked: {}", text.as_deref().unwrap_or("without a message"))
}
