//! The bot's turns: one answer to what the customer wrote, at most one open per conversation.
//!
//! GATHERING (waits for more, a due column and never a sleep) -> RUNNING (the answer is being made) ->
//! COMMITTED, HANDED_OVER, DISCARDED or CANCELLED. An answer commits only if both epochs are the ones
//! it started from.

mod assistant;
mod cover;
mod question;
mod run;
mod workflow;

use chrono::TimeDelta;
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};

use crate::conversation::{self, Handler, Thread, WaitReason, apply};
use crate::error::{Corrupt, Result};
use crate::event::Event;
use crate::id::{ConversationId, TurnId};
use crate::job::Job;
use crate::scope::Scope;
use crate::tx::Tx;
use crate::workflow::live;

pub use question::questions;
pub use run::run;

/// A newer message restarts a turn at most until this long after the first one.
const RESTARTS_UNTIL: TimeDelta = TimeDelta::seconds(10);
/// A running turn that is silent for so long is started again.
pub(crate) const WATCHDOG: TimeDelta = TimeDelta::seconds(60);

/// Where a turn stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum State {
    /// Waits for more messages until its due time.
    Gathering,
    /// The answer is being made.
    Running,
    /// The answer was sent.
    Committed,
    /// A person was asked for.
    HandedOver,
    /// Too late: somebody acted, or the bot was stopped.
    Discarded,
    /// A person took over, or the session closed, before it ended.
    Cancelled,
}

impl State {
    const ALL: [Self; 6] =
        [Self::Gathering, Self::Running, Self::Committed, Self::HandedOver, Self::Discarded, Self::Cancelled];

    /// As stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gathering => "GATHERING",
            Self::Running => "RUNNING",
            Self::Committed => "COMMITTED",
            Self::HandedOver => "HANDED_OVER",
            Self::Discarded => "DISCARDED",
            Self::Cancelled => "CANCELLED",
        }
    }

    /// Reads a stored state.
    ///
    /// # Errors
    /// [`Corrupt`] for a text that no rule writes.
    pub fn read(row: &entity::turn::Model) -> Result<Self, Corrupt> {
        Self::ALL.into_iter().find(|state| state.as_str() == row.state).ok_or_else(|| Corrupt {
            table: "turn",
            id: row.id.to_string(),
            what: format!("state {}", row.state),
        })
    }
}

/// The customer wrote, or something is left to answer: opens a turn, or lets the open one wait for this
/// message too.
pub(crate) async fn want(tx: &mut Tx<'_>, thread: &Thread) -> Result<()> {
    let Some(session) = &thread.session else { return Ok(()) };
    let now = tx.now();
    let quiet = TimeDelta::milliseconds(thread.widget.gather_quiet_ms);
    let longest = TimeDelta::milliseconds(thread.widget.gather_max_ms);
    if let Some(mut turn) = open(tx, thread).await? {
        match State::read(&turn)? {
            State::Running if now >= turn.first_at + RESTARTS_UNTIL => return Ok(()),
            State::Gathering | State::Running => {
                State::Gathering.as_str().clone_into(&mut turn.state);
                turn.due_at = (now + quiet).min(turn.first_at + longest).max(now);
                // The newest message is what the answer will follow from.
                turn.trace = tx.trace.clone().or(turn.trace);
                tx.save(&turn).await?;
                schedule(tx, &turn);
                return Ok(());
            }
            State::Committed | State::HandedOver | State::Discarded | State::Cancelled => {}
        }
    }
    let turn = entity::turn::Model {
        id: TurnId::new().0,
        workspace_id: tx.workspace.0,
        conversation_id: thread.conversation.id,
        session_id: session.id,
        state: State::Gathering.as_str().to_owned(),
        first_at: now,
        due_at: now + quiet.min(longest),
        starts: 0,
        conversation_epoch: thread.conversation.epoch,
        widget_epoch: thread.widget.epoch,
        covers_from: None,
        covers_through: None,
        handed_through: None,
        reason: None,
        created_at: now,
        ended_at: None,
        trace: tx.trace.clone(),
        started_by: None,
    };
    tx.insert(turn.clone()).await?;
    schedule(tx, &turn);
    announce(tx, thread, &turn, State::Gathering);
    Ok(())
}

/// A turn that need not wait starts with this commit; any other is found by the ticker.
fn schedule(tx: &mut Tx<'_>, turn: &entity::turn::Model) {
    if turn.due_at <= tx.now() {
        let (workspace, turn, start) = (tx.workspace, TurnId(turn.id), turn.starts);
        let tick = tx.now().timestamp_micros();
        tx.enqueue(Job::Turn { workspace, turn, start, tick });
    } else {
        tx.due(turn.due_at);
    }
}

/// The conversation is the bot's: it answers what was left unanswered, if anything was.
pub(crate) async fn resume(tx: &mut Tx<'_>, thread: &Thread) -> Result<()> {
    match cover::left(tx, thread).await? {
        Some(_) => want(tx, thread).await,
        None => Ok(()),
    }
}

/// The customer edited or took back what the open turn reads: it reads again, or has nothing to answer.
pub(crate) async fn reread(tx: &mut Tx<'_>, thread: &Thread) -> Result<()> {
    let Some(mut turn) = open(tx, thread).await? else { return Ok(()) };
    if cover::left(tx, thread).await?.is_none() {
        return finish(tx, thread, turn, State::Cancelled).await;
    }
    if State::read(&turn)? == State::Running {
        State::Gathering.as_str().clone_into(&mut turn.state);
        turn.due_at = tx.now();
        tx.save(&turn).await?;
        schedule(tx, &turn);
    }
    Ok(())
}

