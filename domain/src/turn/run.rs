//! One run of a turn: claim, think outside any transaction, commit under the fence.

use super::{State, WATCHDOG, announce, cover, finish, resume};
use chrono::TimeDelta;

use crate::bot;
use crate::conversation::{self, Applied, Judge, Thread, WaitReason, apply};
use crate::delivery;
use crate::env::Env;
use crate::error::{Error, Result};
use crate::gate;
use crate::id::{ConversationId, PassageId, TurnId, WorkflowId, WorkspaceId};
use crate::message::{self, Author, New};
use crate::scope::Scope;
use crate::trace;
use crate::tx::Tx;
use crate::workflow::facts::Written;
use crate::workflow::journal::Effect;
use crate::workflow::live;
use sea_orm::{ColumnTrait, QueryFilter};

/// How often a turn is started before a person is asked for.
const STARTS: i64 = 5;
/// How long an error must have kept the number's sends for an answer not to be worth making.
const HOPELESS: TimeDelta = TimeDelta::seconds(60);

/// Runs a turn for the `start`th time; does nothing when it was started or ended meanwhile. `tick` names the
/// job that wants it: one that lost its worker goes on, another one with the same `start` does not.
///
/// # Errors
/// The database's; the job layer tries again.
pub async fn run(env: &Env, workspace: WorkspaceId, id: TurnId, start: i64, tick: i64) -> Result<()> {
    let Some(begun) = claim(env, workspace, id, start, tick).await? else { return Ok(()) };
    let answer = async {
        if begun.by_workflow {
            return Box::pin(super::workflow::answer(env, workspace, id, &begun)).await;
        }
        let scope = Scope::of(env, workspace);
        let decided =
            super::assistant::decide(&scope, (begun.written.clone(), env.clock.now()), begun.threshold)
                .await?;
        commit(env, workspace, id, &begun, decided).await
    };
    trace::within_that_of(begun.trace.as_deref(), answer).await
}

pub(super) struct Begun {
    pub(super) conversation: ConversationId,
    pub(super) starts: i64,
    /// The workflow of the widget.
    pub(super) workflow: Option<WorkflowId>,
    /// A workflow has the word.
    by_workflow: bool,
    written: Written,
    threshold: f64,
    trace: Option<String>,
}

pub(super) async fn load(tx: &Tx<'_>, id: TurnId) -> Result<Option<entity::turn::Model>> {
    let query = tx.find::<entity::turn::Entity>().filter(entity::turn::Column::Id.eq(id.0));
    Ok(query.one(tx.db()).await?)
}

async fn claim(
    env: &Env,
    workspace: WorkspaceId,
    id: TurnId,
    start: i64,
    tick: i64,
) -> Result<Option<Begun>> {
    let mut tx = Tx::begin(env, workspace).await?;
    let Some(seen) = load(&tx, id).await? else { return Ok(None) };
    tx.trace.clone_from(&seen.trace);
    let conversation = ConversationId(seen.conversation_id);
    let mut thread = conversation::lock(&mut tx, conversation).await?;
    conversation::apply_due(&mut tx, &mut thread, Judge::Now).await?;
    let now = tx.now();
    let Some(mut turn) = load(&tx, id).await? else { return Ok(None) };
    let fresh = turn.state == State::Gathering.as_str() && turn.starts == start && turn.due_at <= now;
    // The job of a worker that died comes back under its own name, or the watchdog counts on.
    let comes_back = turn.starts == start + 1 && turn.started_by == Some(tick);
    let again =
        turn.state == State::Running.as_str() && (comes_back || (turn.starts == start && turn.due_at <= now));
    if turn.ended_at.is_some() || !(fresh || again) {
        tx.commit().await?;
        return Ok(None);
    }
    let Some(left) = cover::left(&tx, &thread).await? else {
        finish(&mut tx, &thread, turn, State::Cancelled).await?;
        tx.commit().await?;
        return Ok(None);
    };
    State::Running.as_str().clone_into(&mut turn.state);
    turn.starts = start + 1;
    turn.started_by = Some(tick);
    turn.due_at = now + WATCHDOG;
    turn.conversation_epoch = thread.conversation.epoch;
    turn.widget_epoch = thread.widget.epoch;
    turn.covers_from = left.from();
    turn.covers_through = left.through();
    let stuck = if !thread.facts.bot_on {
        Some(WaitReason::BotOff)
    } else if gate::blocked_for(&mut tx, &thread.widget, HOPELESS).await? {
        Some(WaitReason::ChannelUnavailable)
    } else {
        (turn.starts > STARTS).then_some(WaitReason::ModelDown)
    };
    if let Some(reason) = stuck {
        hand_over(&mut tx, &mut thread, turn, apply::Event::BotCannotAnswer { reason }, reason).await?;
        tx.commit().await?;
        return Ok(None);
    }
    tx.save(&turn).await?;
    announce(&mut tx, &thread, &turn, State::Running);
    message::receipt::due(&mut tx, &thread, true).await?;
    let written = Written {
        text: bot::question(&left.messages),
        number: left.through().unwrap_or_default(),
        numbers: left.messages.iter().map(|message| message.number).collect(),
    };
    let (starts, threshold) = (turn.starts, thread.widget.answer_threshold);
    let workflow = thread.widget.workflow_id.map(WorkflowId);
    let by_workflow = live::listens(&tx, &thread).await?;
    let trace = turn.trace;
    let begun = Begun { conversation, starts, workflow, by_workflow, written, threshold, trace };
    tx.commit().await?;
    Ok(Some(begun))
}

