//! The sending of messages.

use async_graphql::{Context, Enum, ID, Object, Result};
use domain::delivery::State;
use domain::id::{DeliveryId, MessageId};
use domain::row;

use super::link::Link;
use super::operation::operation;
use super::time::DateTime;

/// A delivery.
pub struct Delivery(row::Delivery);

impl From<row::Delivery> for Delivery {
    fn from(row: row::Delivery) -> Self {
        Self(row)
    }
}

/// The sending of one message to the customer.
#[Object]
impl Delivery {
    /// Names this delivery.
    pub(super) async fn id(&self) -> ID {
        DeliveryId(self.0.id).into()
    }

    /// What is sent.
    async fn message(&self) -> Link<MessageId> {
        Link(MessageId(self.0.message_id))
    }

    /// Where it stands.
    async fn state(&self, ctx: &Context<'_>) -> Result<DeliveryState> {
        operation(ctx).read(State::read(&self.0)).map(DeliveryState::from)
    }

    /// Whether the bot or a workflow sends it, not a person.
    async fn automatic(&self) -> bool {
        self.0.automatic
    }

    /// How often Meta was called.
    async fn attempts(&self) -> i64 {
        self.0.attempts
    }

    /// Meta's code of the last error; null if there was none.
    async fn error_code(&self) -> Option<i64> {
        self.0.error_code
    }

    /// What the last error means; null if there was none.
    async fn error_text(&self) -> Option<&str> {
        self.0.error_text.as_deref()
    }

    /// Whether it was given up and an operator should look.
    async fn dead(&self) -> bool {
        self.0.dead
    }

    /// When it was queued.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }
}

/// Where the sending of a message stands.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "State")]
pub enum DeliveryState {
    /// It waits for its turn.
    Queued,
    /// The request may be on the wire.
    Sending,
    /// Meta accepted it.
    Sent,
    /// It is on the customer's phone.
    Delivered,
    /// The customer saw it.
    Read,
    /// Meta refused it, or it could not be sent.
    Failed,
    /// It may have arrived; it is not sent again by itself, and Meta's status settles it.
    Unknown,
    /// It was void before it was sent, for example because a person took over.
    Cancelled,
}
