//! A turn that a workflow answers: what was gathered goes to the run that listens, and the turn ends when that rests.

use sea_orm::{ColumnTrait, QueryFilter};

use super::run::{Begun, load};
use super::{State, cover, finish, redo, resume};
use crate::bot;
use crate::conversation::{self, Handler, Judge, Thread, WaitReason, apply};
use crate::env::Env;
use crate::error::{Corrupt, Error, Result};
use crate::id::{ConversationId, RunId, TurnId, WorkflowId, WorkspaceId};
use crate::message;
use crate::scope::Scope;
use crate::tx::Tx;
use crate::workflow::definition::Key;
use crate::workflow::facts::Written;
use crate::workflow::{Stimulus, find, live, simulate};

/// Hands over what was gathered, and lets the run go on until it rests.
pub(super) async fn answer(env: &Env, workspace: WorkspaceId, id: TurnId, begun: &Begun) -> Result<()> {
    let handed = hand_on(env, workspace, id, begun).await?;
    if let Some(run) = handed.run {
        live::drive_for_turn(env, workspace, run).await?;
    }
    end(env, workspace, (begun.conversation, id, Some(begun.starts)), &handed).await
}

/// A run went on without its turn, after a call: the turn that it answers ends now, if it is still open.
///
/// # Errors
/// The database's.
pub(crate) async fn rests(env: &Env, workspace: WorkspaceId, run: RunId) -> Result<()> {
    let scope = Scope::of(env, workspace);
    let Some(row) = live::load(&scope, &[run]).await?.pop() else { return Ok(()) };
    let Some(turn) = row.turn_id.map(TurnId) else { return Ok(()) };
    let is_open = super::load(&scope, &[turn]).await?.iter().any(|turn| turn.ended_at.is_none());
    if !is_open {
        return Ok(());
    }
    let handed = Handed { run: Some(run), late: Vec::new() };
    end(env, workspace, (ConversationId(row.conversation_id), turn, None), &handed).await
}

/// What was handed on to whom.
#[derive(Default)]
struct Handed {
    run: Option<RunId>,
    /// The numbers of what had come late.
    late: Vec<i64>,
}

/// The run that listens gets what this turn has handed to none yet; if none listens, the widget's workflow begins with it.
async fn hand_on(env: &Env, workspace: WorkspaceId, id: TurnId, begun: &Begun) -> Result<Handed> {
    let scope = Scope::of(env, workspace);
    let published = match begun.workflow {
        Some(workflow) => match find::published_alone(&scope, workflow).await {
            // One that nobody can read is none.
            Err(Error::Internal(source)) if source.is::<Corrupt>() => {
                tracing::error!(%workflow, error = %source, "the widget's workflow cannot be read");
                None
            }
            published => published?,
        },
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
    if let Some(written) = &written {
        turn.handed_through = turn.handed_through.max(Some(written.number));
        tx.save(&turn).await?;
        // They are the run's now: if it does not take them, they come late again.
        message::came_late(&tx, begun.conversation, &written.late, false).await?;
    }
    let late = written.as_ref().map(|written| written.late.clone()).unwrap_or_default();
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
            (None, _) => {
                super::take_back(&tx, &thread).await?;
                None
            }
        },
    };
    tx.commit().await?;
    Ok(Handed { run, late })
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

/// What no run has heard, from this number on.
struct Unheard {
    first: i64,
    written: Written,
}

/// What is left to answer and this turn has handed to no run: what an earlier one did is answered anew, if it is left.
async fn unheard(tx: &Tx<'_>, thread: &Thread, turn: &entity::turn::Model) -> Result<Option<Unheard>> {
    let heard = live::heard_through(tx, thread.id()).await?.max(turn.handed_through.unwrap_or_default());
    let left = cover::left(tx, thread).await?.map(|left| left.messages).unwrap_or_default();
    let new: Vec<_> =
        left.into_iter().filter(|message| message.number > heard || message.came_late).collect();
    let (Some(first), Some(last)) = (new.first(), new.last()) else { return Ok(None) };
    let late = new.iter().filter(|message| message.came_late).map(|message| message.number).collect();
    let written = Written { text: bot::question(&new), number: last.number, late };
    Ok(Some(Unheard { first: first.number, written }))
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

/// The run rests: what it was given is answered, or will be. While it waits for a call, the turn stays open. `starts` is
/// which start of the turn is to end; None is any.
async fn end(
    env: &Env,
    workspace: WorkspaceId,
    (conversation, id, starts): (ConversationId, TurnId, Option<i64>),
    handed: &Handed,
) -> Result<()> {
    let mut tx = Tx::begin(env, workspace).await?;
    let mut thread = conversation::lock(&mut tx, conversation).await?;
    conversation::apply_due(&mut tx, &mut thread, Judge::Now).await?;
    let calls = match handed.run {
        Some(run) => live::waits_for_call(&tx, run).await?,
        None => false,
    };
    if let Some(turn) = load(&tx, id).await?
        && turn.state == State::Running.as_str()
        && starts.is_none_or(|starts| turn.starts == starts)
        && !(calls && turn.widget_epoch == thread.widget.epoch)
    {
        if turn.widget_epoch != thread.widget.epoch {
            message::came_late(&tx, conversation, &handed.late, true).await?;
            finish(&mut tx, &thread, turn, State::Discarded).await?;
            redo(&mut tx, &mut thread).await?;
        } else {
            // The run may have ended without taking what it was given: that is still to be answered.
            let unheard = unheard(&tx, &thread, &turn).await?.map(|unheard| unheard.first);
            let answered = unheard.is_none_or(|first| Some(first) > turn.covers_through)
                && !was_swallowed(&tx, &turn, handed.run).await?;
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

/// A question in the background took what was written and is over without a word: it was no answer to it, perhaps.
async fn was_swallowed(tx: &Tx<'_>, turn: &entity::turn::Model, run: Option<RunId>) -> Result<bool> {
    let Some(run) = run else { return Ok(false) };
    if !live::is_over_in_background(tx, run).await? {
        return Ok(false);
    }
    use entity::message::{Column, Entity};
    let said = tx.find::<Entity>().filter(Column::TurnId.eq(turn.id));
    Ok(said.one(tx.db()).await?.is_none())
}
