//! A look at a run: everything that happened to it is worked off, in one transaction.

use super::row::{self, Status};
use super::work::Work;
use super::{Errands, act, begin, find};
use crate::conversation::{self, Judge, WaitReason};
use crate::env::Env;
use crate::error::{Corrupt, Error, Result};
use crate::id::{ConversationId, RunId, WorkspaceId};
use crate::scope::Scope;
use crate::tx::Tx;
use crate::workflow::Library;
use crate::workflow::journal::Effect;
use crate::workflow::simulate::{self, World};
use crate::workflow::step::Outcome;

/// How often a look is begun again because the run went on between the reads and the lock.
const TRIES: usize = 10;

/// What is to be done after a look.
pub(super) enum Next {
    /// Nothing, until something happens.
    Rest,
    /// A call to the outside.
    Call(Wanted),
}

/// A call to the outside.
pub(super) struct Wanted {
    /// The number of the step that wants it.
    pub visit: u64,
    /// What it wants.
    pub effect: Effect,
    /// The widget's own threshold for answers.
    pub threshold: f64,
}

/// Works off what happened to a run, with the result of its call if it has one.
pub(super) async fn look(
    env: &Env,
    workspace: WorkspaceId,
    id: RunId,
    errands: Errands,
    result: Option<(u64, Outcome)>,
) -> Result<Next> {
    let scope = Scope::of(env, workspace);
    for _ in 0..TRIES {
        let Some(seen) = find::load(&scope, &[id]).await?.pop() else { return Ok(Next::Rest) };
        let state = match row::state(&seen) {
            Ok(state) => state,
            Err(corrupt) => return put_away(env, &seen, &corrupt.to_string()).await,
        };
        let library = match crate::workflow::find::library_of(&scope, &state).await {
            // A version that nobody can read does not become readable.
            Err(Error::Internal(source)) if source.is::<Corrupt>() => {
                return put_away(env, &seen, &source.to_string()).await;
            }
            library => library?,
        };
        let world = simulate::world(&scope, env.clock.now()).await?;
        match locked(env, &seen, (&library, &world), (errands, result.as_ref())).await {
            Err(Error::Internal(source)) if source.is::<Corrupt>() => {
                return put_away(env, &seen, &source.to_string()).await;
            }
            done => {
                if let Some(next) = done? {
                    return Ok(next);
                }
            }
        }
    }
    Err(Error::Conflict)
}

/// A run that cannot be read does nothing any more, and stands in nobody's way.
async fn put_away(env: &Env, seen: &entity::workflow_run::Model, corrupt: &str) -> Result<Next> {
    tracing::error!(run = %RunId(seen.id), corrupt, "a run cannot be read and is put away as failed");
    let mut tx = Tx::begin(env, WorkspaceId(seen.workspace_id)).await?;
    let mut thread = conversation::lock(&mut tx, ConversationId(seen.conversation_id)).await?;
    if let Some(mut row) = find::one(&tx, RunId(seen.id)).await?
        && row.ended_at.is_none()
        && row.revision == seen.revision
    {
        Status::Failed.as_str().clone_into(&mut row.status);
        row.ended_at = Some(tx.now());
        row.due_at = None;
        row.asks = false;
        begin::announce(&mut tx, &row, Status::Failed);
        if row.foreground {
            act::give_up(&mut tx, &mut thread, WaitReason::WorkflowFailed).await?;
        }
        tx.save(&row).await?;
    }
    tx.commit().await?;
    Ok(Next::Rest)
}

/// The same under the conversation's lock; None if the run is not where it was seen.
async fn locked(
    env: &Env,
    seen: &entity::workflow_run::Model,
    (library, world): (&Library, &World),
    (errands, result): (Errands, Option<&(u64, Outcome)>),
) -> Result<Option<Next>> {
    let mut tx = Tx::begin(env, WorkspaceId(seen.workspace_id)).await?;
    tx.trace.clone_from(&seen.trace);
    let mut thread = conversation::lock(&mut tx, ConversationId(seen.conversation_id)).await?;
    conversation::apply_due(&mut tx, &mut thread, Judge::Now).await?;
    let Some(row) = find::one(&tx, RunId(seen.id)).await? else { return Ok(Some(Next::Rest)) };
    if row.revision != seen.revision {
        return Ok(None);
    }
    let mut work = Work::new(&tx, &thread, row, library, world).await?;
    work.work_off(&mut tx, &mut thread, result).await?;
    let next = work.finish(&mut tx, &mut thread, errands).await?;
    tx.commit().await?;
    Ok(Some(next))
}
