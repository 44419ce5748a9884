//! What follows for the customer when a run is over: no message is left alone.

use super::act;
use super::begin::{self, Ground, Start};
use super::row::BegunBy;
use super::work::Work;
use crate::conversation::{Handler, Thread, WaitReason};
use crate::error::Result;
use crate::id::WorkflowId;
use crate::message;
use crate::turn;
use crate::tx::Tx;
use crate::workflow::facts::Written;
use crate::workflow::run::{At, Cancel, Ended};

impl Work<'_> {
    /// A run that has just ended: somebody else gets what it did not take, or a person is asked for.
    pub(super) async fn ended(&mut self, tx: &mut Tx<'_>, thread: &mut Thread) -> Result<()> {
        let At::Ended { how } = self.state.at.clone() else { return Ok(()) };
        match self.row.foreground {
            true => self.foreground_ended(tx, thread, how).await,
            false => self.background_ended(tx, thread, how).await,
        }
    }

    async fn foreground_ended(&mut self, tx: &mut Tx<'_>, thread: &mut Thread, how: Ended) -> Result<()> {
        let (untaken, unanswered) = (self.state.untaken(), self.owed(thread));
        let goes_on = thread.facts.handler == Handler::Bot && thread.facts.open;
        match how {
            Ended::Completed { .. } if goes_on && untaken.is_some() => {
                self.begin_next(tx, thread, untaken).await
            }
            Ended::Completed { .. } => self.unheard(tx, thread, untaken).await,
            // A restart hands it on itself, and with the session nobody waits any more.
            Ended::Cancelled { reason: Cancel::Restarted | Cancel::SessionClosed } => Ok(()),
            Ended::Failed { .. } => {
                self.unheard(tx, thread, untaken).await?;
                act::give_up(tx, thread, WaitReason::WorkflowFailed).await
            }
            Ended::Cancelled { reason: Cancel::Command } => {
                let alone = unanswered.is_some();
                self.unheard(tx, thread, unanswered).await?;
                if alone { act::give_up(tx, thread, WaitReason::Workflow).await } else { Ok(()) }
            }
            Ended::Cancelled { reason: Cancel::BotOff } => {
                // An open turn knows by itself that the bot was switched off.
                let alone = unanswered.is_some() && self.hand.turn.is_none();
                self.unheard(tx, thread, unanswered).await?;
                if alone { turn::redo(tx, thread).await } else { Ok(()) }
            }
        }
    }

    /// Its question may have taken what was no answer to it: what it said nothing to is somebody else's to answer.
    async fn background_ended(&mut self, tx: &mut Tx<'_>, thread: &mut Thread, how: Ended) -> Result<()> {
        if matches!(how, Ended::Cancelled { reason: Cancel::SessionClosed }) {
            return Ok(());
        }
        let unanswered = self.owed(thread);
        let (owed, has_turn) = (unanswered.is_some(), self.hand.turn.is_some());
        self.unheard(tx, thread, unanswered).await?;
        match how {
            Ended::Failed { .. } if has_turn => act::give_up(tx, thread, WaitReason::WorkflowFailed).await,
            // An open turn looks by itself for what is left.
            _ if owed && !has_turn => turn::redo(tx, thread).await,
            _ => Ok(()),
        }
    }

    /// What nobody answered: what a person wrote after is the person's.
    pub(super) fn owed(&self, thread: &Thread) -> Option<Written> {
        let human = thread.facts.human.map_or(0, |mark| mark.number);
        let mut unanswered = self.state.unanswered()?;
        unanswered.numbers.retain(|number| *number > human);
        Some(unanswered).filter(|unanswered| !unanswered.numbers.is_empty())
    }

    /// Nobody answered this: it is owed as if it came only now.
    pub(super) async fn unheard(&self, tx: &Tx<'_>, thread: &Thread, written: Option<Written>) -> Result<()> {
        let numbers = written.map(|written| written.numbers).unwrap_or_default();
        message::came_late(tx, thread.id(), &numbers, true).await
    }

    pub(super) async fn begin_next(
        &mut self,
        tx: &mut Tx<'_>,
        thread: &mut Thread,
        message: Option<Written>,
    ) -> Result<()> {
        let start = Start {
            workflow: WorkflowId(self.row.workflow_id),
            key: &self.state.frames[0].workflow,
            by: BegunBy::Widget,
            cause: format!("after:{}", self.row.id),
            actor: None,
            message,
            turn: self.hand.turn,
            driven: false,
            variables: Vec::new(),
        };
        let ground = Ground { library: self.library, world: self.world };
        match begin::begin(tx, thread, &ground, start).await? {
            Ok(_) => Ok(()),
            Err(fault) => {
                tracing::warn!(run = %self.hand.run, %fault, "the workflow cannot begin anew");
                act::give_up(tx, thread, WaitReason::WorkflowFailed).await
            }
        }
    }
}
