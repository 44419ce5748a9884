//! What administrators do with tickets.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{State, check};
use crate::actor::Actor;
use crate::clock::machine_now;
use crate::env::Env;
use crate::error::{Error, Refusal, Result};
use crate::event::Event;
use crate::id::{DocumentId, MessageId, TicketId};
use crate::job::Job;
use crate::tx::{Committed, Tx, locked};

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

/// A new ticket of these words: the question, what is wrong, the answer.
pub(super) async fn made(
    tx: &mut Tx<'_>,
    actor: &Actor,
    message: Option<MessageId>,
    (question, wrong, answer): (String, Option<String>, String),
    documents: &[DocumentId],
) -> Result<TicketId> {
    let (id, now) = (TicketId::new(), tx.now());
    tx.insert(entity::training_ticket::Model {
        id: id.0,
        workspace_id: tx.workspace.0,
        message_id: message.map(|id| id.0),
        member_id: actor.member.0,
        question,
        wrong,
        answer,
        state: State::Pending.as_str().to_owned(),
        failure: None,
        created_at: now,
        changed_at: now,
    })
    .await?;
    put_documents(tx, id, documents).await?;
    announce(tx, id, Some(State::Pending));
    Ok(id)
}

/// These are its documents now.
pub(super) async fn put_documents(tx: &Tx<'_>, id: TicketId, documents: &[DocumentId]) -> Result<()> {
    drop_documents(tx, id).await?;
    for (position, document) in (0..).zip(documents) {
        tx.insert(entity::training_document::Model {
            ticket_id: id.0,
            document_id: document.0,
            workspace_id: tx.workspace.0,
            position,
            version_id: None,
        })
        .await?;
    }
    Ok(())
}

/// A locked ticket goes.
pub(super) async fn remove(tx: &mut Tx<'_>, id: TicketId) -> Result<()> {
    drop_documents(tx, id).await?;
    let this = entity::training_ticket::Column::Id.eq(id.0);
    entity::training_ticket::Entity::delete_many().filter(this).exec(tx.db()).await?;
    announce(tx, id, None);
    Ok(())
}

/// A locked ticket is in another state.
pub(super) async fn go_on(tx: &mut Tx<'_>, mut row: entity::training_ticket::Model, to: State) -> Result<()> {
    to.as_str().clone_into(&mut row.state);
    row.changed_at = tx.now();
    tx.save(&row).await?;
    announce(tx, TicketId(row.id), Some(to));
    Ok(())
}

pub(super) fn announce(tx: &mut Tx<'_>, ticket: TicketId, to: Option<State>) {
    tx.announce(Event::TrainingTicketChanged { ticket, to });
}

pub(super) async fn lock(tx: &Tx<'_>, id: TicketId) -> Result<entity::training_ticket::Model> {
    let this = entity::training_ticket::Column::Id.eq(id.0);
    let query = tx.find::<entity::training_ticket::Entity>().filter(this);
    locked(query).one(tx.db()).await?.ok_or(Error::NotFound)
}

async fn drop_documents(tx: &Tx<'_>, id: TicketId) -> Result<()> {
    let of_it = entity::training_document::Column::TicketId.eq(id.0);
    entity::training_document::Entity::delete_many().filter(of_it).exec(tx.db()).await?;
    Ok(())
}

fn must_be_open(row: &entity::training_ticket::Model) -> Result<()> {
    let message = match State::read(row)? {
        State::Pending | State::Failed => return Ok(()),
        State::Training => "it is being taught at this moment",
        State::Trained => "it was taught already: add another ticket, or a version to its document",
    };
    Err(Error::refused(Refusal::InvalidTransition, message))
}
