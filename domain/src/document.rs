//! The workspace's one shared body of documents: append-only versions, at most one active.

use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};

use crate::actor::Actor;
use crate::env::Env;
use crate::error::{Corrupt, Error, Refusal, Result, is_duplicate};
use crate::event::Event;
use crate::id::{DocumentId, DocumentVersionId, MessageId, PassageId};
use crate::knowledge;
use crate::page::{self, Order, Page};
use crate::scope::Scope;
use crate::tx::{Committed, Tx, locked};

/// What a document is about. One document per kind, except Other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Company & brand; needed before a widget is published.
    Company,
    /// Support policy & procedures; needed before a widget is published.
    SupportPolicy,
    /// Frequently asked questions; needed before a widget is published.
    Faq,
    /// AI safety & handover rules.
    Safety,
    /// Product guide.
    ProductGuide,
    /// User guide.
    UserGuide,
    /// Promotions.
    Promotions,
    /// Payment & delivery.
    PaymentDelivery,
    /// Anything else, as many as wanted.
    Other,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Company,
        Self::SupportPolicy,
        Self::Faq,
        Self::Safety,
        Self::ProductGuide,
        Self::UserGuide,
        Self::Promotions,
        Self::PaymentDelivery,
        Self::Other,
    ];
    /// What a widget needs before it may be published.
    pub const REQUIRED: [Self; 3] = [Self::Company, Self::SupportPolicy, Self::Faq];

    /// As stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Company => "COMPANY",
            Self::SupportPolicy => "SUPPORT_POLICY",
            Self::Faq => "FAQ",
            Self::Safety => "SAFETY",
            Self::ProductGuide => "PRODUCT_GUIDE",
            Self::UserGuide => "USER_GUIDE",
            Self::Promotions => "PROMOTIONS",
            Self::PaymentDelivery => "PAYMENT_DELIVERY",
            Self::Other => "OTHER",
        }
    }

    /// Reads a stored kind.
    ///
    /// # Errors
    /// [`Corrupt`] for a text that no rule writes.
    pub fn read(row: &entity::document::Model) -> Result<Self, Corrupt> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == row.kind).ok_or_else(|| Corrupt {
            table: "document",
            id: row.id.to_string(),
            what: format!("kind {}", row.kind),
        })
    }
}

/// The longest text of a version, in bytes.
pub const MAX_BYTES: usize = 1 << 20;

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

/// A new version.
#[derive(Debug, Clone)]
pub struct NewVersion {
    /// BCP 47, for example `en` or `zh-Hant`.
    pub language: String,
    /// Plain text or Markdown, at most 1 MiB.
    pub text: String,
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
    let mut document = lock(&tx, DocumentId(version.document_id)).await?;
    actor.must_administer()?;
    if document.active_version_id != Some(id.0) {
        document.active_version_id = Some(id.0);
        tx.save(&document).await?;
        tx.announce(Event::DocumentActivated { document: DocumentId(document.id), version: id });
    }
    Ok((DocumentId(document.id), tx.commit().await?))
}

fn check(version: &NewVersion) -> Result<()> {
    if version.text.trim().is_empty() {
        return Err(Error::invalid("text", "write something: an empty document answers nothing"));
    }
    if version.text.len() > MAX_BYTES {
        return Err(Error::invalid(
            "text",
            format!("{} bytes are too many: at most {MAX_BYTES}", version.text.len()),
        ));
    }
    let language = &version.language;
    let plain = language.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if !(2..=35).contains(&language.len()) || !plain {
        return Err(Error::invalid("language", "name a language as BCP 47 does, for example en or zh-Hant"));
    }
    Ok(())
}

async fn append(
    tx: &mut Tx<'_>,
    mut document: entity::document::Model,
    version: &NewVersion,
) -> Result<(entity::document::Model, DocumentVersionId)> {
    let id = DocumentVersionId::new();
    document.version_count += 1;
    tx.save(&document).await?;
    let text = version.text.replace('\0', "\u{fffd}");
    let now = tx.now();
    tx.insert(entity::document_version::Model {
        id: id.0,
        workspace_id: tx.workspace.0,
        document_id: document.id,
        number: document.version_count,
        language: version.language.clone(),
        state: "READY".to_owned(),
        text: text.clone(),
        created_at: now,
    })
    .await?;
    for (position, passage) in (0_i64..).zip(knowledge::passage::split(&text)) {
        let row = entity::passage::Model {
            id: PassageId::new().0,
            workspace_id: tx.workspace.0,
            document_version_id: id.0,
            position,
            heading: passage.heading,
            text: passage.text,
        };
        tx.insert(row.clone()).await?;
        knowledge::index(tx.db(), &row).await?;
    }
    Ok((document, id))
}

