//! Messages that were not delivered.

use async_graphql::{Enum, SimpleObject};
use domain::delivery::Fault;
use domain::metrics::Counts;

/// Messages that were sent and failed, or of which nobody knows. One that is sent again is another message; one that
/// a takeover or a time limit stopped before it was sent is none.
#[derive(SimpleObject)]
pub struct UndeliveredCounts {
    /// All of them.
    total: i64,
    /// The same by why; those of none are left out.
    by_fault: Vec<UndeliveredFault>,
}

/// Messages that were not delivered for a reason.
#[derive(SimpleObject)]
pub struct UndeliveredFault {
    /// Why.
    fault: DeliveryFaultClass,
    /// How many messages.
    messages: i64,
}

/// Why a message was not delivered: Meta's error codes, sorted by what can be done.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "Fault")]
pub enum DeliveryFaultClass {
    /// The 24 hours after the customer's last message were over.
    WindowClosed,
    /// WhatsApp cannot deliver to this customer.
    Recipient,
    /// Meta did not accept the content.
    Payload,
    /// The number, the customer or the account was sent too much.
    Throttled,
    /// Meta had a fault that did not pass in time.
    Transient,
    /// The access token is not valid any more: connect the number again.
    Reauthorize,
    /// The number is not set up at Meta.
    Registration,
    /// Meta restricted the account.
    Integrity,
    /// Meta refused it with a code that says nothing known.
    Other,
    /// The hub had nothing to send it with: no access token, or no address of the customer.
    NotSent,
    /// Meta never answered, and no status came: nobody knows whether it arrived.
    Unknown,
}

impl From<&Counts> for UndeliveredCounts {
    fn from(counts: &Counts) -> Self {
        let each = counts.undelivered.each();
        Self {
            total: counts.undelivered.total(),
            by_fault: each
                .map(|(fault, messages)| UndeliveredFault { fault: fault.into(), messages })
                .collect(),
        }
    }
}