/// A person is asked for; the open turn, if there is one, is handed over with what it has read.
pub(crate) async fn give_to_person(
    tx: &mut Tx<'_>,
    thread: &mut Thread,
    event: apply::Event,
    reason: WaitReason,
) -> Result<()> {
    match open(tx, thread).await? {
        Some(turn) if thread.facts.handler == Handler::Bot => {
            run::hand_over(tx, thread, turn, event, reason).await
        }
        Some(_) | None => conversation::step(tx, thread, event).await.map(drop),
    }
}

/// The turn that is open.
pub(crate) async fn open_id(tx: &Tx<'_>, thread: &Thread) -> Result<Option<TurnId>> {
    Ok(open(tx, thread).await?.map(|turn| TurnId(turn.id)))
}

/// Whether a turn is open that has handed nothing on yet.
pub(crate) async fn brings_something(tx: &Tx<'_>, thread: &Thread) -> Result<bool> {
    Ok(open(tx, thread).await?.is_some_and(|turn| turn.handed_through.is_none()))
}

/// An automatic send was stopped before Meta had it: what it answered is left again.
pub(crate) async fn stopped(tx: &Tx<'_>, delivery: &entity::delivery::Model) -> Result<()> {
    cover::owe_again(tx, delivery).await
}

/// What the widget's epoch stopped is done again if the bot is on, else a person is asked for.
pub(crate) async fn redo(tx: &mut Tx<'_>, thread: &mut Thread) -> Result<()> {
    if thread.facts.handler != Handler::Bot || !thread.facts.open {
        return Ok(());
    }
    if thread.facts.bot_on {
        resume(tx, thread).await?;
    } else {
        let reason = WaitReason::BotOff;
        conversation::step(tx, thread, apply::Event::BotCannotAnswer { reason }).await?;
    }
    Ok(())
}

/// The newest turn that gathered a message of the open session.
pub(crate) async fn that_covers(tx: &Tx<'_>, thread: &Thread, number: i64) -> Result<Option<TurnId>> {
    use entity::turn::{Column, Entity};
    let Some(session) = &thread.session else { return Ok(None) };
    let turns = tx
        .find::<Entity>()
        .filter(Column::SessionId.eq(session.id))
        .filter(Column::CoversFrom.lte(number))
        .filter(Column::CoversThrough.gte(number))
        .order_by_desc(Column::Id);
    Ok(turns.one(tx.db()).await?.map(|turn| TurnId(turn.id)))
}

/// Ends the open turn because somebody else is responsible now.
pub(crate) async fn cancel_open(tx: &mut Tx<'_>, thread: &Thread) -> Result<()> {
    let Some(mut turn) = open(tx, thread).await? else { return Ok(()) };
    // What it has handed on is a run's, which goes on or begins anew when the conversation is handed back.
    let to = if turn.handed_through.is_some() { State::Committed } else { State::Cancelled };
    turn.covers_through = turn.handed_through.or(turn.covers_through);
    finish(tx, thread, turn, to).await
}

async fn open(tx: &Tx<'_>, thread: &Thread) -> Result<Option<entity::turn::Model>> {
    let query = tx
        .find::<entity::turn::Entity>()
        .filter(entity::turn::Column::ConversationId.eq(thread.conversation.id))
        .filter(entity::turn::Column::EndedAt.is_null());
    Ok(query.one(tx.db()).await?)
}

async fn finish(tx: &mut Tx<'_>, thread: &Thread, mut turn: entity::turn::Model, to: State) -> Result<()> {
    to.as_str().clone_into(&mut turn.state);
    turn.ended_at = Some(tx.now());
    tx.save(&turn).await?;
    if to == State::HandedOver {
        cover::settle_late(tx, &turn).await?;
    }
    announce(tx, thread, &turn, to);
    // A run that was handed back waits for what the turn brings, if it brings anything.
    live::wake_paused(tx, thread, TurnId(turn.id)).await
}

fn announce(tx: &mut Tx<'_>, thread: &Thread, turn: &entity::turn::Model, to: State) {
    tx.announce(Event::TurnChanged {
        widget: thread.widget_id(),
        conversation: thread.id(),
        turn: TurnId(turn.id),
        to,
    });
}

/// Why a turn handed over, if it did.
///
/// # Errors
/// [`Corrupt`] for a text that no rule writes.
pub fn reason(row: &entity::turn::Model) -> Result<Option<WaitReason>, Corrupt> {
    let Some(text) = &row.reason else { return Ok(None) };
    WaitReason::parse(text).map(Some).ok_or_else(|| Corrupt {
        table: "turn",
        id: row.id.to_string(),
        what: format!("reason {text}"),
    })
}

/// Whether an answer is being made.
///
/// # Errors
/// The database's.
pub(crate) async fn is_open(scope: &Scope, conversation: ConversationId) -> Result<bool> {
    let query = scope
        .find::<entity::turn::Entity>()
        .filter(entity::turn::Column::ConversationId.eq(conversation.0))
        .filter(entity::turn::Column::EndedAt.is_null());
    Ok(query.one(scope.reader()).await?.is_some())
}

/// Turns by id, in no order; ids of other workspaces are left out.
///
/// # Errors
/// The database's.
pub async fn load(scope: &Scope, ids: &[TurnId]) -> Result<Vec<entity::turn::Model>> {
    let ids = ids.iter().map(|id| id.0);
    let query = scope.find::<entity::turn::Entity>().filter(entity::turn::Column::Id.is_in(ids));
    Ok(query.all(scope.reader()).await?)
}