async fn lock(tx: &Tx<'_>, id: DocumentId) -> Result<entity::document::Model> {
    let query = tx.find::<entity::document::Entity>().filter(entity::document::Column::Id.eq(id.0));
    locked(query).one(tx.db()).await?.ok_or(Error::NotFound)
}

/// Which required kinds have no active version yet.
///
/// # Errors
/// The database's.
pub async fn missing(scope: &Scope) -> Result<Vec<Kind>> {
    let active: Vec<String> = scope
        .find::<entity::document::Entity>()
        .filter(entity::document::Column::ActiveVersionId.is_not_null())
        .all(scope.reader())
        .await?
        .into_iter()
        .map(|document| document.kind)
        .collect();
    Ok(Kind::REQUIRED.into_iter().filter(|kind| !active.iter().any(|have| have == kind.as_str())).collect())
}

/// Documents by id, in no order; ids of other workspaces are left out.
///
/// # Errors
/// The database's.
pub async fn load(scope: &Scope, ids: &[DocumentId]) -> Result<Vec<entity::document::Model>> {
    let ids = ids.iter().map(|id| id.0);
    let query = scope.find::<entity::document::Entity>().filter(entity::document::Column::Id.is_in(ids));
    Ok(query.all(scope.reader()).await?)
}

/// Versions by id, in no order; ids of other workspaces are left out.
///
/// # Errors
/// The database's.
pub async fn load_versions(
    scope: &Scope,
    ids: &[DocumentVersionId],
) -> Result<Vec<entity::document_version::Model>> {
    let ids = ids.iter().map(|id| id.0);
    let query = scope
        .find::<entity::document_version::Entity>()
        .filter(entity::document_version::Column::Id.is_in(ids));
    Ok(query.all(scope.reader()).await?)
}

/// What some messages cite, in the order of the citations.
///
/// # Errors
/// The database's.
pub async fn citations(scope: &Scope, messages: &[MessageId]) -> Result<Vec<entity::citation::Model>> {
    let ids = messages.iter().map(|id| id.0);
    let query = scope
        .find::<entity::citation::Entity>()
        .filter(entity::citation::Column::MessageId.is_in(ids))
        .order_by_asc(entity::citation::Column::Position);
    Ok(query.all(scope.reader()).await?)
}

/// A page of the workspace's documents, oldest first.
///
/// # Errors
/// The database's.
pub async fn list(scope: &Scope, page: &Page<uuid::Uuid>) -> Result<Vec<entity::document::Model>> {
    let query = page::by_column(
        scope.find::<entity::document::Entity>(),
        entity::document::Column::Id,
        page,
        Order::Rising,
    );
    Ok(page.in_order(query.all(scope.reader()).await?))
}

/// A page of the versions of each of these documents, by number.
///
/// # Errors
/// The database's.
pub async fn versions(
    scope: &Scope,
    documents: &[DocumentId],
    page: &Page<i64>,
) -> Result<Vec<entity::document_version::Model>> {
    use entity::document_version::Column;
    let of = |id: &DocumentId| {
        let all = scope.find::<entity::document_version::Entity>().filter(Column::DocumentId.eq(id.0));
        page::by_column(all, Column::Number, page, Order::Rising)
    };
    let mut rows = page::each(scope, documents.iter().map(of).collect()).await?;
    rows.sort_by_key(|row| row.number);
    Ok(rows)
}

/// A page of the passages of each of these versions, in the order of the text.
///
/// # Errors
/// The database's.
pub async fn passages(
    scope: &Scope,
    versions: &[DocumentVersionId],
    page: &Page<i64>,
) -> Result<Vec<entity::passage::Model>> {
    use entity::passage::Column;
    let of = |id: &DocumentVersionId| {
        let all = scope.find::<entity::passage::Entity>().filter(Column::DocumentVersionId.eq(id.0));
        page::by_column(all, Column::Position, page, Order::Rising)
    };
    let mut rows = page::each(scope, versions.iter().map(of).collect()).await?;
    rows.sort_by_key(|row| row.position);
    Ok(rows)
}