async fn commit(
    env: &Env,
    workspace: WorkspaceId,
    id: TurnId,
    begun: &Begun,
    decided: Vec<Effect>,
) -> Result<()> {
    let mut tx = Tx::begin(env, workspace).await?;
    let mut thread = conversation::lock(&mut tx, begun.conversation).await?;
    conversation::apply_due(&mut tx, &mut thread, Judge::Now).await?;
    let Some(turn) = load(&tx, id).await? else { return Ok(()) };
    if turn.state != State::Running.as_str() || turn.starts != begun.starts {
        // A newer message restarted it, or somebody ended it.
        tx.commit().await?;
        return Ok(());
    }
    let same_session = thread.session.as_ref().is_some_and(|session| session.id == turn.session_id);
    if turn.conversation_epoch != thread.conversation.epoch || !same_session {
        finish(&mut tx, &thread, turn, State::Discarded).await?;
    } else if turn.widget_epoch != thread.widget.epoch {
        finish(&mut tx, &thread, turn, State::Discarded).await?;
        super::redo(&mut tx, &mut thread).await?;
    } else {
        act(&mut tx, &mut thread, turn, begun, decided).await?;
        if thread.facts.handler == conversation::Handler::Bot {
            resume(&mut tx, &thread).await?;
        }
    }
    conversation::save(&mut tx, &mut thread).await?;
    tx.commit().await?;
    Ok(())
}

async fn act(
    tx: &mut Tx<'_>,
    thread: &mut Thread,
    turn: entity::turn::Model,
    begun: &Begun,
    decided: Vec<Effect>,
) -> Result<()> {
    // A decision is one thing: a second one would be for another turn.
    match decided.into_iter().next() {
        Some(Effect::Send { text, passages, confidence }) => {
            match conversation::step(tx, thread, apply::Event::BotAnswers).await? {
                Applied::Changed | Applied::Same => {
                    // What came late since is owed as before.
                    message::came_late(tx, thread.id(), &begun.written.numbers, false).await?;
                    write(tx, thread, (turn, &begun.written.numbers), (&text, &passages, confidence)).await
                }
                Applied::Discarded | Applied::Refused(_) => finish(tx, thread, turn, State::Discarded).await,
            }
        }
        Some(Effect::HandOver { doubt, .. }) => {
            let (reason, event) = live::asks_for(doubt, &thread.widget);
            hand_over(tx, thread, turn, event, reason).await
        }
        Some(_) | None => Err(Error::internal("the assistant neither answers nor asks for a person")),
    }
}

/// Ends the turn first, so that the change of handler finds no open one to cancel.
pub(super) async fn hand_over(
    tx: &mut Tx<'_>,
    thread: &mut Thread,
    mut turn: entity::turn::Model,
    event: apply::Event,
    reason: WaitReason,
) -> Result<()> {
    turn.reason = Some(reason.as_str().to_owned());
    let id = TurnId(turn.id);
    let human = thread.facts.human.map_or(0, |mark| mark.number);
    // What the customer wrote while the bot was thinking goes to the person too.
    turn.covers_through = turn.covers_through.max(thread.facts.customer.map(|mark| mark.number));
    finish(tx, thread, turn, State::HandedOver).await?;
    conversation::step(tx, thread, event).await?;
    if let Some(mut turn) = load(tx, id).await? {
        let first = cover::first_for_a_person(tx, &turn, human).await?;
        if first < turn.covers_from && first.is_some() {
            turn.covers_from = first;
            tx.save(&turn).await?;
        }
    }
    Ok(())
}

async fn write(
    tx: &mut Tx<'_>,
    thread: &mut Thread,
    (turn, answers): (entity::turn::Model, &[i64]),
    (text, passages, confidence): (&str, &[PassageId], Option<f64>),
) -> Result<()> {
    let now = tx.now();
    let author = Author::Bot { turn: TurnId(turn.id), confidence };
    for (place, bubble) in message::split::bubbles(text).iter().enumerate() {
        let new = New::of_the_bot(author, bubble, answers, now);
        let message = message::append(tx, thread, new).await?;
        if place == 0 {
            message::cite(tx, &message, passages).await?;
        }
        delivery::queue(tx, thread, &message, delivery::Kind::Automatic).await?;
    }
    finish(tx, thread, turn, State::Committed).await
}
