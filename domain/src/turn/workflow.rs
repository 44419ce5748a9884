//! A turn that a workflow answers: what was gathered goes to the run that listens, and the turn ends when that rests.

use super::run::{Begun, load};
use super::{State, cover, finish, redo, resume};
use crate::bot;
use crate::conversation::{self, Handler, Judge, Thread, WaitReason, apply};
use crate::env::Env;
use crate::error::{Corrupt, Error, Result};
use crate::id::{RunId, TurnId, WorkflowId, WorkspaceId};
use crate::message;
use crate::scope::Scope;
use crate::tx::Tx;
use crate::workflow::definition::Key;
use crate::workflow::facts::Written;
use crate::workflow::{Definition, Library, Stimulus, find, live, simulate};

/// Hands over what was gathered, and lets the run go on until it rests.
pub(super) async fn answer(env: &Env, workspace: WorkspaceId, id: TurnId, begun: &Begun) -> Result<()> {
    let handed = hand_on(env, workspace, id, begun).await?;
    if let Some(run) = handed.run {
        live::drive(env, workspace, run).await?;
    }
    end(env, workspace, id, begun, &handed).await
}

/// What was handed on to whom.
#[derive(Default)]
struct Handed {
    run: Option<RunId>,
    /// The numbers of the messages.
    numbers: Vec<i64>,
}

/// The run that listens gets what this turn has handed to none yet; if none listens, the widget's workflow begins with it.
async fn hand_on(env: &Env, workspace: WorkspaceId, id: TurnId, begun: &Begun) -> Result<Handed> {
    let scope = Scope::of(env, workspace);
    let published = match begun.workflow {
        Some(workflow) => readable(&scope, workflow).await?,
        None => None,
    };
    let world = simulate::world(&scope, env.clock.now()).await?;
    let mut tx = Tx::begin(env, workspace).await?;
    let mut thread = conversation::lock(&mut tx, begun.conversation).await?;
    conversation::apply_due(&mut tx, &mut thread, Judge::Now).await?;
    let Some(mut turn) = is_current(&tx, &thread, id, begun).await? else {
        tx.commit().await?;
        return Ok(Handed::default());
    };
    let written = unheard(&tx, &thread, &turn).await?.map(|unheard| unheard.written);
    let numbers = written.as_ref().map(|written| written.numbers.clone()).unwrap_or_default();
    let through = written.as_ref().map(|written| written.number);
    let listener = live::listener(&tx, &thread).await?;
    let run = match (listener, written) {
        (Some(run), written) => {
            let listening = RunId(run.id);
            if let Some(written) = written {
                live::post(&mut tx, run, &Stimulus::Message(written), Some(id)).await?;
            }
            Some(listening)
        }
        (None, None) => None,
        (None, Some(written)) => match (begun.workflow, &published) {
            (Some(workflow), Some((key, library, _))) => {
                let ground = live::Ground { library, world: &world };
                begin(&mut tx, &mut thread, &ground, (workflow, key), (written, id)).await?
            }
            (Some(_), None) => {
                fail(&mut tx, &mut thread).await?;
                None
            }
            // The run that asked is over since this turn began: the assistant's turn comes next.
            (None, _) => None,
        },
    };
    if run.is_some() && through.is_some() {
        turn.handed_through = turn.handed_through.max(through);
        tx.save(&turn).await?;
        // They are the run's now; what it does not answer is owed again.
        message::came_late(&tx, begun.conversation, &numbers, false).await?;
    }
    tx.commit().await?;
    Ok(Handed { run, numbers })
}

/// The published version; one that nobody can read is none.
async fn readable(scope: &Scope, workflow: WorkflowId) -> Result<Option<(Key, Library, Definition)>> {
    match find::published_alone(scope, workflow).await {
        Err(Error::Internal(source)) if source.is::<Corrupt>() => {
            tracing::error!(%workflow, error = %source, "the widget's workflow cannot be read");
            Ok(None)
        }
        published => published,
    }
}

async fn begin(
    tx: &mut Tx<'_>,
    thread: &mut Thread,
    ground: &live::Ground<'_>,
    workflow: (WorkflowId, &Key),
    message: (Written, TurnId),
) -> Result<Option<RunId>> {
    match live::begin_foreground(tx, thread, ground, workflow, message).await? {
        Ok(run) => Ok(run),
        Err(fault) => {
            tracing::warn!(conversation = %thread.id(), %fault, "the widget's workflow cannot begin");
            fail(tx, thread).await?;
            Ok(None)
        }
    }
}

async fn fail(tx: &mut Tx<'_>, thread: &mut Thread) -> Result<()> {
    let reason = WaitReason::WorkflowFailed;
    super::give_to_person(tx, thread, apply::Event::BotCannotAnswer { reason }, reason).await
}

/// What no run has heard.
struct Unheard {
    /// The first number of those that did not come late.
    first: Option<i64>,
    written: Written,
}

/// What is left to answer and this turn has handed to no run: what an earlier one did is answered anew, if it is left.
async fn unheard(tx: &Tx<'_>, thread: &Thread, turn: &entity::turn::Model) -> Result<Option<Unheard>> {
    let handed = turn.handed_through.unwrap_or_default();
    let left = cover::left(tx, thread).await?.map(|left| left.messages).unwrap_or_default();
    let new: Vec<_> =
        left.into_iter().filter(|message| message.number > handed || message.came_late).collect();
    let Some(last) = new.last() else { return Ok(None) };
    let numbers = new.iter().map(|message| message.number).collect();
    let written = Written { text: bot::question(&new), number: last.number, numbers };
    let first = new.iter().find(|message| !message.came_late).map(|message| message.number);
    Ok(Some(Unheard { first, written }))
}

/// The turn, if it is still this start of it.
async fn is_current(
    tx: &Tx<'_>,
    thread: &Thread,
    id: TurnId,
    begun: &Begun,
) -> Result<Option<entity::turn::Model>> {
    let turn = load(tx, id).await?;
    Ok(turn.filter(|turn| {
        turn.state == State::Running.as_str()
            && turn.starts == begun.starts
            && turn.widget_epoch == thread.widget.epoch
    }))
}

/// The run rests, or waits for a call: what it was given is its own to answer, and owed again if it ends without.
async fn end(env: &Env, workspace: WorkspaceId, id: TurnId, begun: &Begun, handed: &Handed) -> Result<()> {
    let mut tx = Tx::begin(env, workspace).await?;
    let mut thread = conversation::lock(&mut tx, begun.conversation).await?;
    conversation::apply_due(&mut tx, &mut thread, Judge::Now).await?;
    if let Some(turn) = load(&tx, id).await?
        && turn.state == State::Running.as_str()
        && turn.starts == begun.starts
    {
        if turn.widget_epoch != thread.widget.epoch {
            message::came_late(&tx, begun.conversation, &handed.numbers, true).await?;
            finish(&mut tx, &thread, turn, State::Discarded).await?;
            redo(&mut tx, &mut thread).await?;
        } else {
            let first = unheard(&tx, &thread, &turn).await?.and_then(|unheard| unheard.first);
            let answered = first.is_none_or(|first| Some(first) > turn.covers_through);
            finish(&mut tx, &thread, turn, if answered { State::Committed } else { State::Discarded })
                .await?;
            if thread.facts.handler == Handler::Bot {
                resume(&mut tx, &thread).await?;
            }
        }
    }
    tx.commit().await?;
    Ok(())
}
