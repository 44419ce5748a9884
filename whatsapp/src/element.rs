//! One element of a webhook: a message, a status, an echo, or something about the account.
//!
//! The serialized form of [`Content`] may be stored; it is additive only.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::account::AccountUpdate;
use crate::body::Body;
use crate::call::Call;
use crate::graph::GraphError;
use crate::history::History;
use crate::lenient::Node;
use crate::news::News;
use crate::party::Party;
use crate::preference::Preference;

/// One element with its place in the body.
#[derive(Debug, Clone, PartialEq)]
pub struct Element {
    /// Its index within the body, over all entries and changes.
    pub position: u32,
    /// The WhatsApp Business Account.
    pub waba_id: String,
    /// Meta's id of the business's number; account-level elements name none.
    pub phone_number_id: Option<String>,
    /// The number itself, as Meta shows it.
    pub display_phone_number: Option<String>,
    /// The webhook field that it came in.
    pub field: String,
    /// What it says, or what is wrong with it.
    pub content: Result<Content, ElementFault>,
}

/// An element cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ElementFault {
    /// It is not a JSON object.
    #[error("the element is no object")]
    NotAnObject,
    /// A message, echo or status without its id.
    #[error("the element has no id")]
    NoId,
    /// An id longer than any of Meta's.
    #[error("the element's id is longer than 512 characters")]
    LongId,
    /// A message that names no sender.
    #[error("the message names no sender")]
    NoSender,
    /// The change is not shaped as its field says.
    #[error("the change has no readable value")]
    BadValue,
}

/// What an element says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Content {
    /// Somebody wrote to the business.
    Message(Box<Message>),
    /// Something sent went on.
    Status(Status),
    /// Somebody wrote in the business's phone app.
    Echo(Echo),
    /// Messages from before the number was linked.
    History(History),
    /// The phone's address book changed.
    StateSync {
        /// `add` or `remove`.
        action: Option<String>,
        /// Whose entry.
        party: Party,
        /// The name in the address book.
        full_name: Option<String>,
        /// When it changed, by Meta's clock.
        #[serde(default)]
        timestamp: Option<DateTime<Utc>>,
    },
    /// The account's state changed.
    Account(AccountUpdate),
    /// Something smaller about the account, a number or a template.
    News(News),
    /// A BSUID was replaced.
    UserIdUpdate {
        /// The old one.
        previous: Option<String>,
        /// The new one.
        current: Option<String>,
        /// The person's phone, digits only, if told.
        wa_id: Option<String>,
        /// When it was replaced, by Meta's clock.
        #[serde(default)]
        timestamp: Option<DateTime<Utc>>,
    },
    /// A step of a call.
    Call(Call),
    /// A customer wants marketing messages, or no more of them.
    Preference(Preference),
    /// Errors that belong to no message.
    Errors {
        /// The errors.
        errors: Vec<GraphError>,
    },
    /// A field that this crate does not know.
    Other,
}

/// A customer's message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Meta's id (`wamid`).
    pub id: String,
    /// When it was written, by Meta's clock; None when Meta's time is unreadable.
    pub timestamp: Option<DateTime<Utc>>,
    /// Who wrote.
    pub from: Party,
    /// The name that they gave themselves.
    pub profile_name: Option<String>,
    /// Their user name.
    pub username: Option<String>,
    /// The group, if it was written in one.
    pub group_id: Option<String>,
    /// What it replies to.
    pub context: Option<Context>,
    /// The advertisement or post that the customer came from (Click to WhatsApp).
    #[serde(default)]
    pub referral: Option<Referral>,
    /// What it holds.
    pub body: Body,
}

/// A message typed in the business's phone app.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Echo {
    /// Meta's id (`wamid`).
    pub id: String,
    /// When it was written, by Meta's clock.
    pub timestamp: Option<DateTime<Utc>>,
    /// The customer. Nobody when an edit or a delete names only the business.
    pub to: Party,
    /// What it replies to.
    pub context: Option<Context>,
    /// What it holds.
    pub body: Body,
}

