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
        let (untaken, unanswered) = (self.state.untaken(), self.state.unanswered());
        let At::Ended { how } = self.state.at.clone() else { return Ok(()) };
        let goes_on = self.row.foreground && thread.facts.handler == Handler::Bot && thread.facts.open;
        match how {
            Ended::Completed { .. } if goes_on && untaken.is_some() => {
                self.begin_next(tx, thread, untaken).await
            }
            Ended::Completed { .. } => self.unheard(tx, thread, untaken).await,
            // A restart hands it on itself, and with the session nobody waits any more.
            Ended::Cancelled { reason: Cancel::Restarted | Cancel::SessionClosed } => Ok(()),
            Ended::Failed { .. } => {
                self.unheard(tx, thread, untaken).await?;
                match self.row.foreground || self.hand.turn.is_some() {
                    true => act::give_up(tx, thread, WaitReason::WorkflowFailed).await,
                    false => Ok(()),
                }
            }
            Ended::Cancelled { reason: Cancel::Command } => {
                let alone = self.row.foreground && unanswered.is_some();
                self.unheard(tx, thread, unanswered).await?;
                if alone { act::give_up(tx, thread, WaitReason::Workflow).await } else { Ok(()) }
            }
            Ended::Cancelled { reason: Cancel::BotOff } => {
                let left = if self.row.foreground { unanswered } else { untaken };
                // An open turn knows by itself that the bot was switched off.
                let alone = self.row.foreground && left.is_some() && self.hand.turn.is_none();
                self.unheard(tx, thread, left).await?;
                if alone { turn::redo(tx, thread).await } else { Ok(()) }
            }
        }
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
