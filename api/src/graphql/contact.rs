//! Customers.

mod mutation;

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use domain::error::Corrupt;
use domain::id::ContactId;
use domain::{contact, row};

use super::connection::{Connection, Paging};
use super::conversation::Conversation;
use super::loader::{ConversationsOf, IdentitiesOf};
use super::operation::operation;
use super::time::DateTime;
pub use mutation::ContactMutation;

/// A contact.
pub struct Contact(row::Contact);

impl From<row::Contact> for Contact {
    fn from(row: row::Contact) -> Self {
        Self(row)
    }
}

/// A customer.
#[Object]
impl Contact {
    /// Names this contact.
    pub(super) async fn id(&self) -> ID {
        ContactId(self.0.id).into()
    }

    /// The name to show: the one that a member gave them, else the one that they gave themselves; null if
    /// neither is known.
    async fn name(&self) -> Option<&str> {
        contact::shown_name(&self.0)
    }

    /// The name that a member gave them; null if nobody did. What WhatsApp says later never replaces it.
    async fn given_name(&self) -> Option<&str> {
        self.0.given_name.as_deref()
    }

    /// The name that they gave themselves; null if it is not known.
    async fn profile_name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// Their WhatsApp user name; null if it is not known.
    async fn username(&self) -> Option<&str> {
        self.0.username.as_deref()
    }

    /// Their phone number as Meta writes it, digits only, of several the newest; null if they are known by a
    /// user id alone.
    async fn phone(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let mut newest_first = self.rows(ctx).await?.into_iter().rev();
        let phone = newest_first.find(|row| row.kind == "PHONE" && row.replaced_at.is_none());
        Ok(phone.map(|row| row.value))
    }

    /// Every name by which a channel knows or knew them, oldest first. There are a few at most.
    async fn identities(&self, ctx: &Context<'_>) -> Result<Vec<ContactIdentity>> {
        let rows = self.rows(ctx).await?;
        rows.into_iter().map(|row| operation(ctx).read(ContactIdentity::read(row))).collect()
    }

    /// Their conversations, one on each widget that they wrote to, newest activity first.
    async fn conversations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many from the beginning, 1 to 100; without first and last 50.")]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "At most so many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<Connection<Conversation>> {
        let page = Paging { first, after, last, before }.page()?;
        let rows = operation(ctx).find(ConversationsOf(ContactId(self.0.id), page.clone())).await?;
        Ok(Connection::new(&page, rows.unwrap_or_default(), Conversation::with_key))
    }

    /// When they were first seen.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }
}

impl Contact {
    async fn rows(&self, ctx: &Context<'_>) -> Result<Vec<row::ContactIdentity>> {
        Ok(operation(ctx).find(IdentitiesOf(ContactId(self.0.id))).await?.unwrap_or_default())
    }
}

/// A name by which a channel knows a contact.
#[derive(SimpleObject)]
pub struct ContactIdentity {
    /// What kind of name it is.
    kind: ContactIdentityKind,
    /// The name itself.
    value: String,
    /// The Meta business portfolio in which it is valid; null if it is valid everywhere.
    portfolio_id: Option<String>,
    /// When Meta replaced it by another one; null while it is valid. What comes late under an old name still
    /// reaches the contact.
    replaced_at: Option<DateTime>,
}

/// The kinds of names of a contact.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "contact::Kind")]
pub enum ContactIdentityKind {
    /// A phone number, digits only.
    Phone,
    /// Meta's business-scoped user id.
    Bsuid,
}

impl ContactIdentity {
    fn read(row: row::ContactIdentity) -> Result<Self, Corrupt> {
        let kind = contact::Kind::read(&row)?.into();
        let portfolio_id = Some(row.portfolio_id).filter(|id| !id.is_empty());
        let replaced_at = row.replaced_at.map(DateTime::from);
        Ok(Self { kind, value: row.value, portfolio_id, replaced_at })
    }
}

/// Reads about contacts.
#[derive(Default)]
pub struct ContactQuery;

#[Object]
impl ContactQuery {
    /// The workspace's contacts, the newest first.
    async fn contacts(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Only those with this text anywhere in a name, a user name, a phone number or a user id, whatever its case: at most 200 characters."
        )]
        search: Option<String>,
        #[graphql(desc = "At most so many from the beginning, 1 to 100; without first and last 50.")]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "At most so many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<Connection<Contact>> {
        let operation = operation(ctx);
        let page = Paging { first, after, last, before }.page()?;
        let rows = operation.told(contact::list(&operation.scope, search.as_deref(), &page).await)?;
        Ok(Connection::new(&page, rows, |row| (row.id, Contact(row))))
    }
}
