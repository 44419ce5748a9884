//! One name by which a channel knows a contact.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Set};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::clock::Time;
use crate::error::{Corrupt, Result};
use crate::id::ContactId;
use crate::tx::Tx;

/// What kind of name it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Kind {
    /// A phone number, digits only; valid everywhere.
    Phone,
    /// Meta's business-scoped user id; valid within one portfolio.
    Bsuid,
}

impl Kind {
    /// As stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Phone => "PHONE",
            Self::Bsuid => "BSUID",
        }
    }

    /// Reads a stored kind.
    ///
    /// # Errors
    /// [`Corrupt`] for a text that no rule writes.
    pub fn read(row: &entity::contact_identity::Model) -> Result<Self, Corrupt> {
        [Self::Phone, Self::Bsuid].into_iter().find(|kind| kind.as_str() == row.kind).ok_or_else(|| Corrupt {
            table: "contact_identity",
            id: row.id.to_string(),
            what: format!("kind {}", row.kind),
        })
    }
}

/// A name as payloads give it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Name<'a> {
    pub kind: Kind,
    /// The portfolio in which it is valid; empty for one that is valid everywhere.
    pub portfolio: &'a str,
    pub value: &'a str,
}

impl<'a> Name<'a> {
    pub(super) fn phone(value: &'a str) -> Self {
        Self { kind: Kind::Phone, portfolio: "", value }
    }

    pub(super) fn user_id(portfolio: &'a str, value: &'a str) -> Self {
        Self { kind: Kind::Bsuid, portfolio, value }
    }
}

/// The row of a name, whether Meta replaced it or not.
pub(super) async fn of(tx: &Tx<'_>, name: Name<'_>) -> Result<Option<entity::contact_identity::Model>> {
    use entity::contact_identity::Column;
    let query = tx
        .find::<entity::contact_identity::Entity>()
        .filter(Column::Kind.eq(name.kind.as_str()))
        .filter(Column::PortfolioId.eq(name.portfolio))
        .filter(Column::Value.eq(name.value));
    Ok(query.one(tx.db()).await?)
}

/// Every name of a contact, the newest first.
pub(super) async fn all(tx: &Tx<'_>, contact: ContactId) -> Result<Vec<entity::contact_identity::Model>> {
    use entity::contact_identity::Column;
    let query = tx
        .find::<entity::contact_identity::Entity>()
        .filter(Column::ContactId.eq(contact.0))
        .order_by_desc(Column::Id);
    Ok(query.all(tx.db()).await?)
}

/// Whether a contact has a user id in this portfolio that is valid now.
pub(super) async fn has_user_id(tx: &Tx<'_>, contact: ContactId, portfolio: &str) -> Result<bool> {
    let names = all(tx, contact).await?;
    Ok(names.iter().any(|name| {
        name.kind == Kind::Bsuid.as_str() && name.portfolio_id == portfolio && name.replaced_at.is_none()
    }))
}

/// Adds a name to a contact; false when somebody else has it already. `replaced_at` is set for a name that is
/// known to be an old one.
pub(super) async fn add(
    tx: &Tx<'_>,
    contact: ContactId,
    name: Name<'_>,
    replaced_at: Option<Time>,
) -> Result<bool> {
    let row = entity::contact_identity::ActiveModel {
        id: Set(Uuid::now_v7()),
        workspace_id: Set(tx.workspace.0),
        contact_id: Set(contact.0),
        kind: Set(name.kind.as_str().to_owned()),
        portfolio_id: Set(name.portfolio.to_owned()),
        value: Set(name.value.to_owned()),
        replaced_at: Set(replaced_at),
        created_at: Set(tx.env.clock.now()),
    };
    let inserted = entity::contact_identity::Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(tx.db())
        .await?;
    Ok(inserted == 1)
}
