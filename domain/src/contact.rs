//! Customers and the names by which a channel knows them: the BSUID decides, then the phone.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Set};
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::event::Event;
use crate::id::{ContactId, ConversationId};
use crate::page::{self, Order, Page};
use crate::scope::Scope;
use crate::tx::{Tx, locked};

const PHONE: &str = "PHONE";
const BSUID: &str = "BSUID";

/// Who a payload speaks of.
#[derive(Debug, Clone, Default)]
pub(crate) struct Person<'a> {
    /// The business-scoped user id, valid within one Meta portfolio.
    pub user_id: Option<&'a str>,
    /// The phone number in Meta's spelling (digits only).
    pub phone: Option<&'a str>,
    /// The name that the customer gave themselves.
    pub name: Option<&'a str>,
    /// The WhatsApp user name.
    pub username: Option<&'a str>,
}

impl Person<'_> {
    /// Whether anything identifies the person.
    pub(crate) fn is_somebody(&self) -> bool {
        self.user_id.is_some() || self.phone.is_some()
    }
}

/// The contact that a payload names, locked; made if it is the first time.
pub(crate) async fn find_or_create(
    tx: &mut Tx<'_>,
    portfolio: &str,
    person: &Person<'_>,
) -> Result<ContactId> {
    let by_user = match person.user_id {
        Some(id) => named(tx, BSUID, portfolio, id).await?,
        None => None,
    };
    let by_phone = match person.phone {
        Some(phone) => named(tx, PHONE, "", phone).await?,
        None => None,
    };
    let contact = match (by_user, by_phone) {
        (Some(contact), Some(other)) if contact != other => {
            tx.announce(Event::ContactConflict { contact, other });
            contact
        }
        (Some(contact), Some(_)) => contact,
        (Some(contact), None) => {
            if let Some(phone) = person.phone {
                name(tx, contact, PHONE, "", phone).await?;
            }
            contact
        }
        (None, Some(contact)) => match person.user_id {
            None => contact,
            Some(id) if has_other_user_id(tx, contact, portfolio).await? => {
                // A recycled number: somebody new has it now.
                recycle(tx, portfolio, id, person).await?
            }
            Some(id) => {
                name(tx, contact, BSUID, portfolio, id).await?;
                contact
            }
        },
        (None, None) => create(tx, portfolio, person).await?,
    };
    remember_name(tx, contact, person).await?;
    Ok(contact)
}

async fn named(tx: &Tx<'_>, kind: &str, portfolio: &str, value: &str) -> Result<Option<ContactId>> {
    let query = tx
        .find::<entity::contact_identity::Entity>()
        .filter(entity::contact_identity::Column::Kind.eq(kind))
        .filter(entity::contact_identity::Column::PortfolioId.eq(portfolio))
        .filter(entity::contact_identity::Column::Value.eq(value));
    Ok(query.one(tx.db()).await?.map(|identity| ContactId(identity.contact_id)))
}

async fn has_other_user_id(tx: &Tx<'_>, contact: ContactId, portfolio: &str) -> Result<bool> {
    let query = tx
        .find::<entity::contact_identity::Entity>()
        .filter(entity::contact_identity::Column::ContactId.eq(contact.0))
        .filter(entity::contact_identity::Column::Kind.eq(BSUID))
        .filter(entity::contact_identity::Column::PortfolioId.eq(portfolio));
    Ok(query.one(tx.db()).await?.is_some())
}

/// Adds a name to a contact; false when somebody else has it already.
async fn name(tx: &mut Tx<'_>, contact: ContactId, kind: &str, portfolio: &str, value: &str) -> Result<bool> {
    let now = tx.env.clock.now();
    let row = entity::contact_identity::ActiveModel {
        id: Set(Uuid::now_v7()),
        workspace_id: Set(tx.workspace.0),
        contact_id: Set(contact.0),
        kind: Set(kind.to_owned()),
        portfolio_id: Set(portfolio.to_owned()),
        value: Set(value.to_owned()),
        created_at: Set(now),
    };
    let inserted = entity::contact_identity::Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(tx.db())
        .await?;
    Ok(inserted == 1)
}

async fn create(tx: &mut Tx<'_>, portfolio: &str, person: &Person<'_>) -> Result<ContactId> {
    let contact = insert(tx, person).await?;
    let user = match person.user_id {
        Some(id) => name(tx, contact, BSUID, portfolio, id).await?,
        None => true,
    };
    let phone = match person.phone {
        Some(phone) => name(tx, contact, PHONE, "", phone).await?,
        None => true,
    };
    if user && phone {
        tx.announce(Event::ContactCreated { contact });
        Ok(contact)
    } else {
        // Another lane met the same person in this moment; the element is tried again and finds them.
        Err(Error::Conflict)
    }
}

