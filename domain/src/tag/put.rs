//! Putting tags on a conversation and taking them off.

use std::collections::BTreeSet;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::command;
use crate::actor::Actor;
use crate::conversation::{self, Thread};
use crate::env::Env;
use crate::error::{Error, Result};
use crate::event::Event;
use crate::id::{ConversationId, TagId};
use crate::tx::{Committed, Tx, shared};

/// Tags of one conversation.
pub const MOST: usize = 50;

/// Puts tags on a conversation and takes others off; what is so already stays. Allowed in every status.
///
/// # Errors
/// NOT_FOUND for the conversation or a tag; Invalid on `add` for one that is also taken off, or for too many.
pub async fn put(
    env: &Env,
    actor: &Actor,
    id: ConversationId,
    add: &[TagId],
    remove: &[TagId],
) -> Result<Committed> {
    let mut tx = Tx::begin(env, actor.workspace).await?;
    let thread = conversation::lock(&mut tx, id).await?;
    known(&tx, add, remove).await?;
    if add.iter().any(|tag| remove.contains(tag)) {
        return Err(Error::invalid("add", "a tag is either put on or taken off"));
    }
    change(&mut tx, &thread, add, remove).await?;
    tx.commit().await
}

/// Puts tags on by their names and takes others off. One that the workspace does not have is made; one to take off that
/// it does not have is none. A tag too many is left out: a workflow has nobody to tell.
pub(crate) async fn put_named(
    tx: &mut Tx<'_>,
    thread: &Thread,
    add: &[String],
    remove: &[String],
) -> Result<()> {
    let mut on = Vec::new();
    for name in add {
        on.push(command::find_or_create(tx, name).await?);
    }
    let mut off = Vec::new();
    for name in remove {
        off.extend(command::named(tx, name).await?);
    }
    match change(tx, thread, &on, &off).await {
        Err(error @ Error::Invalid { .. }) => {
            tracing::warn!(conversation = %thread.id(), %error, "a workflow's tags are left out");
            Ok(())
        }
        other => other,
    }
}

async fn change(tx: &mut Tx<'_>, thread: &Thread, add: &[TagId], remove: &[TagId]) -> Result<()> {
    use entity::conversation_tag::Column;
    let id = thread.id();
    let links = tx.find::<entity::conversation_tag::Entity>().filter(Column::ConversationId.eq(id.0));
    let has: BTreeSet<TagId> = links.all(tx.db()).await?.into_iter().map(|link| TagId(link.tag_id)).collect();
    let off: BTreeSet<TagId> = remove.iter().copied().filter(|tag| has.contains(tag)).collect();
    let on: BTreeSet<TagId> = add.iter().copied().filter(|tag| !has.contains(tag)).collect();
    if has.len() - off.len() + on.len() > MOST {
        return Err(Error::invalid("add", format!("a conversation has at most {MOST} tags")));
    }
    let now = tx.now();
    for tag in &on {
        let (workspace_id, conversation_id) = (tx.workspace.0, id.0);
        tx.insert(entity::conversation_tag::Model {
            workspace_id,
            conversation_id,
            tag_id: tag.0,
            added_at: now,
        })
        .await?;
    }
    let gone = Column::TagId.is_in(off.iter().map(|tag| tag.0));
    entity::conversation_tag::Entity::delete_many()
        .filter(Column::ConversationId.eq(id.0))
        .filter(gone)
        .exec(tx.db())
        .await?;
    let (widget, conversation) = (thread.widget_id(), id);
    for (tag, added) in on.iter().map(|tag| (*tag, true)).chain(off.iter().map(|tag| (*tag, false))) {
        tx.announce(Event::ConversationTagged { widget, conversation, tag, added });
    }
    Ok(())
}

/// Keeps the tags from being deleted meanwhile.
async fn known(tx: &Tx<'_>, add: &[TagId], remove: &[TagId]) -> Result<()> {
    let wanted: BTreeSet<uuid::Uuid> = add.iter().chain(remove).map(|tag| tag.0).collect();
    let query =
        tx.find::<entity::tag::Entity>().filter(entity::tag::Column::Id.is_in(wanted.iter().copied()));
    match shared(query).all(tx.db()).await?.len() == wanted.len() {
        true => Ok(()),
        false => Err(Error::NotFound),
    }
}
