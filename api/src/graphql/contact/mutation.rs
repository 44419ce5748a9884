//! What members do with a contact.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use domain::contact;
use domain::id::ContactId;

use super::Contact;
use crate::graphql::cursor::{self, Cursor};
use crate::graphql::operation::{env, operation};
use crate::graphql::user_error::user_errors;

user_errors! {
    /// Why a change of a contact was refused.
    ContactUserError;
    /// Why a change of a contact was refused, for programs.
    ContactErrorCode {}
}

/// A name for a contact.
#[derive(InputObject)]
pub struct ContactRenameInput {
    /// The contact.
    contact_id: ID,
    /// The name: one line of 1 to 200 characters. A blank one takes the given name away, and the one that the
    /// customer gave themselves shows again.
    name: String,
}

/// What renaming a contact answers.
#[derive(SimpleObject)]
pub struct ContactRenamePayload {
    /// The contact as it is now.
    contact: Contact,
    /// Why it was refused; empty if it was done.
    user_errors: Vec<ContactUserError>,
    /// Where the change stands in the feed of events; null if nothing changed that events tell of.
    event_cursor: Option<Cursor>,
}

/// Changes of contacts.
#[derive(Default)]
pub struct ContactMutation;

#[Object]
impl ContactMutation {
    /// Gives a contact a name that stays, whatever name WhatsApp tells later.
    async fn contact_rename(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which contact, and the name.")] input: ContactRenameInput,
    ) -> Result<ContactRenamePayload> {
        let operation = operation(ctx);
        let id: ContactId = operation.id(&input.contact_id)?;
        let done = contact::rename(env(ctx), &operation.actor, id, &input.name).await;
        let (event_cursor, user_errors) = cursor::and_errors(operation.settle(done)?);
        Ok(ContactRenamePayload { contact: operation.named(id).await?.into(), user_errors, event_cursor })
    }
}
