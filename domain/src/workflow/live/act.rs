//! Carrying out what a run wants, in the transaction in which it wanted it: once, or not at all.

use crate::conversation::{self, Thread, WaitReason, apply};
use crate::error::Result;
use crate::id::{RunId, TurnId};
use crate::message::{self, Author, New};
use crate::tx::Tx;
use crate::workflow::journal::Effect;
use crate::workflow::run::Doubt;
use crate::{delivery, note, tag, turn};

/// The hand of a run at work.
pub(super) struct Hand {
    pub run: RunId,
    /// The open turn that gathered what the run answers.
    pub turn: Option<TurnId>,
    /// The turn, open or not, that handed on what the run is answering now: one whose answer is stopped covers nothing.
    pub answers: Option<TurnId>,
    /// The numbers of the messages that it is answering now.
    pub answered: Vec<i64>,
    /// What it said: sent when all is done, so that a hand over in the same breath does not take it back. Source:
    /// fencing, where a transaction spares what it writes itself.
    pub said: Vec<entity::message::Model>,
}

impl Hand {
    /// Does it. What the conversation does not allow any more does not happen.
    pub(super) async fn carry_out(
        &mut self,
        tx: &mut Tx<'_>,
        thread: &mut Thread,
        effect: &Effect,
    ) -> Result<()> {
        match effect {
            Effect::Send { text, passages, confidence } => {
                self.say(tx, thread, text, passages, *confidence).await
            }
            Effect::HandOver { doubt, note } => {
                if let Some(text) = note {
                    note::write(tx, thread, None, text).await?;
                }
                hand_over(tx, thread, *doubt).await
            }
            Effect::HandBack => {
                let at = tx.now();
                conversation::step(tx, thread, apply::Event::HandBack { at }).await.map(drop)
            }
            Effect::Tag { add, remove } => tag::put_named(tx, thread, add, remove).await,
            Effect::Close => {
                let reason = conversation::CloseReason::Workflow;
                conversation::step(tx, thread, apply::Event::Close { reason }).await.map(drop)
            }
            // Calls are made when this has been committed.
            Effect::Answer { .. } | Effect::Http(_) => Ok(()),
        }
    }

    async fn say(
        &mut self,
        tx: &mut Tx<'_>,
        thread: &mut Thread,
        text: &str,
        passages: &[crate::id::PassageId],
        confidence: Option<f64>,
    ) -> Result<()> {
        let author = Author::Workflow { run: self.run, turn: self.answers.or(self.turn), confidence };
        let now = tx.now();
        for (place, bubble) in message::split::bubbles(text).iter().enumerate() {
            let new = New::of_the_bot(author, bubble, &self.answered, now);
            let message = message::append(tx, thread, new).await?;
            if place == 0 {
                message::cite(tx, &message, passages).await?;
            }
            self.said.push(message);
        }
        Ok(())
    }

    /// Sends what was said.
    pub(super) async fn send(&mut self, tx: &mut Tx<'_>, thread: &mut Thread) -> Result<()> {
        for message in &self.said {
            delivery::queue(tx, thread, message, delivery::Kind::Automatic).await?;
        }
        if !self.said.is_empty() {
            self.said.clear();
            conversation::save(tx, thread).await?;
        }
        Ok(())
    }
}

/// Gives the conversation to a person, because nothing fits or because the workflow says so.
async fn hand_over(tx: &mut Tx<'_>, thread: &mut Thread, doubt: Option<Doubt>) -> Result<()> {
    let (reason, event) = asks_for(doubt, &thread.widget);
    turn::give_to_person(tx, thread, event, reason).await
}

/// Why a person is asked for: where the bot might have answered, the widget says whether it may ask.
pub(crate) fn asks_for(doubt: Option<Doubt>, widget: &entity::widget::Model) -> (WaitReason, apply::Event) {
    let allowed = widget.human_handover_enabled;
    let asks = |reason| (reason, apply::Event::BotHandsOver { reason, allowed });
    let must = |reason| (reason, apply::Event::BotCannotAnswer { reason });
    match doubt {
        None => asks(WaitReason::Workflow),
        Some(Doubt::Unsure) => asks(WaitReason::Unsure),
        Some(Doubt::Requested) => asks(WaitReason::Requested),
        Some(Doubt::Unreadable) => must(WaitReason::Unreadable),
        Some(Doubt::ModelDown) => must(WaitReason::ModelDown),
    }
}

/// A run that cannot go on leaves no customer alone.
pub(super) async fn give_up(tx: &mut Tx<'_>, thread: &mut Thread, reason: WaitReason) -> Result<()> {
    turn::give_to_person(tx, thread, apply::Event::BotCannotAnswer { reason }, reason).await
}
