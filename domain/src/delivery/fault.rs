//! Why messages do not arrive, in a few words.

use whatsapp::{ErrorClass, GraphError};

/// Why a send failed, or that nobody knows what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fault {
    /// The reply window was over.
    WindowClosed,
    /// WhatsApp cannot deliver to this customer.
    Recipient,
    /// Meta did not accept the content.
    Payload,
    /// The number, the customer or the account was sent too much.
    Throttled,
    /// Meta had a fault that did not pass.
    Transient,
    /// The access token is not valid any more.
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

impl Fault {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::WindowClosed,
        Self::Recipient,
        Self::Payload,
        Self::Throttled,
        Self::Transient,
        Self::Reauthorize,
        Self::Registration,
        Self::Integrity,
        Self::Other,
        Self::NotSent,
        Self::Unknown,
    ];

    /// What Meta's error comes to.
    #[must_use]
    pub fn of(error: &GraphError) -> Self {
        match whatsapp::classify(error) {
            ErrorClass::Window => Self::WindowClosed,
            ErrorClass::Recipient => Self::Recipient,
            ErrorClass::Payload => Self::Payload,
            ErrorClass::ThrottleNumber | ErrorClass::ThrottlePair | ErrorClass::ThrottleAccount => {
                Self::Throttled
            }
            ErrorClass::Transient => Self::Transient,
            ErrorClass::Reauthorize => Self::Reauthorize,
            ErrorClass::Registration => Self::Registration,
            ErrorClass::Integrity => Self::Integrity,
            ErrorClass::UnknownPermanent => Self::Other,
        }
    }

    /// That of a send from before faults were stored, by Meta's code.
    #[must_use]
    pub(crate) fn of_code(code: i64) -> Self {
        Self::of(&GraphError { code, http: Some(400), ..GraphError::default() })
    }

    /// As stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WindowClosed => "WINDOW_CLOSED",
            Self::Recipient => "RECIPIENT",
            Self::Payload => "PAYLOAD",
            Self::Throttled => "THROTTLED",
            Self::Transient => "TRANSIENT",
            Self::Reauthorize => "REAUTHORIZE",
            Self::Registration => "REGISTRATION",
            Self::Integrity => "INTEGRITY",
            Self::Other => "OTHER",
            Self::NotSent => "NOT_SENT",
            Self::Unknown => "UNKNOWN",
        }
    }

    /// The one with this stored spelling.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fault| fault.as_str() == text)
    }
}

/// Meta said why it was not sent.
pub(super) fn told(delivery: &mut entity::delivery::Model, error: &GraphError) {
    delivery.error_code = Some(error.code);
    because(delivery, Fault::of(error), whatsapp::explain(error));
}

/// It was not sent, or nobody knows; Meta gave no code, or gave one before.
pub(super) fn because(delivery: &mut entity::delivery::Model, fault: Fault, text: impl Into<String>) {
    delivery.fault = Some(fault.as_str().to_owned());
    delivery.error_text = Some(text.into());
}

/// Nothing is wrong with it, or not any more.
pub(super) fn none(delivery: &mut entity::delivery::Model) {
    (delivery.fault, delivery.error_code, delivery.error_text) = (None, None, None);
}
