//! Who writes: customers, whoever has the business's phone, and a member.

use domain::id::{ConversationId, MessageId};
use domain::message::{self, Send, Text};
use simulator::Customer;

use crate::Hub;

impl Hub {
    /// A customer whom nobody else has.
    pub fn customer(&self, name: &str) -> Customer {
        let n = crate::hub::next();
        self.simulator.customer(Some(&format!("8869{n:08}")), Some(&format!("TW.{n:016}")), name)
    }

    /// The customer writes a text; gives back Meta's id.
    pub async fn says(&self, customer: &Customer, text: &str) -> String {
        self.simulator.customer_says(&self.number.phone_number_id, customer, text).await
    }

    /// Somebody types in the phone app; gives back Meta's id.
    pub async fn types(&self, customer: &Customer, text: &str) -> String {
        self.simulator.business_types(&self.number.phone_number_id, customer, text).await
    }

    /// The owner writes to the customer; gives back the message.
    pub async fn replies(&self, id: ConversationId, text: &str) -> MessageId {
        let send = Send::of(id, Text::parse(text).expect("a text"));
        message::send(&self.env, &self.actor, &send).await.expect("it may be sent").0
    }
}
