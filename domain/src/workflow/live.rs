//! Runs on conversations.
//!
//! Whatever happens to a run is a [`Stimulus`](super::Stimulus), worked off under the lock of its conversation in one
//! transaction with its effects, its journal and what it waits for next: a process that dies leaves a run before a
//! stimulus or after it, never between. What arrives is a numbered row first ([`mail`]); a time that a run waits for is
//! a due column; a call to the outside is made between two transactions, its result is a stimulus again.
//!
//! Invariant: only [`look`] changes where a run stands. Everybody else posts, or wakes it.

mod act;
mod begin;
mod call;
pub mod command;
mod course;
mod facts;
mod find;
mod fire;
mod journal;
mod listen;
mod look;
mod mail;
mod over;
mod prune;
mod replay;
mod row;
mod stop;
mod timetable;
mod work;

use crate::conversation::Thread;
use crate::env::Env;
use crate::error::Result;
use crate::id::{RunId, TurnId, WorkspaceId};
use crate::job::Job;
use crate::tx::Tx;

pub use find::{Filter, entries, list, load};
pub use fire::{Fired, begin_for};
pub use journal::entry;
pub use prune::prune;
pub use replay::replay;
pub use row::{BegunBy, Status, state};
pub use stop::stop_older;
pub use timetable::begin_all;

pub(crate) use act::asks_for;
pub(crate) use begin::{Ground, begin_foreground};
pub(crate) use fire::fire;
pub(super) use fire::write as write_triggers;
pub(crate) use listen::{customer_wrote, heard_through, listener, listens};
pub(crate) use mail::post;
pub(crate) use timetable::reset as reset_timetable;

/// How many calls to the outside a run makes in one go; another look goes on from there.
const CALLS: usize = 20;

/// Which calls are made by whoever drives a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Errands {
    /// Searches for an answer; a call to a stranger's server is left to a job of its own.
    Search,
    /// Both.
    All,
}

/// Lets a run go on until it waits for somebody else, for a stranger's server, for a time, or is over.
///
/// # Errors
/// The database's; the job layer tries again.
pub async fn drive(env: &Env, workspace: WorkspaceId, run: RunId) -> Result<()> {
    go_on(env, workspace, run, Errands::Search).await
}

/// The same, and asks strangers' servers too.
///
/// # Errors
/// The database's; the job layer tries again.
pub async fn drive_and_call(env: &Env, workspace: WorkspaceId, run: RunId) -> Result<()> {
    go_on(env, workspace, run, Errands::All).await
}

async fn go_on(env: &Env, workspace: WorkspaceId, run: RunId, errands: Errands) -> Result<()> {
    let mut result = None;
    for _ in 0..CALLS {
        match Box::pin(look::look(env, workspace, run, errands, result.take())).await? {
            look::Next::Rest => return Ok(()),
            look::Next::Call(wanted) => {
                result = Some((wanted.visit, call::make(env, workspace, run, &wanted).await?));
            }
        }
    }
    if let Some(last) = result {
        Box::pin(look::look(env, workspace, run, errands, Some(last))).await?;
    }
    Ok(())
}

/// Who is responsible changed, or the session ended: the conversation's runs look whether they may go on.
pub(crate) async fn wake_all(tx: &mut Tx<'_>, thread: &Thread) -> Result<()> {
    let revision = thread.conversation.revision;
    for run in find::live(tx, thread.id()).await? {
        wake(tx, RunId(run.id), format!("revision:{revision}"));
    }
    Ok(())
}

/// A turn is over: runs that a person interrupted look whether they may go on.
pub(crate) async fn wake_paused(tx: &mut Tx<'_>, thread: &Thread, turn: TurnId) -> Result<()> {
    let paused = Status::Paused.as_str();
    for run in find::live(tx, thread.id()).await?.into_iter().filter(|run| run.status == paused) {
        wake(tx, RunId(run.id), format!("turn:{turn}"));
    }
    Ok(())
}

fn wake(tx: &mut Tx<'_>, run: RunId, cause: String) {
    let workspace = tx.workspace;
    tx.enqueue(Job::Workflow { workspace, run, cause });
}