/// What a message refers to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Context {
    /// The quoted message.
    pub id: Option<String>,
    /// It was forwarded.
    pub forwarded: bool,
    /// The product of a catalog that the customer asks about, by the seller's id of it.
    #[serde(default)]
    pub product: Option<String>,
}

/// The advertisement or post that brought a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Referral {
    /// `ad` or `post`.
    pub source_type: Option<String>,
    /// Meta's id of it.
    pub source_id: Option<String>,
    /// Where it is.
    pub source_url: Option<String>,
    /// Its headline.
    pub headline: Option<String>,
    /// Its text.
    pub body: Option<String>,
    /// Meta's id of the click, for reporting conversions.
    pub click_id: Option<String>,
}

/// The fate of a message that was sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// Meta's id of the message.
    pub id: String,
    /// How far it got.
    pub status: StatusKind,
    /// When, by Meta's clock.
    pub timestamp: Option<DateTime<Utc>>,
    /// Who it was for.
    pub recipient: Party,
    /// Whether it was sent to a group.
    #[serde(default)]
    pub to_group: bool,
    /// The sender's own mark (`biz_opaque_callback_data`).
    pub reference: Option<String>,
    /// Why it failed.
    pub errors: Vec<GraphError>,
}

/// How far a message got. Statuses come in any order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusKind {
    /// Meta sent it on.
    Sent,
    /// It is on the phone.
    Delivered,
    /// It was seen.
    Read,
    /// A voice note was played.
    Played,
    /// It could not be delivered.
    Failed,
    /// A word that this crate does not know.
    Other(String),
}

impl Content {
    /// The kind in one word.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Message(_) => "message",
            Self::Status(_) => "status",
            Self::Echo(_) => "echo",
            Self::History(_) => "history",
            Self::StateSync { .. } => "state_sync",
            Self::Account(_) => "account",
            Self::News(_) => "news",
            Self::UserIdUpdate { .. } => "user_id_update",
            Self::Call(_) => "call",
            Self::Preference(_) => "preference",
            Self::Errors { .. } => "errors",
            Self::Other => "other",
        }
    }

    /// When it happened, by Meta's clock.
    #[must_use]
    pub fn timestamp(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Message(message) => message.timestamp,
            Self::Status(status) => status.timestamp,
            Self::Echo(echo) => echo.timestamp,
            Self::StateSync { timestamp, .. } | Self::UserIdUpdate { timestamp, .. } => *timestamp,
            Self::Call(call) => call.timestamp,
            Self::Preference(preference) => preference.timestamp,
            Self::History(_) | Self::Account(_) | Self::News(_) | Self::Errors { .. } | Self::Other => None,
        }
    }
}

impl Context {
    pub(crate) fn read(node: Node<'_>) -> Option<Self> {
        let context = node.node("context");
        context.is_there().then(|| Self {
            id: context.text("id"),
            forwarded: ["forwarded", "frequently_forwarded"].iter().any(|f| context.flag(f) == Some(true)),
            product: context.node("referred_product").text("product_retailer_id"),
        })
    }
}

impl Referral {
    pub(crate) fn read(node: Node<'_>) -> Option<Self> {
        let referral = node.node("referral");
        referral.is_there().then(|| Self {
            source_type: referral.text("source_type"),
            source_id: referral.text("source_id"),
            source_url: referral.text("source_url"),
            headline: referral.text("headline"),
            body: referral.text("body"),
            click_id: referral.text("ctwa_clid"),
        })
    }
}

impl StatusKind {
    pub(crate) fn read(text: &str) -> Self {
        match text {
            "sent" => Self::Sent,
            "delivered" => Self::Delivered,
            "read" => Self::Read,
            "played" => Self::Played,
            "failed" => Self::Failed,
            other => Self::Other(other.chars().take(64).collect()),
        }
    }
}
