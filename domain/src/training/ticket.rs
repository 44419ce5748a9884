//! Writing a ticket and its documents: the steps of everybody who has it locked.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::State;
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::event::Event;
use crate::id::{DocumentId, MessageId, TicketId};
use crate::tx::{Tx, locked};

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
