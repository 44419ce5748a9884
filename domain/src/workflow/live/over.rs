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

/// Nothing was said to what the customer wrote, although a run may have taken it.
fn customer_has_the_last_word(thread: &Thread) -> bool {
    thread.facts.customer.is_some_and(|mark| mark.number == thread.conversation.last_number)
}

impl Work<'_> {
    /// A run that has just ended: somebody else gets what it did not take, or a person is asked for.
    pub(super) async fn ended(&mut self, tx: &mut Tx<'_>, thread: &mut Thread) -> Result<()> {
        let untaken = self.state.first_untaken();
        let late = self.state.untaken().map(|written| written.late).unwrap_or_default();
        let begun_anew = matches!(
            &self.state.at,
            At::Ended { how: Ended::Completed { .. } | Ended::Cancelled { reason: Cancel::Restarted } }
        ) && self.row.foreground
            && thread.facts.handler == Handler::Bot
            && thread.facts.open;
        if let Some(number) = untaken
            && !begun_anew
        {
            self.unheard(tx, thread, number, &late).await?;
        }
        // An open turn gives what it gathered to somebody else.
        let alone = self.row.foreground
            && self.hand.turn.is_none()
            && (untaken.is_some() || customer_has_the_last_word(thread));
        match &self.state.at {
            At::Ended { how: Ended::Completed { .. } } if begun_anew => match self.state.untaken() {
                Some(message) => self.begin_next(tx, thread, Some(message)).await,
                None => Ok(()),
            },
            At::Ended { how: Ended::Failed { .. } } if self.row.foreground || self.hand.turn.is_some() => {
                act::give_up(tx, thread, WaitReason::WorkflowFailed).await
            }
            At::Ended { how: Ended::Cancelled { reason: Cancel::BotOff } } if alone => {
                act::give_up(tx, thread, WaitReason::BotOff).await
            }
            At::Ended { how: Ended::Cancelled { reason: Cancel::Command } } if alone => {
                act::give_up(tx, thread, WaitReason::Workflow).await
            }
            _ => Ok(()),
        }
    }

    /// The run ended before it took this message: somebody else is to answer it.
    pub(super) async fn unheard(
        &mut self,
        tx: &mut Tx<'_>,
        thread: &Thread,
        number: i64,
        late: &[i64],
    ) -> Result<()> {
        self.row.heard_through = self.row.heard_through.min(number - 1);
        message::came_late(tx, thread.id(), late, true).await?;
        match self.hand.turn {
            Some(_) => turn::take_back(tx, thread).await,
            None => Ok(()),
        }
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
