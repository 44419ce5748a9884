//! What members and integrations do with runs.

use serde_json::Value as Json;

use super::begin::{self, Ground, Start};
use super::row::{BegunBy, Status};
use super::{find, post};
use crate::actor::Actor;
use crate::conversation::{self, Judge};
use crate::env::Env;
use crate::error::{Error, Refusal, Result};
use crate::id::{ConversationId, RunId, WorkflowId};
use crate::scope::Scope;
use crate::tx::{Committed, Tx};
use crate::workflow::definition::Name;
use crate::workflow::run::{Cancel, Signal};
use crate::workflow::step::visit;
use crate::workflow::{self, Stimulus, engine, simulate};

/// How many runs a conversation has at most that are not over.
pub(super) const MOST_LIVE: usize = 50;

/// Begins a run of a published workflow in the background of a conversation, with some of its variables set.
///
/// # Errors
/// NOT_FOUND; NOT_PUBLISHED; BOT_OFF; Invalid on `variables`, or on `workflowId` for too many runs.
pub async fn start(
    env: &Env,
    actor: &Actor,
    workflow: WorkflowId,
    conversation: ConversationId,
    variables: Vec<(Name, Json)>,
) -> Result<(RunId, Committed)> {
    let scope = Scope::of(env, actor.workspace);
    if workflow::find::load(&scope, &[workflow]).await?.is_empty() {
        return Err(Error::NotFound);
    }
    let Some((key, library, _)) = workflow::find::published_alone(&scope, workflow).await? else {
        return Err(Error::refused(Refusal::NotPublished, "publish the workflow first"));
    };
    let world = simulate::world(&scope, env.clock.now()).await?;
    let mut tx = Tx::begin(env, actor.workspace).await?;
    let mut thread = conversation::lock(&mut tx, conversation).await?;
    conversation::apply_due(&mut tx, &mut thread, Judge::Now).await?;
    if !thread.facts.bot_on {
        return Err(Error::refused(Refusal::BotOff, "the widget's bot is off: switch it on first"));
    }
    if find::live(&tx, conversation).await?.len() >= MOST_LIVE {
        let message = format!("the conversation has {MOST_LIVE} runs that are not over: cancel some first");
        return Err(Error::invalid("workflowId", message));
    }
    let start = Start {
        workflow,
        key: &key,
        by: BegunBy::Command,
        cause: format!("command:{}", uuid::Uuid::now_v7()),
        actor: Some(actor),
        message: None,
        turn: None,
        driven: false,
        variables,
    };
    let ground = Ground { library: &library, world: &world };
    match begin::begin(&mut tx, &thread, &ground, start).await? {
        Ok(Some(run)) => Ok((run, tx.commit().await?)),
        Ok(None) => Err(Error::internal("a cause that is new was known")),
        Err(fault) => Err(Error::invalid("variables", fault.message)),
    }
}

/// Says something to a run. It is kept until a step waits for it.
///
/// # Errors
/// NOT_FOUND; RUN_IS_OVER; Invalid on `name` or `payload`.
pub async fn signal(env: &Env, actor: &Actor, run: RunId, signal: Signal) -> Result<Committed> {
    if !signal.name.is_well_formed() {
        return Err(Error::invalid("name", "give a letter, then letters, digits and `_`, at most 64"));
    }
    visit::fits(&signal.payload).map_err(|fault| Error::invalid("payload", fault.message))?;
    tell(env, actor, run, Stimulus::Signal(signal), |status| match status {
        Status::Active | Status::Paused => Ok(true),
        Status::Completed | Status::Failed | Status::Cancelled => {
            Err(Error::refused(Refusal::RunIsOver, "the run is over: start another one"))
        }
    })
    .await
}

/// Ends a run; one that is over already stays as it is, but for a failed one, which cannot be tried again then.
///
/// # Errors
/// NOT_FOUND.
pub async fn cancel(env: &Env, actor: &Actor, run: RunId) -> Result<Committed> {
    tell(env, actor, run, Stimulus::Cancel(Cancel::Command), |status| {
        Ok(matches!(status, Status::Active | Status::Paused | Status::Failed))
    })
    .await
}

/// Tries the step again that could not be done.
///
/// # Errors
/// NOT_FOUND; RUN_HAS_NOT_FAILED.
pub async fn retry(env: &Env, actor: &Actor, run: RunId) -> Result<Committed> {
    tell(env, actor, run, Stimulus::Retry, |status| match status {
        Status::Failed => Ok(true),
        Status::Active | Status::Paused | Status::Completed | Status::Cancelled => {
            Err(Error::refused(Refusal::RunHasNotFailed, "only a failed run can be tried again"))
        }
    })
    .await
}

/// Lets a run go on in the version of its workflow that is published now.
///
/// # Errors
/// NOT_FOUND; Denied for plain members; RUN_IS_OVER, unless it failed; CANNOT_MIGRATE, saying why.
pub async fn migrate(env: &Env, actor: &Actor, run: RunId) -> Result<Committed> {
    let scope = Scope::of(env, actor.workspace);
    let Some(seen) = find::load(&scope, &[run]).await?.pop() else { return Err(Error::NotFound) };
    actor.must_administer()?;
    let state = super::state(&seen)?;
    let library = workflow::find::library_of(&scope, &state).await?;
    let possible = engine::can_migrate(&library, &state).map(drop);
    tell(env, actor, run, Stimulus::Migrate, |status| match (status, possible) {
        (Status::Completed | Status::Cancelled, _) => {
            Err(Error::refused(Refusal::RunIsOver, "the run is over: start another one"))
        }
        (_, Err(why)) => Err(Error::refused(Refusal::CannotMigrate, why)),
        (_, Ok(())) => Ok(true),
    })
    .await
}

async fn tell(
    env: &Env,
    actor: &Actor,
    run: RunId,
    what: Stimulus,
    concerns: impl FnOnce(Status) -> Result<bool>,
) -> Result<Committed> {
    let scope = Scope::of(env, actor.workspace);
    let Some(seen) = find::load(&scope, &[run]).await?.pop() else { return Err(Error::NotFound) };
    let mut tx = Tx::begin(env, actor.workspace).await?;
    conversation::lock(&mut tx, ConversationId(seen.conversation_id)).await?;
    let row = find::one(&tx, run).await?.ok_or(Error::NotFound)?;
    if row.foreground && what == Stimulus::Retry {
        let live = find::live(&tx, ConversationId(seen.conversation_id)).await?;
        if live.iter().any(|other| other.foreground) {
            return Err(Error::refused(Refusal::RunIsOver, "another run answers the customer by now"));
        }
    }
    if concerns(Status::read(&row)?)? {
        post(&mut tx, row, &what, None).await?;
    }
    tx.commit().await
}
