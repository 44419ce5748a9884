//! Meta's WhatsApp Cloud API with a coexisting Business app: payloads, signatures, a Graph client and
//! the classes of its errors. Nothing here knows a database.
//!
//! Invariant: no input panics, and one odd element never takes its neighbours with it.
#![warn(missing_docs)]
#![doc = ""]
#![doc = include_str!("../README.md")]

mod account;
mod body;
mod call;
mod classify;
mod element;
mod envelope;
mod graph;
pub mod handshake;
mod history;
mod lenient;
mod news;
mod party;
mod preference;
mod raw;
mod reading;
pub mod signature;

pub use account::{AccountUpdate, Restriction};
pub use body::{Body, Media};
pub use call::Call;
pub use classify::{ErrorClass, classify, explain};
pub use element::{Content, Context, Echo, Element, ElementFault, Message, Referral, Status, StatusKind};
pub use envelope::{BadBody, parse};
pub use graph::{
    Accepted, CallError, Exchanged, Graph, GraphError, PhoneNumber, Recipient, Sync, TextSend, TokenInfo,
};
pub use history::{History, HistoryMessage};
pub use news::{News, Template};
pub use party::Party;
pub use preference::Preference;
