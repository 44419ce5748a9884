//! What the conversation lets a run do, whatever arrives: its session ends, the bot is switched off, a person acts, and
//! hands back.

use super::facts;
use super::work::Work;
use crate::bot;
use crate::conversation::{Handler, Thread};
use crate::error::Result;
use crate::tx::Tx;
use crate::workflow::Stimulus;
use crate::workflow::definition::AfterHandBack;
use crate::workflow::facts::Written;
use crate::workflow::run::{At, Cancel, Wait};
use crate::{message, turn};

impl Work<'_> {
    /// The session, the bot's switch, or a person may stop the run, whatever arrived.
    pub(super) async fn stop(&mut self, tx: &mut Tx<'_>, thread: &mut Thread) -> Result<()> {
        if self.is_over() {
            return Ok(());
        }
        let now = tx.now();
        let expired = self.asks_for_ever() && !thread.window_is_open(now);
        if let Some(reason) = self.is_stopped(thread).or(expired.then_some(Cancel::SessionClosed)) {
            return self.hear(tx, thread, Stimulus::Cancel(reason)).await;
        }
        match self.row.foreground && !self.state.paused && facts::person_acts(tx, thread).await? {
            true => self.hear(tx, thread, Stimulus::Pause).await,
            false => Ok(()),
        }
    }

    /// Why the run may not go on, whatever arrives.
    pub(super) fn is_stopped(&self, thread: &Thread) -> Option<Cancel> {
        let session_is_over =
            self.row.session_id.is_some() && self.row.session_id != thread.conversation.session_id;
        if session_is_over {
            return Some(Cancel::SessionClosed);
        }
        let was_off = !thread.facts.bot_on || thread.widget.epoch != self.row.widget_epoch;
        was_off.then_some(Cancel::BotOff)
    }

    /// The conversation was handed back: what arrived meanwhile lies in the mailbox by now.
    pub(super) async fn go_on(&mut self, tx: &mut Tx<'_>, thread: &mut Thread) -> Result<()> {
        // Only a hand back makes the bot responsible again: a person whose message failed has acted all the same.
        if self.is_over() || !self.state.paused || thread.facts.handler == Handler::Human {
            return Ok(());
        }
        match self.library.after_hand_back(&self.state) {
            // What is left to answer comes first, whatever time has run out meanwhile: the turn brings it.
            AfterHandBack::Resume if turn::brings_something(tx, thread).await? => Ok(()),
            AfterHandBack::Resume => self.hear(tx, thread, Stimulus::Resume).await,
            AfterHandBack::Restart => self.restart(tx, thread).await,
        }
    }

    /// The run ends, and a new one begins with what was left to answer: the turn that gathered it begins it, if it has
    /// not handed it on yet. If nothing is left, the customer's next message does.
    pub(super) async fn restart(&mut self, tx: &mut Tx<'_>, thread: &mut Thread) -> Result<()> {
        // Of what a run took as one, a person may have answered a part.
        let numbers = self.owed(thread).map(|owed| owed.numbers).unwrap_or_default();
        let left = message::numbered(tx, thread.id(), &numbers).await?;
        let unanswered = Written::several(left.iter().map(|message| (message.number, bot::words(message))));
        self.hear(tx, thread, Stimulus::Cancel(Cancel::Restarted)).await?;
        match unanswered {
            Some(message) => self.begin_next(tx, thread, Some(message)).await,
            None => Ok(()),
        }
    }

    /// A failed run is tried again: it is not over any more, and follows who is responsible.
    pub(super) async fn revive(&mut self, tx: &mut Tx<'_>, thread: &mut Thread) -> Result<()> {
        if self.is_over() {
            self.row.ended_at = None;
        }
        match self.row.foreground && facts::person_acts(tx, thread).await? {
            true => self.hear(tx, thread, Stimulus::Pause).await,
            false => Ok(()),
        }
    }

    /// A turn has gathered what the run may be waiting for: no time runs out before it is handed on. The ticker looks
    /// again.
    pub(super) async fn may_be_answered(&self, tx: &Tx<'_>, thread: &Thread) -> Result<bool> {
        let listens = match &self.state.at {
            At::Waiting { wait: Wait::Answer { .. }, .. } => true,
            At::Waiting { wait: Wait::Time { .. }, .. } => self.row.foreground,
            At::Waiting { wait: Wait::Outside { .. }, .. } | At::Ready | At::Ended { .. } => false,
        };
        let hands = match listens {
            true => turn::open_id(tx, thread).await?,
            false => None,
        };
        Ok(hands.is_some() && hands != self.hand.turn)
    }
}