async fn recycle(tx: &mut Tx<'_>, portfolio: &str, user_id: &str, person: &Person<'_>) -> Result<ContactId> {
    let contact = insert(tx, person).await?;
    name(tx, contact, BSUID, portfolio, user_id).await?;
    if let Some(phone) = person.phone {
        let query = tx
            .find::<entity::contact_identity::Entity>()
            .filter(entity::contact_identity::Column::Kind.eq(PHONE))
            .filter(entity::contact_identity::Column::Value.eq(phone));
        if let Some(mut identity) = locked(query).one(tx.db()).await? {
            identity.contact_id = contact.0;
            tx.save(&identity).await?;
        }
    }
    tx.announce(Event::ContactCreated { contact });
    Ok(contact)
}

async fn insert(tx: &Tx<'_>, person: &Person<'_>) -> Result<ContactId> {
    let contact = ContactId::new();
    tx.insert(entity::contact::Model {
        id: contact.0,
        workspace_id: tx.workspace.0,
        name: person.name.map(str::to_owned),
        username: person.username.map(str::to_owned),
        created_at: tx.env.clock.now(),
    })
    .await?;
    Ok(contact)
}

/// Keeps the newest name that Meta told.
async fn remember_name(tx: &Tx<'_>, contact: ContactId, person: &Person<'_>) -> Result<()> {
    let query = tx.find::<entity::contact::Entity>().filter(entity::contact::Column::Id.eq(contact.0));
    let mut row = locked(query).one(tx.db()).await?.ok_or(Error::NotFound)?;
    let name = person.name.map(str::to_owned).or_else(|| row.name.clone());
    let username = person.username.map(str::to_owned).or_else(|| row.username.clone());
    if name != row.name || username != row.username {
        row.name = name;
        row.username = username;
        tx.save(&row).await?;
    }
    Ok(())
}

/// Where a message to this contact goes: the phone if it is known, else the BSUID of this portfolio.
pub(crate) async fn recipient(
    tx: &Tx<'_>,
    contact: ContactId,
    portfolio: &str,
) -> Result<Option<whatsapp::Recipient>> {
    let query = tx
        .find::<entity::contact_identity::Entity>()
        .filter(entity::contact_identity::Column::ContactId.eq(contact.0));
    let identities = query.all(tx.db()).await?;
    let phone = identities.iter().find(|identity| identity.kind == PHONE);
    let user =
        identities.iter().find(|identity| identity.kind == BSUID && identity.portfolio_id == portfolio);
    Ok(phone
        .map(|identity| whatsapp::Recipient::Phone(identity.value.clone()))
        .or_else(|| user.map(|identity| whatsapp::Recipient::UserId(identity.value.clone()))))
}

/// The conversation of a person on a widget, if both are known.
pub(crate) async fn conversation_with(
    tx: &Tx<'_>,
    widget: Uuid,
    portfolio: &str,
    person: &Person<'_>,
) -> Result<Option<ConversationId>> {
    let mut contact = None;
    if let Some(id) = person.user_id {
        contact = named(tx, BSUID, portfolio, id).await?;
    }
    if let (None, Some(phone)) = (contact, person.phone) {
        contact = named(tx, PHONE, "", phone).await?;
    }
    let Some(contact) = contact else { return Ok(None) };
    let query = tx
        .find::<entity::conversation::Entity>()
        .filter(entity::conversation::Column::WidgetId.eq(widget))
        .filter(entity::conversation::Column::ContactId.eq(contact.0));
    Ok(query.one(tx.db()).await?.map(|conversation| ConversationId(conversation.id)))
}

/// Contacts by id, in no order; ids of other workspaces are left out.
///
/// # Errors
/// The database's.
pub async fn load(scope: &Scope, ids: &[ContactId]) -> Result<Vec<entity::contact::Model>> {
    let ids = ids.iter().map(|id| id.0);
    let query = scope.find::<entity::contact::Entity>().filter(entity::contact::Column::Id.is_in(ids));
    Ok(query.all(scope.reader()).await?)
}

/// The identities of some contacts, oldest first.
///
/// # Errors
/// The database's.
pub async fn identities(scope: &Scope, ids: &[ContactId]) -> Result<Vec<entity::contact_identity::Model>> {
    let ids = ids.iter().map(|id| id.0);
    let query = scope
        .find::<entity::contact_identity::Entity>()
        .filter(entity::contact_identity::Column::ContactId.is_in(ids))
        .order_by_asc(entity::contact_identity::Column::Id);
    Ok(query.all(scope.reader()).await?)
}

/// A page of the workspace's contacts, newest first.
///
/// # Errors
/// The database's.
pub async fn list(scope: &Scope, page: &Page<Uuid>) -> Result<Vec<entity::contact::Model>> {
    let query = page::by_column(
        scope.find::<entity::contact::Entity>(),
        entity::contact::Column::Id,
        page,
        Order::Falling,
    );
    Ok(page.in_order(query.all(scope.reader()).await?))
}
