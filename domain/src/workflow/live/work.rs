//! A run at work: what happened to it is heard, in order, and carried out, and where it stands then is written.

use chrono::TimeDelta;

use super::act::Hand;
use super::look::{Next, Wanted};
use super::row::{self, Status};
use super::{Errands, begin, facts, journal, mail, replay};
use crate::conversation::Thread;
use crate::error::{Error, Result};
use crate::id::RunId;
use crate::job::Job;
use crate::turn;
use crate::tx::Tx;
use crate::workflow::facts::Written;
use crate::workflow::journal::Effect;
use crate::workflow::run::{At, State, Wait};
use crate::workflow::simulate::World;
use crate::workflow::step::Outcome;
use crate::workflow::{Library, Stimulus, engine};

/// How long after its time-out a request counts as lost with whoever made it, if a lease is not shorter.
const GRACE: TimeDelta = TimeDelta::seconds(2);
/// When a time that ran out and does not count yet is looked at again.
const LATER: TimeDelta = TimeDelta::seconds(1);

/// A run at work, under the lock of its conversation.
pub(super) struct Work<'a> {
    pub library: &'a Library,
    pub world: &'a World,
    pub row: entity::workflow_run::Model,
    pub state: State,
    pub hand: Hand,
    /// Something is to be written.
    changed: bool,
    /// A time that ran out does not count yet.
    deferred: bool,
}

impl<'a> Work<'a> {
    pub(super) async fn new(
        tx: &Tx<'_>,
        thread: &Thread,
        row: entity::workflow_run::Model,
        library: &'a Library,
        world: &'a World,
    ) -> Result<Self> {
        let turn = turn::open_id(tx, thread).await?.filter(|turn| row.turn_id == Some(turn.0));
        let hand = Hand { run: RunId(row.id), turn, answers: None, answered: Vec::new(), said: Vec::new() };
        Ok(Self { library, world, state: row::state(&row)?, row, hand, changed: false, deferred: false })
    }

    pub(super) async fn work_off(
        &mut self,
        tx: &mut Tx<'_>,
        thread: &mut Thread,
        result: Option<&(u64, Outcome)>,
    ) -> Result<()> {
        self.stop(tx, thread).await?;
        if let Some((visit, outcome)) = result {
            if self.is_over() {
                journal::too_late(tx, &mut self.row, *visit, outcome).await?;
                self.changed = true;
            }
            let (visit, outcome) = (*visit, outcome.clone());
            self.hear(tx, thread, Stimulus::Result { visit, outcome }).await?;
        }
        for arrived in mail::since(tx, &self.row).await? {
            if let Some(turn) = arrived.turn {
                self.row.turn_id = Some(turn.0);
                self.hand.turn = turn::open_id(tx, thread).await?.filter(|open| *open == turn);
            }
            if let Stimulus::Message(written) = &arrived.stimulus
                && self.is_over()
            {
                self.unheard(tx, thread, Some(written.clone())).await?;
            }
            // A failed run may be tried again only as long as it could have gone on.
            let stimulus = match (arrived.stimulus, self.is_stopped(thread)) {
                (Stimulus::Retry, Some(reason)) => Stimulus::Cancel(reason),
                (Stimulus::Retry, None) => {
                    self.revive(tx, thread).await?;
                    Stimulus::Retry
                }
                (stimulus, _) => stimulus,
            };
            self.hear(tx, thread, stimulus).await?;
            self.row.taken = arrived.number;
            self.changed = true;
        }
        self.go_on(tx, thread).await?;
        self.deferred = self.may_be_answered(tx, thread).await?;
        match self.deferred {
            true => Ok(()),
            false => self.hear(tx, thread, Stimulus::Look).await,
        }
    }

    /// One stimulus: what the engine makes of it is carried out and written down.
    pub(super) async fn hear(
        &mut self,
        tx: &mut Tx<'_>,
        thread: &mut Thread,
        stimulus: Stimulus,
    ) -> Result<()> {
        let facts = facts::gather(tx, thread, self.world, Some(&self.row)).await?;
        let transition = engine::step(self.library, &self.state, stimulus.clone(), &facts);
        if transition.state != self.state || !transition.entries.is_empty() {
            self.changed = true;
            replay::keep(tx, &mut self.row, &stimulus, (&facts, self.library)).await?;
        }
        let says = transition.effects().any(|(_, effect)| matches!(effect, Effect::Send { .. }));
        self.hand.answers = match self.answered_by(&stimulus).filter(|_| says) {
            Some(number) => turn::that_covers(tx, thread, number).await?,
            None => None,
        };
        self.hand.answered = self.answers(&stimulus, &transition.state);
        for entry in &transition.entries {
            for effect in &entry.effects {
                self.hand.carry_out(tx, thread, effect).await?;
                if matches!(effect, Effect::Answer { .. } | Effect::Http(_)) {
                    let wanted = serde_json::to_string(effect).map_err(Error::internal)?;
                    self.row.wanted_call = Some(wanted);
                    self.row.call_until = None;
                }
            }
            journal::write(tx, &mut self.row, entry).await?;
        }
        self.state = transition.state;
        Ok(())
    }

