//! A look at a run: everything that happened to it is worked off, in one transaction.

use chrono::TimeDelta;

use super::act::{self, Hand};
use super::begin::{self, Ground, Start};
use super::row::{self, BegunBy, Status};
use super::{facts, find, journal, mail, replay};
use crate::conversation::{self, Handler, Judge, Thread, WaitReason};
use crate::env::Env;
use crate::error::{Corrupt, Error, Result};
use crate::id::{ConversationId, RunId, WorkflowId, WorkspaceId};
use crate::scope::Scope;
use crate::turn;
use crate::tx::Tx;
use crate::workflow::definition::AfterHandBack;
use crate::workflow::facts::Written;
use crate::workflow::journal::Effect;
use crate::workflow::run::{At, Cancel, Ended, State, Wait};
use crate::workflow::simulate::{self, World};
use crate::workflow::step::Outcome;
use crate::workflow::{Library, Stimulus, engine};

/// How often a look is begun again because the run went on between the reads and the lock.
const TRIES: usize = 10;
/// How long after its time-out a request counts as lost with whoever made it.
const GRACE: TimeDelta = TimeDelta::seconds(2);
/// After what time a search for an answer counts as lost with whoever made it.
const SEARCH: TimeDelta = TimeDelta::seconds(10);

/// What is to be done after a look.
pub(super) enum Next {
    /// Nothing, until something happens.
    Rest,
    /// A call to the outside.
    Call(Wanted),
}

/// A call to the outside.
pub(super) struct Wanted {
    /// The number of the step that wants it.
    pub visit: u64,
    /// What it wants.
    pub effect: Effect,
    /// The widget's own threshold for answers.
    pub threshold: f64,
}

/// Works off what happened to a run, with the result of its call if it has one.
pub(super) async fn look(
    env: &Env,
    workspace: WorkspaceId,
    id: RunId,
    result: Option<(u64, Outcome)>,
) -> Result<Next> {
    let scope = Scope::of(env, workspace);
    for _ in 0..TRIES {
        let Some(seen) = find::load(&scope, &[id]).await?.pop() else { return Ok(Next::Rest) };
        let state = match row::state(&seen) {
            Ok(state) => state,
            Err(corrupt) => return put_away(env, &seen, &corrupt).await,
        };
        let library = crate::workflow::find::library_of(&scope, &state).await?;
        let world = simulate::world(&scope, env.clock.now()).await?;
        if let Some(next) = locked(env, &seen, (&library, &world), result.as_ref()).await? {
            return Ok(next);
        }
    }
    Err(Error::Conflict)
}

/// A run that cannot be read does nothing any more, and stands in nobody's way.
async fn put_away(env: &Env, seen: &entity::workflow_run::Model, corrupt: &Corrupt) -> Result<Next> {
    tracing::error!(run = %RunId(seen.id), %corrupt, "a run cannot be read and is put away as failed");
    let mut tx = Tx::begin(env, WorkspaceId(seen.workspace_id)).await?;
    let mut thread = conversation::lock(&mut tx, ConversationId(seen.conversation_id)).await?;
    if let Some(mut row) = find::one(&tx, RunId(seen.id)).await?
        && row.ended_at.is_none()
        && row::state(&row).is_err()
    {
        Status::Failed.as_str().clone_into(&mut row.status);
        row.ended_at = Some(tx.now());
        row.due_at = None;
        row.asks = false;
        begin::announce(&mut tx, &row, Status::Failed);
        if row.foreground {
            act::give_up(&mut tx, &mut thread, WaitReason::WorkflowFailed).await?;
        }
        tx.save(&row).await?;
    }
    tx.commit().await?;
    Ok(Next::Rest)
}

