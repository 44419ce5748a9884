//! What admins do with training tickets.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use domain::id::{DocumentId, TicketId};
use domain::training::{self, Changes, New};

use super::TrainingTicket;
use crate::graphql::cursor::{self, Cursor};
use crate::graphql::operation::{Operation, env, operation};
use crate::graphql::user_error::user_errors;

user_errors! {
    /// Why a change of a training ticket was refused.
    TrainingTicketUserError;
    /// Why a change of a training ticket was refused, for programs.
    TrainingTicketErrorCode {
        /// The ticket is being taught, or was.
        InvalidTransition,
    }
}

/// A ticket that no rating leads to.
#[derive(InputObject)]
pub struct TrainingTicketCreateInput {
    /// What customers ask: 1 to 120 characters.
    question: String,
    /// The right answer, as a customer is to read it: 1 to 800 characters.
    answer: String,
    /// The documents that are to say it: 1 to 10.
    document_ids: Vec<ID>,
}

/// What a ticket is to say instead. What is left out stays.
#[derive(InputObject)]
pub struct TrainingTicketUpdateInput {
    /// The ticket.
    ticket_id: ID,
    /// What customers ask: 1 to 120 characters.
    question: Option<String>,
    /// The right answer, as a customer is to read it: 1 to 800 characters.
    answer: Option<String>,
    /// The documents that are to say it: 1 to 10.
    document_ids: Option<Vec<ID>>,
}

/// Which ticket to teach.
#[derive(InputObject)]
pub struct TrainingTicketTrainInput {
    /// The ticket.
    ticket_id: ID,
}

/// Which ticket to delete.
#[derive(InputObject)]
pub struct TrainingTicketDeleteInput {
    /// The ticket.
    ticket_id: ID,
}

macro_rules! payloads {
    ($($(#[$doc:meta])* $name:ident: $(#[$ticket_doc:meta])* $field:ident: $type:ty;)*) => {$(
        $(#[$doc])*
        #[derive(SimpleObject)]
        pub struct $name {
            $(#[$ticket_doc])*
            $field: $type,
            /// Why it was refused; empty if it was done.
            user_errors: Vec<TrainingTicketUserError>,
            /// Where the change stands in the feed of events; null if nothing changed.
            event_cursor: Option<Cursor>,
        }
    )*};
}

payloads! {
    /// What adding a ticket answers.
    TrainingTicketCreatePayload:
        /// The ticket; null if it was refused.
        ticket: Option<TrainingTicket>;
    /// What editing a ticket answers.
    TrainingTicketUpdatePayload:
        /// The ticket as it is now.
        ticket: TrainingTicket;
    /// What having a ticket taught answers.
    TrainingTicketTrainPayload:
        /// The ticket as it is now.
        ticket: TrainingTicket;
    /// What deleting a ticket answers.
    TrainingTicketDeletePayload:
        /// The id of the ticket; null if it was refused.
        deleted_ticket_id: Option<ID>;
}

/// Changes of training tickets.
#[derive(Default)]
pub struct TrainingMutation;

#[Object]
impl TrainingMutation {
    /// Adds a ticket by hand. Needs an admin.
    async fn training_ticket_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The question, its answer and where it belongs.")] input: TrainingTicketCreateInput,
    ) -> Result<TrainingTicketCreatePayload> {
        let operation = operation(ctx);
        let documents = documents(operation, &input.document_ids)?;
        let new = New { question: input.question, answer: input.answer, documents };
        Ok(match operation.settle(training::create(env(ctx), &operation.actor, &new).await)? {
            Ok((id, committed)) => TrainingTicketCreatePayload {
                ticket: Some(operation.named(id).await?.into()),
                user_errors: Vec::new(),
                event_cursor: cursor::of(&committed),
            },
            Err(error) => {
                TrainingTicketCreatePayload { ticket: None, user_errors: vec![error], event_cursor: None }
            }
        })
    }

    /// Edits a ticket that waits or that failed; then it waits again. Needs an admin.
    async fn training_ticket_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ticket, and what it says now.")] input: TrainingTicketUpdateInput,
    ) -> Result<TrainingTicketUpdatePayload> {
        let operation = operation(ctx);
        let id: TicketId = operation.id(&input.ticket_id)?;
        let documents = input.document_ids.map(|ids| documents(operation, &ids)).transpose()?;
        let changes = Changes { question: input.question, answer: input.answer, documents };
        let done = training::update(env(ctx), &operation.actor, id, &changes).await;
        let (event_cursor, user_errors) = cursor::and_errors(operation.settle(done)?);
        let ticket = operation.named(id).await?.into();
        Ok(TrainingTicketUpdatePayload { ticket, user_errors, event_cursor })
    }

    /// Has a ticket taught: its answer becomes part of a new version of each of its documents, which is active at once.
    /// The answer to this comes before that is done: `TrainingTicketChanged` tells when. Needs an admin.
    async fn training_ticket_train(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ticket.")] input: TrainingTicketTrainInput,
    ) -> Result<TrainingTicketTrainPayload> {
        let operation = operation(ctx);
        let id: TicketId = operation.id(&input.ticket_id)?;
        let done = training::train(env(ctx), &operation.actor, id).await;
        let (event_cursor, user_errors) = cursor::and_errors(operation.settle(done)?);
        let ticket = operation.named(id).await?.into();
        Ok(TrainingTicketTrainPayload { ticket, user_errors, event_cursor })
    }

    /// Deletes a ticket, unless it is being taught; what its documents say stays. Needs an admin.
    async fn training_ticket_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ticket.")] input: TrainingTicketDeleteInput,
    ) -> Result<TrainingTicketDeletePayload> {
        let operation = operation(ctx);
        let id: TicketId = operation.id(&input.ticket_id)?;
        let done = operation.settle(training::delete(env(ctx), &operation.actor, id).await)?;
        let deleted_ticket_id = done.is_ok().then_some(input.ticket_id);
        let (event_cursor, user_errors) = cursor::and_errors(done);
        Ok(TrainingTicketDeletePayload { deleted_ticket_id, user_errors, event_cursor })
    }
}

fn documents(operation: &Operation, ids: &[ID]) -> Result<Vec<DocumentId>> {
    ids.iter().map(|id| operation.id(id)).collect()
}
