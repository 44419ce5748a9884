//! Carries out what the matrix decided: sessions, waits, the fence, the bot's turn, the events.

use super::apply::{Change, Event, NotNow, SessionStep, Verdict, WaitReason, WaitStep, apply};
use super::facts::{Handler, status};
use super::row;
use super::thread::Thread;
use crate::error::Result;
use crate::event;
use crate::tx::Tx;
use crate::workflow::live;
use crate::workflow::trigger::Occasion;
use crate::{delivery, human_wait, session, turn};

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Applied {
    /// The conversation changed.
    Changed,
    /// Accepted without a change.
    Same,
    /// Too late.
    Discarded,
    /// Not from this state.
    Refused(NotNow),
}

/// Puts one event through the matrix and carries out the verdict. The thread shows the new state after.
pub(crate) async fn step(tx: &mut Tx<'_>, thread: &mut Thread, event: Event) -> Result<Applied> {
    match apply(&thread.facts, &event) {
        Verdict::Changed(change) => {
            carry_out(tx, thread, *change).await?;
            Ok(Applied::Changed)
        }
        Verdict::Same => Ok(Applied::Same),
        Verdict::Discarded => Ok(Applied::Discarded),
        Verdict::Refused(why) => Ok(Applied::Refused(why)),
    }
}

async fn carry_out(tx: &mut Tx<'_>, thread: &mut Thread, change: Change) -> Result<()> {
    let now = tx.now();
    let before = std::mem::replace(&mut thread.facts, change.facts);
    match change.session {
        SessionStep::Keep => session::prolong(tx, thread).await?,
        SessionStep::Open => session::open(tx, thread).await?,
        SessionStep::Close(reason) => session::close(tx, thread, reason, now).await?,
    }
    match change.wait {
        WaitStep::Keep => human_wait::note_reply(tx, thread, change.human).await?,
        WaitStep::Start(reason) => human_wait::start(tx, thread, reason, change.human, now).await?,
        WaitStep::End => human_wait::end(tx, thread, now).await?,
    }
    if change.fence {
        thread.conversation.epoch += 1;
        delivery::cancel_automatic(tx, thread).await?;
    }
    if change.session == SessionStep::Close(super::apply::CloseReason::Agent) {
        // A member ended it: what the bot had ready must not follow. The handler stays, so no epoch rises.
        delivery::cancel_automatic(tx, thread).await?;
    }
    if before.handler != thread.facts.handler || matches!(change.session, SessionStep::Close(_)) {
        turn::cancel_open(tx, thread).await?;
        live::wake_all(tx, thread).await?;
    } else if change.human.is_some() {
        live::wake_all(tx, thread).await?;
    }
    trigger(tx, thread, &before, change.session).await?;
    announce(tx, thread, &before, change.wait);
    if change.turn {
        // A customer's message is counted but not stored yet; a hand back brings none.
        match thread.facts.customer == before.customer {
            true => turn::resume(tx, thread).await?,
            false => turn::want(tx, thread).await?,
        }
    }
    save(tx, thread).await
}

/// What may begin workflows.
async fn trigger(
    tx: &mut Tx<'_>,
    thread: &Thread,
    before: &super::facts::Facts,
    session: SessionStep,
) -> Result<()> {
    match session {
        SessionStep::Keep => {}
        SessionStep::Open => {
            live::fire(tx, thread, Occasion::SessionOpened, thread.conversation.session_count).await?;
        }
        SessionStep::Close(_) => {
            live::fire(tx, thread, Occasion::SessionClosed, thread.conversation.session_count).await?;
        }
    }
    if before.handler != thread.facts.handler && thread.facts.handler == Handler::Human && thread.facts.open {
        live::fire(tx, thread, Occasion::HandedOver, thread.conversation.epoch).await?;
    }
    if !before.snooze_elapsed && thread.facts.snooze_elapsed {
        live::fire(tx, thread, Occasion::SnoozeElapsed, thread.conversation.revision).await?;
    }
    Ok(())
}

/// Writes the row with what the thread's facts say.
pub(crate) async fn save(tx: &mut Tx<'_>, thread: &mut Thread) -> Result<()> {
    row::write(&mut thread.conversation, &thread.facts);
    thread.conversation.session_id = thread.session.as_ref().map(|session| session.id);
    thread.conversation.revision += 1;
    thread.conversation.touched_at = tx.now();
    tx.save(&thread.conversation).await?;
    Ok(())
}

fn announce(tx: &mut Tx<'_>, thread: &Thread, before: &super::facts::Facts, wait: WaitStep) {
    let (widget, conversation) = (thread.widget_id(), thread.id());
    let after = &thread.facts;
    if before.handler != after.handler {
        let reason: Option<WaitReason> = match wait {
            WaitStep::Start(reason) => Some(reason),
            WaitStep::Keep | WaitStep::End => None,
        };
        tx.announce(event::Event::ConversationHandlerChanged {
            widget,
            conversation,
            from: before.handler,
            to: after.handler,
            epoch: thread.conversation.epoch,
            reason,
        });
    }
    if before.snoozed_until != after.snoozed_until {
        tx.announce(event::Event::ConversationSnoozed { widget, conversation, until: after.snoozed_until });
    }
    if let Some(until) = after.snoozed_until {
        tx.due(until);
    }
    let (from, to) = (status(before), status(after));
    if from != to {
        tx.announce(event::Event::ConversationStatusChanged { widget, conversation, from, to });
    }
}
