//! Making the call that a run waits for: between two transactions, with nothing locked.

use super::look::Wanted;
use crate::bot;
use crate::env::Env;
use crate::error::Result;
use crate::id::{RunId, WorkspaceId};
use crate::outside::stranger;
use crate::scope::Scope;
use crate::seam::{self, Seam};
use crate::workflow::journal::{Effect, Request};
use crate::workflow::step::Outcome;
use crate::workflow::step::http::Response;

/// Makes it. A process that dies here leaves a call that is made again, with the same key for its idempotency.
pub(super) async fn make(env: &Env, workspace: WorkspaceId, run: RunId, wanted: &Wanted) -> Result<Outcome> {
    seam::take(workspace, Seam::BeforeCall)?;
    let outcome = call(env, workspace, run, wanted).await?;
    seam::take(workspace, Seam::AfterCall)?;
    Ok(outcome)
}

async fn call(env: &Env, workspace: WorkspaceId, run: RunId, wanted: &Wanted) -> Result<Outcome> {
    Ok(match &wanted.effect {
        Effect::Answer { question, threshold } => {
            let (scope, threshold) = (Scope::of(env, workspace), threshold.unwrap_or(wanted.threshold));
            Outcome::Knowledge(bot::find(&scope, question, threshold).await?)
        }
        Effect::Http(request) => {
            let key = format!("{run}-{}", wanted.visit);
            Outcome::Http(request_of_stranger(env, request, &key).await)
        }
        Effect::Send { .. }
        | Effect::HandOver { .. }
        | Effect::HandBack
        | Effect::Tag { .. }
        | Effect::Close => return Err(crate::Error::internal("a run waits for what is no call")),
    })
}

async fn request_of_stranger(env: &Env, request: &Request, key: &str) -> Response {
    let method = serde_json::to_value(request.method).ok();
    let call = stranger::Call {
        method: method.as_ref().and_then(|method| method.as_str()).unwrap_or("GET"),
        url: &request.url,
        headers: &request.headers,
        body: request.body.as_deref(),
        timeout: std::time::Duration::from_secs(u64::from(u32::from(request.timeout_seconds))),
        idempotency_key: key,
    };
    match env.outside.stranger().call(call).await {
        Ok(stranger::Answer { status, body }) => Response::Answered { status, body },
        Err(stranger::Failure::NotReached(error)) => Response::Unreachable { error },
        Err(stranger::Failure::Unknown) => Response::TimedOut,
    }
}
