//! A turn that a workflow answers: what was gathered goes to the run that listens, and the turn ends when that rests.

use super::run::{Begun, load};
use super::{State, cover, finish, redo, resume};
use crate::bot::{Question, words};
use crate::conversation::{self, Handler, Judge, Thread, WaitReason, apply};
use crate::env::Env;
use crate::error::Result;
use crate::id::{RunId, TurnId, WorkflowId, WorkspaceId};
use crate::scope::Scope;
use crate::tx::Tx;
use crate::workflow::facts::Written;
use crate::workflow::{Stimulus, find, live, simulate};

/// Hands over what was gathered, and lets the run go on until it rests.
pub(super) async fn answer(env: &Env, workspace: WorkspaceId, id: TurnId, begun: &Begun) -> Result<()> {
    if let Some(run) = hand_on(env, workspace, id, begun).await? {
        live::drive(env, workspace, run).await?;
    }
    end(env, workspace, id, begun).await
}

/// The run that listens gets what none has heard yet; if none listens, the widget's workflow begins with it.
async fn hand_on(env: &Env, workspace: WorkspaceId, id: TurnId, begun: &Begun) -> Result<Option<RunId>> {
    let scope = Scope::of(env, workspace);
    let published = match begun.workflow {
        Some(workflow) => find::published_alone(&scope, workflow).await?,
        None => None,
    };
    let world = simulate::world(&scope, env.clock.now()).await?;
    let mut tx = Tx::begin(env, workspace).await?;
    let mut thread = conversation::lock(&mut tx, begun.conversation).await?;
    conversation::apply_due(&mut tx, &mut thread, Judge::Now).await?;
    if is_current(&tx, &thread, id, begun).await?.is_none() {
        tx.commit().await?;
        return Ok(None);
    }
    let written = unheard(&tx, &thread).await?.map(|unheard| unheard.written);
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
                let what = ((library, &world), (workflow, key), (written, id));
                begin(&mut tx, &mut thread, what).await?
            }
            (Some(_), None) => {
                fail(&mut tx, &mut thread).await?;
                None
            }
            // The run that asked is over since this turn began: the assistant's turn comes next.
            (None, _) => None,
        },
    };
    tx.commit().await?;
    Ok(run)
}

type What<'a> = (
    (&'a crate::workflow::Library, &'a simulate::World),
    (WorkflowId, &'a crate::workflow::definition::Key),
    (Written, TurnId),
);

async fn begin(
    tx: &mut Tx<'_>,
    thread: &mut Thread,
    (ground, workflow, message): What<'_>,
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

/// What no run has heard, from this number on.
struct Unheard {
    first: i64,
    written: Written,
}

/// What is left to answer and no run has heard.
async fn unheard(tx: &Tx<'_>, thread: &Thread) -> Result<Option<Unheard>> {
    let heard = live::heard_through(tx, thread.id()).await?;
    let left = cover::left(tx, thread).await?.map(|left| left.messages).unwrap_or_default();
    let new: Vec<_> = left.into_iter().filter(|message| message.number > heard).collect();
    let (Some(first), Some(last)) = (new.first(), new.last()) else { return Ok(None) };
    let text = match Question::of(&new) {
        Question::Text(text) => Some(text),
        Question::Unreadable => new.iter().find_map(words),
    };
    Ok(Some(Unheard { first: first.number, written: Written { text, number: last.number } }))
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

/// The run rests: what it was given is answered, or will be.
async fn end(env: &Env, workspace: WorkspaceId, id: TurnId, begun: &Begun) -> Result<()> {
    let mut tx = Tx::begin(env, workspace).await?;
    let mut thread = conversation::lock(&mut tx, begun.conversation).await?;
    conversation::apply_due(&mut tx, &mut thread, Judge::Now).await?;
    if let Some(turn) = load(&tx, id).await?
        && turn.state == State::Running.as_str()
        && turn.starts == begun.starts
    {
        if turn.widget_epoch != thread.widget.epoch {
            finish(&mut tx, &thread, turn, State::Discarded).await?;
            redo(&mut tx, &mut thread).await?;
        } else {
            // The run may have ended without taking what it was given: that is still to be answered.
            let unheard = unheard(&tx, &thread).await?.map(|written| written.first);
            let answered = unheard.is_none_or(|first| Some(first) > turn.covers_through);
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
