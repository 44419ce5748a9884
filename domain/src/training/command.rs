//! What administrators do with tickets.

use super::ticket::{go_on, lock, made, put_documents, remove};
use super::{State, check};
use crate::actor::Actor;
use crate::clock::machine_now;
use crate::env::Env;
use crate::error::{Error, Refusal, Result};
use crate::id::{DocumentId, TicketId};
use crate::job::Job;
use crate::tx::{Committed, Tx};

/// A ticket that nobody's rating leads to.
#[derive(Debug, Clone)]
pub struct New {
    /// What customers ask: 1 to 120 characters.
    pub question: String,
    /// The right answer: 1 to 800 characters.
    pub answer: String,
    /// The documents that are to say it: 1 to 10.
    pub documents: Vec<DocumentId>,
}

/// What a ticket is to say instead; what is left out stays.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// The question.
    pub question: Option<String>,
    /// The right answer.
    pub answer: Option<String>,
    /// The documents.
    pub documents: Option<Vec<DocumentId>>,
}

/// Adds a ticket by hand.
///
/// # Errors
/// NOT_FOUND of a document; Denied for plain members; Invalid on `question`, `answer` or `documentIds`.
pub async fn create(env: &Env, actor: &Actor, new: &New) -> Result<(TicketId, Committed)> {
    let mut tx = Tx::begin(env, actor.workspace).await?;
    check::all_exist(&tx, &new.documents).await?;
    actor.must_administer()?;
    let documents = check::documents(&tx, &new.documents).await?;
    let says = (check::question(&new.question)?, None, check::answer(&new.answer)?);
    let id = made(&mut tx, actor, None, says, &documents).await?;
    Ok((id, tx.commit().await?))
}

/// Edits a ticket; one that failed waits again.
///
/// # Errors
/// NOT_FOUND, also of a document; Denied for plain members; Invalid as for [`create`]; INVALID_TRANSITION for one that
/// is being taught or was.
pub async fn update(env: &Env, actor: &Actor, id: TicketId, changes: &Changes) -> Result<Committed> {
    let mut tx = Tx::begin(env, actor.workspace).await?;
    let mut row = lock(&tx, id).await?;
    check::all_exist(&tx, changes.documents.as_deref().unwrap_or_default()).await?;
    actor.must_administer()?;
    must_be_open(&row)?;
    if let Some(question) = &changes.question {
        row.question = check::question(question)?;
    }
    if let Some(answer) = &changes.answer {
        row.answer = check::answer(answer)?;
    }
    if let Some(documents) = &changes.documents {
        let documents = check::documents(&tx, documents).await?;
        put_documents(&tx, id, &documents).await?;
    }
    row.failure = None;
    go_on(&mut tx, row, State::Pending).await?;
    tx.commit().await
}

/// Has a ticket taught: a job writes it into its documents.
///
/// # Errors
/// NOT_FOUND; Denied for plain members; INVALID_TRANSITION for one that is being taught or was.
pub async fn train(env: &Env, actor: &Actor, id: TicketId) -> Result<Committed> {
    let mut tx = Tx::begin(env, actor.workspace).await?;
    let mut row = lock(&tx, id).await?;
    actor.must_administer()?;
    must_be_open(&row)?;
    row.failure = None;
    go_on(&mut tx, row, State::Training).await?;
    tx.enqueue(Job::Teach { workspace: actor.workspace, ticket: id, tick: machine_now().timestamp_micros() });
    tx.commit().await
}

/// Deletes a ticket; what its documents say stays.
///
/// # Errors
/// NOT_FOUND; Denied for plain members; INVALID_TRANSITION for one that is being taught.
pub async fn delete(env: &Env, actor: &Actor, id: TicketId) -> Result<Committed> {
    let mut tx = Tx::begin(env, actor.workspace).await?;
    let row = lock(&tx, id).await?;
    actor.must_administer()?;
    if State::read(&row)? == State::Training {
        let message = "it is being taught at this moment: delete it afterwards";
        return Err(Error::refused(Refusal::InvalidTransition, message));
    }
    remove(&mut tx, id).await?;
    tx.commit().await
}

fn must_be_open(row: &entity::training_ticket::Model) -> Result<()> {
    let message = match State::read(row)? {
        State::Pending | State::Failed => return Ok(()),
        State::Training => "it is being taught at this moment",
        State::Trained => "it was taught already: add another ticket, or a version to its document",
    };
    Err(Error::refused(Refusal::InvalidTransition, message))
}
