//! Keeping the list of tags.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::actor::Actor;
use crate::env::Env;
use crate::error::{Error, Refusal, Result, is_duplicate};
use crate::event::{Event, TagChange};
use crate::id::TagId;
use crate::text::fold;
use crate::tx::{Committed, Tx, locked};

/// The longest name, in characters.
const LONGEST: usize = 50;
/// Tags of a workspace.
const MOST: u64 = 1_000;

/// Adds a tag to the workspace's list.
///
/// # Errors
/// Denied for plain members; Invalid on `name`; NAME_TAKEN, whatever the case of its letters.
pub async fn create(env: &Env, actor: &Actor, name: &str) -> Result<(TagId, Committed)> {
    use sea_orm::PaginatorTrait;
    actor.must_administer()?;
    let name = checked(name)?;
    let mut tx = Tx::begin(env, actor.workspace).await?;
    if tx.find::<entity::tag::Entity>().count(tx.db()).await? >= MOST {
        return Err(Error::invalid("name", format!("a workspace has at most {MOST} tags: delete one first")));
    }
    let row = fresh(&mut tx, name);
    let id = TagId(row.id);
    taken(tx.insert(row).await)?;
    tx.announce(Event::TagChanged { tag: id, change: TagChange::Created });
    Ok((id, tx.commit().await?))
}

fn fresh(tx: &mut Tx<'_>, name: &str) -> entity::tag::Model {
    entity::tag::Model {
        id: TagId::new().0,
        workspace_id: tx.workspace.0,
        name: name.to_owned(),
        folded: fold(name),
        created_at: tx.now(),
    }
}

/// The tag of that name, whatever the case of its letters.
pub(super) async fn named(tx: &Tx<'_>, name: &str) -> Result<Option<TagId>> {
    let query = tx.find::<entity::tag::Entity>().filter(entity::tag::Column::Folded.eq(fold(name)));
    Ok(query.one(tx.db()).await?.map(|tag| TagId(tag.id)))
}

/// The tag of that name, made if there is none.
pub(super) async fn find_or_create(tx: &mut Tx<'_>, name: &str) -> Result<TagId> {
    if let Some(known) = named(tx, name).await? {
        return Ok(known);
    }
    use entity::tag::Column;
    let row = fresh(tx, name);
    let known = OnConflict::columns([Column::WorkspaceId, Column::Folded]).do_nothing().to_owned();
    let tag = TagId(row.id);
    let added = entity::tag::Entity::insert(entity::tag::ActiveModel::from(row))
        .on_conflict(known)
        .exec_without_returning(tx.db())
        .await?;
    if added > 0 {
        tx.announce(Event::TagChanged { tag, change: TagChange::Created });
        return Ok(tag);
    }
    // Another conversation's run made it in this moment.
    named(tx, name).await?.ok_or(Error::Conflict)
}

/// Gives a tag another name; conversations keep it.
///
/// # Errors
/// NOT_FOUND; Denied for plain members; Invalid on `name`; NAME_TAKEN.
pub async fn rename(env: &Env, actor: &Actor, id: TagId, name: &str) -> Result<Committed> {
    let mut tx = Tx::begin(env, actor.workspace).await?;
    let mut tag = lock(&tx, id).await?;
    actor.must_administer()?;
    let name = checked(name)?;
    if tag.name != name {
        name.clone_into(&mut tag.name);
        tag.folded = fold(name);
        taken(tx.save(&tag).await)?;
        tx.announce(Event::TagChanged { tag: id, change: TagChange::Renamed });
    }
    tx.commit().await
}

/// Deletes a tag, also from the conversations that have it.
///
/// # Errors
/// NOT_FOUND; Denied for plain members.
pub async fn delete(env: &Env, actor: &Actor, id: TagId) -> Result<Committed> {
    let mut tx = Tx::begin(env, actor.workspace).await?;
    lock(&tx, id).await?;
    actor.must_administer()?;
    let links = entity::conversation_tag::Column::TagId.eq(id.0);
    entity::conversation_tag::Entity::delete_many().filter(links).exec(tx.db()).await?;
    entity::tag::Entity::delete_many().filter(entity::tag::Column::Id.eq(id.0)).exec(tx.db()).await?;
    tx.announce(Event::TagChanged { tag: id, change: TagChange::Deleted });
    tx.commit().await
}

async fn lock(tx: &Tx<'_>, id: TagId) -> Result<entity::tag::Model> {
    let query = tx.find::<entity::tag::Entity>().filter(entity::tag::Column::Id.eq(id.0));
    locked(query).one(tx.db()).await?.ok_or(Error::NotFound)
}

/// A name as it is kept.
///
/// # Errors
/// Invalid on `name`.
pub(crate) fn checked(name: &str) -> Result<&str> {
    let name = name.trim();
    let fits = (1..=LONGEST).contains(&name.chars().count()) && !fold(name).is_empty();
    if fits && !name.chars().any(char::is_control) {
        return Ok(name);
    }
    Err(Error::invalid("name", format!("give one line of 1 to {LONGEST} characters")))
}

fn taken(done: Result<(), sea_orm::DbErr>) -> Result<()> {
    match done {
        Err(error) if is_duplicate(&error) => {
            Err(Error::refused(Refusal::NameTaken, "there is a tag with this name already"))
        }
        other => Ok(other?),
    }
}
