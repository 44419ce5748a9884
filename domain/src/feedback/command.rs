//! What members do with ratings.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{Correction, Rating};
use crate::actor::Actor;
use crate::conversation;
use crate::env::Env;
use crate::error::{Error, Refusal, Result};
use crate::event::Event;
use crate::id::{ConversationId, FeedbackId, MessageId, TicketId, WidgetId};
use crate::message::{self, AuthorKind};
use crate::training;
use crate::tx::{Committed, Tx};

/// Rates an answer, in place of the member's rating before; gives back the training ticket that DOWN leads to. DOWN needs
/// a correction, UP takes none.
///
/// # Errors
/// NOT_FOUND, of the message or a document; CANNOT_BE_RATED unless the bot or a member wrote it; Invalid on `rating`,
/// `wrong`, `answer`, `question` or `documentIds`.
pub async fn rate(
    env: &Env,
    actor: &Actor,
    id: MessageId,
    rating: Rating,
    correction: Option<&Correction>,
) -> Result<(FeedbackId, Option<TicketId>, Committed)> {
    let mut tx = Tx::begin(env, actor.workspace).await?;
    let message = lock(&mut tx, id).await?;
    if let Some(correction) = correction {
        training::all_exist(&tx, &correction.documents).await?;
    }
    let author = AuthorKind::read(&message)?;
    if !matches!(author, AuthorKind::Bot | AuthorKind::Agent) || message.duplicate_of.is_some() {
        let reason = "only what the bot or a member wrote in the hub can be rated";
        return Err(Error::refused(Refusal::CannotBeRated, reason));
    }
    let ticket = match (rating, correction) {
        (Rating::Up, None) => {
            training::forget(&mut tx, actor, id).await?;
            None
        }
        (Rating::Down, Some(correction)) => {
            Some(training::follow(&mut tx, actor, &message, correction).await?)
        }
        (Rating::Up, Some(_)) => {
            let reason = "a good answer takes no correction: rate it DOWN, or leave that out";
            return Err(Error::invalid("rating", reason));
        }
        (Rating::Down, None) => {
            let reason =
                "say what is wrong, give the right answer, and name the documents that are to say it";
            return Err(Error::invalid("wrong", reason));
        }
    };
    let (before, now) = (one(&tx, actor, id).await?, tx.now());
    let feedback = match before {
        Some(mut row) => {
            if row.rating != rating.as_str() {
                rating.as_str().clone_into(&mut row.rating);
                row.rated_at = now;
                tx.save(&row).await?;
                announce(&mut tx, actor, &message, Some(rating));
            }
            row.id
        }
        None => {
            let row = entity::feedback::Model {
                id: FeedbackId::new().0,
                workspace_id: tx.workspace.0,
                message_id: id.0,
                member_id: actor.member.0,
                rating: rating.as_str().to_owned(),
                rated_at: now,
            };
            tx.insert(row.clone()).await?;
            announce(&mut tx, actor, &message, Some(rating));
            row.id
        }
    };
    Ok((FeedbackId(feedback), ticket, tx.commit().await?))
}

/// Takes the member's rating of a message back, and the training ticket that waits because of it; nothing happens if
/// there is none.
///
/// # Errors
/// NOT_FOUND.
pub async fn withdraw(env: &Env, actor: &Actor, id: MessageId) -> Result<Committed> {
    let mut tx = Tx::begin(env, actor.workspace).await?;
    let message = lock(&mut tx, id).await?;
    if let Some(row) = one(&tx, actor, id).await? {
        training::forget(&mut tx, actor, id).await?;
        let this = entity::feedback::Column::Id.eq(row.id);
        entity::feedback::Entity::delete_many().filter(this).exec(tx.db()).await?;
        announce(&mut tx, actor, &message, None);
    }
    tx.commit().await
}

/// The message, its conversation locked: whoever rates it too comes after.
async fn lock(tx: &mut Tx<'_>, id: MessageId) -> Result<entity::message::Model> {
    let seen = message::one(tx, id).await?.ok_or(Error::NotFound)?;
    conversation::lock(tx, ConversationId(seen.conversation_id)).await?;
    message::one(tx, id).await?.ok_or(Error::NotFound)
}

async fn one(tx: &Tx<'_>, actor: &Actor, message: MessageId) -> Result<Option<entity::feedback::Model>> {
    use entity::feedback::Column;
    let query = tx.find::<entity::feedback::Entity>().filter(Column::MessageId.eq(message.0));
    Ok(query.filter(Column::MemberId.eq(actor.member.0)).one(tx.db()).await?)
}

fn announce(tx: &mut Tx<'_>, actor: &Actor, message: &entity::message::Model, rating: Option<Rating>) {
    tx.announce(Event::MessageRated {
        widget: WidgetId(message.widget_id),
        conversation: ConversationId(message.conversation_id),
        message: MessageId(message.id),
        member: actor.member,
        rating,
    });
}