    /// What it answers by saying something: what it owed or got, and owes no longer.
    fn answers(&self, stimulus: &Stimulus, after: &State) -> Vec<i64> {
        let numbers = |written: Option<Written>| written.map(|written| written.numbers).unwrap_or_default();
        let mut before = numbers(self.state.unanswered());
        if let Stimulus::Message(written) = stimulus {
            before.extend(&written.numbers);
        }
        let left = numbers(after.unanswered());
        before.retain(|number| !left.contains(number));
        // It said something before its call: if the rest is stopped and it is over, what it was asked is open again.
        let is_over = matches!(after.at, At::Ended { .. });
        match before.is_empty() && is_over && matches!(stimulus, Stimulus::Result { .. }) {
            true => numbers(self.state.message.clone()),
            false => before,
        }
    }

    /// The last message that it would answer by saying something.
    fn answered_by(&self, stimulus: &Stimulus) -> Option<i64> {
        let taken = self.state.owes.as_ref().and_then(|owes| owes.numbers.last().copied());
        let waiting = self.state.untaken().and_then(|written| written.numbers.first().copied());
        match stimulus {
            Stimulus::Message(written) => taken.or(waiting).or_else(|| written.numbers.last().copied()),
            _ => taken.or(waiting),
        }
    }

    /// Writes where the run stands now, and what follows for the customer if it is over.
    pub(super) async fn finish(
        mut self,
        tx: &mut Tx<'_>,
        thread: &mut Thread,
        errands: Errands,
    ) -> Result<Next> {
        let was_over = self.row.ended_at.is_some();
        if self.is_over() && !was_over {
            self.ended(tx, thread).await?;
        }
        self.hand.send(tx, thread).await?;
        let (now, before) = (tx.now(), Status::read(&self.row)?);
        if self.changed || self.row.due_at.is_some_and(|due| due <= now) {
            row::write(&mut self.row, &self.state, now);
            self.row.minds_customer = self.minds_customer();
            self.row.version = self.state.frames[0].version;
            if self.row.due_at.is_none() && self.asks_for_ever() {
                self.row.due_at = thread.conversation.window_closes_at;
            }
            if self.deferred {
                self.row.due_at = self.row.due_at.map(|due| due.max(now + LATER));
            }
            let after = Status::read(&self.row)?;
            if after != before {
                begin::announce(tx, &self.row, after);
            }
        }
        let next = self.call(tx, thread, errands)?;
        tx.save(&self.row).await?;
        if let Some(due) = self.row.due_at {
            tx.due(due);
        }
        Ok(next)
    }

    /// The call that the run waits for, if nobody is making it; a job makes it where we do not.
    fn call(&mut self, tx: &mut Tx<'_>, thread: &Thread, errands: Errands) -> Result<Next> {
        let At::Waiting { visit, wait: Wait::Outside { .. } } = &self.state.at else { return Ok(Next::Rest) };
        let Some(wanted) = self.row.wanted_call.as_deref().filter(|_| !self.state.paused) else {
            return Ok(Next::Rest);
        };
        let effect =
            serde_json::from_str(wanted).map_err(|error| row::corrupt(&self.row, error.to_string()))?;
        let lease = tx.env.settings.lease;
        let (patience, is_ours) = match &effect {
            Effect::Http(request) => {
                (TimeDelta::from(request.timeout_seconds) + GRACE.min(lease), errands == Errands::All)
            }
            _ => (lease, true),
        };
        if !is_ours {
            if row::offer_call(&mut self.row, &self.state, tx.now()) {
                let cause = format!("{visit}:{}", self.row.revision);
                tx.enqueue(Job::WorkflowCall { workspace: tx.workspace, run: RunId(self.row.id), cause });
            }
            return Ok(Next::Rest);
        }
        if !row::claim_call(&mut self.row, patience, tx.now()) {
            return Ok(Next::Rest);
        }
        Ok(Next::Call(Wanted { visit: *visit, effect, threshold: thread.widget.answer_threshold }))
    }

    /// Whether a wait in the background ends when the customer writes.
    pub(super) fn minds_customer(&self) -> bool {
        let waits = matches!(&self.state.at, At::Waiting { wait: Wait::Time { .. }, .. });
        waits && !self.row.foreground && self.library.minds_customer(&self.state)
    }

    /// A question without an end in a run that outlives its session: the reply window ends it.
    pub(super) fn asks_for_ever(&self) -> bool {
        let asks = matches!(&self.state.at, At::Waiting { wait: Wait::Answer { until: None }, .. });
        asks && self.row.session_id.is_none() && !self.state.paused
    }

    pub(super) fn is_over(&self) -> bool {
        matches!(self.state.at, At::Ended { .. })
    }
}
