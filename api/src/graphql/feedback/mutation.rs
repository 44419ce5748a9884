//! Rating answers.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use domain::feedback::{self, Correction};
use domain::id::{DocumentId, MessageId};

use super::{Feedback, MessageRating};
use crate::graphql::cursor::{self, Cursor};
use crate::graphql::message::Message;
use crate::graphql::operation::{Operation, env, operation};
use crate::graphql::training::TrainingTicket;
use crate::graphql::user_error::user_errors;

user_errors! {
    /// Why a rating was refused.
    MessageRateUserError;
    /// Why a rating was refused, for programs.
    MessageRateErrorCode {
        /// Only what the bot or a member wrote in the hub can be rated.
        CannotBeRated,
    }
}

/// A rating. DOWN needs `wrong`, `answer` and `documentIds`; UP takes none of them.
#[derive(InputObject)]
pub struct MessageRateInput {
    /// The message.
    message_id: ID,
    /// Good or not.
    rating: MessageRating,
    /// What is wrong with it: 1 to 2,000 characters.
    wrong: Option<String>,
    /// The right answer, as the customer is to read it: 1 to 800 characters.
    answer: Option<String>,
    /// The documents that should have said it: 1 to 10.
    document_ids: Option<Vec<ID>>,
    /// What the customer asked, 1 to 120 characters; left out: what they wrote before.
    question: Option<String>,
}

/// Whose message is not rated any more.
#[derive(InputObject)]
pub struct MessageRatingWithdrawInput {
    /// The message.
    message_id: ID,
}

/// What rating answers.
#[derive(SimpleObject)]
pub struct MessageRatePayload {
    /// The rating; null if it was refused.
    feedback: Option<Feedback>,
    /// What the bot is to learn from it; null unless it is DOWN.
    ticket: Option<TrainingTicket>,
    /// Why it was refused; empty if it was done.
    user_errors: Vec<MessageRateUserError>,
    /// Where the change stands in the feed of events; null if nothing changed.
    event_cursor: Option<Cursor>,
}

/// What taking a rating back answers.
#[derive(SimpleObject)]
pub struct MessageRatingWithdrawPayload {
    /// The message as it is now.
    message: Message,
    /// Why it was refused; empty if it was done.
    user_errors: Vec<MessageRateUserError>,
    /// Where the change stands in the feed of events; null if there was no rating.
    event_cursor: Option<Cursor>,
}

/// Changes of ratings.
#[derive(Default)]
pub struct FeedbackMutation;

#[Object]
impl FeedbackMutation {
    /// Rates an answer of the bot or of a member, in place of one's own rating before. DOWN makes a training ticket, or
    /// changes the one that waits because of it.
    async fn message_rate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which message, and what is thought of it.")] input: MessageRateInput,
    ) -> Result<MessageRatePayload> {
        let operation = operation(ctx);
        let id: MessageId = operation.id(&input.message_id)?;
        let (rating, correction) = (input.rating.into(), correction(operation, input)?);
        let done = feedback::rate(env(ctx), &operation.actor, id, rating, correction.as_ref()).await;
        let (feedback, ticket, done) = match operation.settle(done)? {
            Ok((feedback, ticket, committed)) => (Some(feedback), ticket, Ok(committed)),
            Err(error) => (None, None, Err(error)),
        };
        let (event_cursor, user_errors) = cursor::and_errors(done);
        let feedback = match feedback {
            Some(id) => Some(operation.named(id).await?.into()),
            None => None,
        };
        let ticket = match ticket {
            Some(id) => Some(operation.named(id).await?.into()),
            None => None,
        };
        Ok(MessageRatePayload { feedback, ticket, user_errors, event_cursor })
    }

    /// Takes one's own rating of a message back, and the training ticket that waits because of it; what the bot has
    /// learned already stays. Nothing happens if there is no rating.
    async fn message_rating_withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which message.")] input: MessageRatingWithdrawInput,
    ) -> Result<MessageRatingWithdrawPayload> {
        let operation = operation(ctx);
        let id: MessageId = operation.id(&input.message_id)?;
        let done = feedback::withdraw(env(ctx), &operation.actor, id).await;
        let (event_cursor, user_errors) = cursor::and_errors(operation.settle(done)?);
        let message = operation.named(id).await?.into();
        Ok(MessageRatingWithdrawPayload { message, user_errors, event_cursor })
    }
}

/// What is wrong and what would be right, if anything is said of it.
fn correction(operation: &Operation, input: MessageRateInput) -> Result<Option<Correction>> {
    let MessageRateInput { wrong, answer, document_ids, question, .. } = input;
    if wrong.is_none() && answer.is_none() && document_ids.is_none() && question.is_none() {
        return Ok(None);
    }
    let documents = document_ids.unwrap_or_default();
    let documents = documents.iter().map(|id| operation.id(id)).collect::<Result<Vec<DocumentId>>>()?;
    let (wrong, answer) = (wrong.unwrap_or_default(), answer.unwrap_or_default());
    Ok(Some(Correction { question, wrong, answer, documents }))
}
