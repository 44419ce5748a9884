//! Meta's WhatsApp Cloud API with a coexisting Business app: payloads, signatures, a Graph client and
//! the classes of its errors. Nothing here knows a database.
//!
//! Invariant: no input panics, and one odd element never takes its neighbours with it.
#![warn(missing_docs)]
#![doc = ""]
#![doc = include_str!("../README.md")]

mod body;
mod classify;
mod element;
mod envelope;
mod graph;
pub mod handshake;
mod lenient;
mod party;
mod raw;
pub mod signature;

pub use body::{Body, Media};
pub use classify::{ErrorClass, classify, explain};
pub use element::{Content, Context, Echo, Element, ElementFault, Message, Status, StatusKind};
pub use envelope::{BadBody, parse};
pub use graph::{Accepted, CallError, Graph, GraphError, PhoneNumber, Recipient, TextSend};
pub use party::Party;
