//! The job: writes a ticket's answer into its documents, all of them or none.

use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};

use super::State;
use super::correction::{correct, is_taught};
use super::ticket::{go_on, lock};
use crate::document::{self, NewVersion};
use crate::env::Env;
use crate::error::{Error, Result};
use crate::id::{DocumentId, TicketId, WorkspaceId};
use crate::tx::Tx;

/// A document of the ticket, locked, and the version that it is to get.
struct Lesson {
    link: entity::training_document::Model,
    document: entity::document::Model,
    version: NewVersion,
}

/// Teaches a ticket; one that is gone, or not to be taught any more, is left alone.
///
/// # Errors
/// The database's.
pub async fn teach(env: &Env, workspace: WorkspaceId, id: TicketId) -> Result<()> {
    let mut tx = Tx::begin(env, workspace).await?;
    let mut ticket = match lock(&tx, id).await {
        Err(Error::NotFound) => return Ok(()),
        found => found?,
    };
    if State::read(&ticket)? != State::Training {
        return Ok(());
    }
    let to = match lessons(&tx, &ticket).await? {
        Ok(lessons) => {
            for Lesson { mut link, document, version } in lessons {
                link.version_id = Some(document::replace(&mut tx, document, &version).await?.0);
                tx.save(&link).await?;
            }
            State::Trained
        }
        Err(why) => {
            ticket.failure = Some(why);
            State::Failed
        }
    };
    go_on(&mut tx, ticket, to).await?;
    tx.commit().await.map(drop)
}

/// What each document is to say, or why one cannot.
async fn lessons(
    tx: &Tx<'_>,
    ticket: &entity::training_ticket::Model,
) -> Result<Result<Vec<Lesson>, String>> {
    use entity::training_document::{Column, Entity};
    let links = tx.find::<Entity>().filter(Column::TicketId.eq(ticket.id));
    let mut lessons = Vec::new();
    // By id, so that two tickets of the same documents do not wait for each other.
    for link in links.order_by_asc(Column::DocumentId).all(tx.db()).await? {
        let document = document::lock(tx, DocumentId(link.document_id)).await?;
        let Some(active) = document::active_version(tx, &document).await? else {
            let why = format!("{} has no active version: activate one, then try again", document.title);
            return Ok(Err(why));
        };
        let text = correct(&active.text, &ticket.question, &ticket.answer);
        if !is_taught(&text, &ticket.question, &ticket.answer) {
            let why =
                format!("{} has a block of ~~~ that does not end: end it, then try again", document.title);
            return Ok(Err(why));
        }
        let version = NewVersion { language: active.language, text };
        match document::check(&version) {
            Ok(()) => lessons.push(Lesson { link, document, version }),
            Err(Error::Invalid { message, .. }) => {
                return Ok(Err(format!("{} cannot take it: {message}", document.title)));
            }
            Err(other) => return Err(other),
        }
    }
    Ok(Ok(lessons))
}