/// The same under the conversation's lock; None if the run is not where it was seen.
async fn locked(
    env: &Env,
    seen: &entity::workflow_run::Model,
    (library, world): (&Library, &World),
    result: Option<&(u64, Outcome)>,
) -> Result<Option<Next>> {
    let mut tx = Tx::begin(env, WorkspaceId(seen.workspace_id)).await?;
    tx.trace.clone_from(&seen.trace);
    let mut thread = conversation::lock(&mut tx, ConversationId(seen.conversation_id)).await?;
    conversation::apply_due(&mut tx, &mut thread, Judge::Now).await?;
    let Some(row) = find::one(&tx, RunId(seen.id)).await? else { return Ok(Some(Next::Rest)) };
    if row.revision != seen.revision {
        return Ok(None);
    }
    let mut look = Look::new(&tx, &thread, row, library, world).await?;
    look.work_off(&mut tx, &mut thread, result).await?;
    let next = look.finish(&mut tx, &mut thread).await?;
    tx.commit().await?;
    Ok(Some(next))
}

struct Look<'a> {
    library: &'a Library,
    world: &'a World,
    row: entity::workflow_run::Model,
    state: State,
    hand: Hand,
    changed: bool,
}

impl<'a> Look<'a> {
    async fn new(
        tx: &Tx<'_>,
        thread: &Thread,
        row: entity::workflow_run::Model,
        library: &'a Library,
        world: &'a World,
    ) -> Result<Self> {
        let turn = turn::open_id(tx, thread).await?.filter(|turn| row.turn_id == Some(turn.0));
        let hand = Hand { run: RunId(row.id), turn, said: Vec::new() };
        Ok(Self { library, world, state: row::state(&row)?, row, hand, changed: false })
    }

    async fn work_off(
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
                self.unheard(tx, thread, written.number).await?;
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
        match self.may_be_answered(tx, thread).await? {
            true => Ok(()),
            false => self.hear(tx, thread, Stimulus::Look).await,
        }
    }

