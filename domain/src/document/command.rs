//! What administrators do with documents.
//!
//! Invariant: a version is written once and never changed, and activating one changes nothing but which is live.

use sea_orm::{ColumnTrait, QueryFilter};

use super::Kind;
use super::version::{NewVersion, append, check};
use crate::actor::Actor;
use crate::env::Env;
use crate::error::{Error, Refusal, Result, is_duplicate};
use crate::event::Event;
use crate::id::{DocumentId, DocumentVersionId};
use crate::tx::{Committed, Tx, locked};

/// A new document with its first version.
#[derive(Debug, Clone)]
pub struct NewDocument {
    /// What it is about.
    pub kind: Kind,
    /// Its name for people.
    pub title: String,
    /// The first version.
    pub version: NewVersion,
}

/// Adds a document; its first version is not active yet.
///
/// # Errors
/// Denied for plain members; Invalid on `title`, `language` or `text`; KIND_TAKEN when there is one of this
/// kind already.
pub async fn create(
    env: &Env,
    actor: &Actor,
    new: &NewDocument,
) -> Result<(DocumentId, DocumentVersionId, Committed)> {
    actor.must_administer()?;
    let title = new.title.trim();
    if title.is_empty() || title.chars().count() > 200 {
        return Err(Error::invalid("title", "give a title of 1 to 200 characters"));
    }
    check(&new.version)?;
    let mut tx = Tx::begin(env, actor.workspace).await?;
    let row = entity::document::Model {
        id: DocumentId::new().0,
        workspace_id: tx.workspace.0,
        kind: new.kind.as_str().to_owned(),
        title: title.to_owned(),
        active_version_id: None,
        version_count: 0,
        created_at: tx.now(),
    };
    match tx.insert(row.clone()).await {
        Err(error) if is_duplicate(&error) => {
            return Err(Error::refused(
                Refusal::KindTaken,
                "there is a document of this kind: add a version to it",
            ));
        }
        other => other?,
    }
    let (document, version) = append(&mut tx, row, &new.version).await?;
    Ok((DocumentId(document.id), version, tx.commit().await?))
}

/// Adds a version to a document; the active one stays live.
///
/// # Errors
/// Denied for plain members; Invalid on `language` or `text`; NOT_FOUND.
pub async fn add_version(
    env: &Env,
    actor: &Actor,
    id: DocumentId,
    version: &NewVersion,
) -> Result<(DocumentVersionId, Committed)> {
    let mut tx = Tx::begin(env, actor.workspace).await?;
    let document = lock(&tx, id).await?;
    actor.must_administer()?;
    check(version)?;
    let (_, version) = append(&mut tx, document, version).await?;
    Ok((version, tx.commit().await?))
}

/// Makes a version the one that the bot answers from, on every widget at once.
///
/// # Errors
/// Denied for plain members; NOT_FOUND.
pub async fn activate(env: &Env, actor: &Actor, id: DocumentVersionId) -> Result<(DocumentId, Committed)> {
    let mut tx = Tx::begin(env, actor.workspace).await?;
    let version =
        tx.find::<entity::document_version::Entity>().filter(entity::document_version::Column::Id.eq(id.0));
    let version = version.one(tx.db()).await?.ok_or(Error::NotFound)?;
    let document = lock(&tx, DocumentId(version.document_id)).await?;
    actor.must_administer()?;
    make_active(&mut tx, document, id).await?;
    Ok((DocumentId(version.document_id), tx.commit().await?))
}

/// Adds a checked version to a locked document and makes it the active one.
pub(crate) async fn replace(
    tx: &mut Tx<'_>,
    document: entity::document::Model,
    version: &NewVersion,
) -> Result<DocumentVersionId> {
    let (document, id) = append(tx, document, version).await?;
    make_active(tx, document, id).await?;
    Ok(id)
}

/// The version that the bot answers from.
pub(crate) async fn active_version(
    tx: &Tx<'_>,
    document: &entity::document::Model,
) -> Result<Option<entity::document_version::Model>> {
    let Some(id) = document.active_version_id else { return Ok(None) };
    let query =
        tx.find::<entity::document_version::Entity>().filter(entity::document_version::Column::Id.eq(id));
    Ok(query.one(tx.db()).await?)
}

async fn make_active(
    tx: &mut Tx<'_>,
    mut document: entity::document::Model,
    id: DocumentVersionId,
) -> Result<()> {
    if document.active_version_id != Some(id.0) {
        document.active_version_id = Some(id.0);
        tx.save(&document).await?;
        tx.announce(Event::DocumentActivated { document: DocumentId(document.id), version: id });
    }
    Ok(())
}

pub(crate) async fn lock(tx: &Tx<'_>, id: DocumentId) -> Result<entity::document::Model> {
    let query = tx.find::<entity::document::Entity>().filter(entity::document::Column::Id.eq(id.0));
    locked(query).one(tx.db()).await?.ok_or(Error::NotFound)
}