    /// A turn has gathered what the run may be waiting for: no time runs out before it is handed on. The ticker looks
    /// again.
    async fn may_be_answered(&self, tx: &Tx<'_>, thread: &Thread) -> Result<bool> {
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

    /// A failed run is tried again: it is not over any more, and follows who is responsible.
    async fn revive(&mut self, tx: &mut Tx<'_>, thread: &mut Thread) -> Result<()> {
        if self.is_over() {
            self.row.ended_at = None;
        }
        match self.row.foreground && facts::person_acts(tx, thread).await? {
            true => self.hear(tx, thread, Stimulus::Pause).await,
            false => Ok(()),
        }
    }

    /// The session, the bot's switch, or a person may stop the run, whatever arrived.
    async fn stop(&mut self, tx: &mut Tx<'_>, thread: &mut Thread) -> Result<()> {
        if self.is_over() {
            return Ok(());
        }
        if let Some(reason) = self.is_stopped(thread) {
            return self.hear(tx, thread, Stimulus::Cancel(reason)).await;
        }
        match self.row.foreground && !self.state.paused && facts::person_acts(tx, thread).await? {
            true => self.hear(tx, thread, Stimulus::Pause).await,
            false => Ok(()),
        }
    }

    /// Why the run may not go on, whatever arrives.
    fn is_stopped(&self, thread: &Thread) -> Option<Cancel> {
        let session_is_over =
            self.row.session_id.is_some() && self.row.session_id != thread.conversation.session_id;
        if session_is_over {
            return Some(Cancel::SessionClosed);
        }
        let was_off = !thread.facts.bot_on || thread.widget.epoch != self.row.widget_epoch;
        was_off.then_some(Cancel::BotOff)
    }

    /// The conversation was handed back: what arrived meanwhile lies in the mailbox by now.
    async fn go_on(&mut self, tx: &mut Tx<'_>, thread: &mut Thread) -> Result<()> {
        // Only a hand back makes the bot responsible again: a person whose message failed has acted all the same.
        if self.is_over() || !self.state.paused || thread.facts.handler == Handler::Human {
            return Ok(());
        }
        match self.library.after_hand_back(&self.state) {
            // What is left to answer comes first, whatever time has run out meanwhile: the turn brings it.
            AfterHandBack::Resume
                if self.state.untaken().is_none() && turn::open_id(tx, thread).await?.is_some() =>
            {
                Ok(())
            }
            AfterHandBack::Resume => self.hear(tx, thread, Stimulus::Resume).await,
            AfterHandBack::Restart => self.restart(tx, thread).await,
        }
    }

    /// The run ends, and a new one begins with what was left to answer: the turn that gathered it begins it, if it has
    /// not handed it on yet. If nothing is left, the customer's next message does.
    async fn restart(&mut self, tx: &mut Tx<'_>, thread: &mut Thread) -> Result<()> {
        let untaken = self.state.untaken();
        self.hear(tx, thread, Stimulus::Cancel(Cancel::Restarted)).await?;
        match untaken {
            Some(message) => self.begin_next(tx, thread, Some(message)).await,
            None => Ok(()),
        }
    }

    async fn begin_next(
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

    /// One stimulus: what the engine makes of it is carried out and written down.
    async fn hear(&mut self, tx: &mut Tx<'_>, thread: &mut Thread, stimulus: Stimulus) -> Result<()> {
        let facts = facts::gather(tx, thread, self.world, Some(&self.row)).await?;
        let transition = engine::step(self.library, &self.state, stimulus.clone(), &facts);
        if transition.state != self.state || !transition.entries.is_empty() {
            self.changed = true;
            replay::keep(tx, &mut self.row, &stimulus, &facts).await?;
        }
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

    /// Writes where the run stands now, and what follows for the customer if it is over.
    async fn finish(mut self, tx: &mut Tx<'_>, thread: &mut Thread) -> Result<Next> {
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
            let after = Status::read(&self.row)?;
            if after != before {
                begin::announce(tx, &self.row, after);
            }
        }
        let next = self.call(thread, now)?;
        tx.save(&self.row).await?;
        if let Some(due) = self.row.due_at {
            tx.due(due);
        }
        Ok(next)
    }

    async fn ended(&mut self, tx: &mut Tx<'_>, thread: &mut Thread) -> Result<()> {
        let untaken = self.state.first_untaken();
        let begun_anew = matches!(
            &self.state.at,
            At::Ended { how: Ended::Completed { .. } | Ended::Cancelled { reason: Cancel::Restarted } }
        ) && self.row.foreground
            && thread.facts.handler == Handler::Bot
            && thread.facts.open;
        if let Some(number) = untaken
            && !begun_anew
        {
            self.unheard(tx, thread, number).await?;
        }
        // An open turn gives what it gathered to somebody else.
        let alone = untaken.is_some() && self.row.foreground && self.hand.turn.is_none();
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

    /// The call that the run waits for, if nobody is making it.
    fn call(&mut self, thread: &Thread, now: crate::Time) -> Result<Next> {
        let At::Waiting { visit, wait: Wait::Outside { .. } } = &self.state.at else { return Ok(Next::Rest) };
        let Some(wanted) = self.row.wanted_call.as_deref().filter(|_| !self.state.paused) else {
            return Ok(Next::Rest);
        };
        let effect =
            serde_json::from_str(wanted).map_err(|error| row::corrupt(&self.row, error.to_string()))?;
        let patience = match &effect {
            Effect::Http(request) => TimeDelta::from(request.timeout_seconds) + GRACE,
            _ => SEARCH,
        };
        if !row::claim_call(&mut self.row, patience, now) {
            return Ok(Next::Rest);
        }
        Ok(Next::Call(Wanted { visit: *visit, effect, threshold: thread.widget.answer_threshold }))
    }

    /// The run ended before it took this message: somebody else is to answer it.
    async fn unheard(&mut self, tx: &mut Tx<'_>, thread: &Thread, number: i64) -> Result<()> {
        self.row.heard_through = self.row.heard_through.min(number - 1);
        match self.hand.turn {
            Some(_) => turn::take_back(tx, thread).await,
            None => Ok(()),
        }
    }

    /// Whether a wait in the background ends when the customer writes.
    fn minds_customer(&self) -> bool {
        let waits = matches!(&self.state.at, At::Waiting { wait: Wait::Time { .. }, .. });
        waits && !self.row.foreground && self.library.minds_customer(&self.state)
    }

    fn is_over(&self) -> bool {
        matches!(self.state.at, At::Ended { .. })
    }
}
