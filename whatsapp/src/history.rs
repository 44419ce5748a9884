//! `history`: what was written before a coexisting number was linked, if its owner shares it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::body::Body;
use crate::graph::GraphError;
use crate::lenient::Node;
use crate::party::Party;

/// One chunk of the past, or a medium that follows one.
///
/// Its messages are read but never serialized: whoever wants the past takes it when it comes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct History {
    /// 0 for the last day, 1 for the last 90 days, 2 for the last 180.
    #[serde(default)]
    pub phase: Option<i64>,
    /// The chunk's place within its phase; chunks may come in any order.
    #[serde(default)]
    pub chunk_order: Option<i64>,
    /// How much has been sent, in percent.
    #[serde(default)]
    pub progress: Option<i64>,
    /// Messages that could not be read.
    #[serde(default)]
    pub unreadable: u32,
    /// Why nothing comes: 2593109 when the owner does not share the past.
    #[serde(default)]
    pub errors: Vec<GraphError>,
    /// What was written, thread by thread.
    #[serde(skip)]
    pub messages: Vec<HistoryMessage>,
}

/// A message from before, of either side.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryMessage {
    /// Meta's id. A `media_placeholder` has the id under which the medium follows.
    pub id: String,
    /// The customer whose thread it is in; nobody where Meta does not tell.
    pub customer: Party,
    /// Whether the business wrote it.
    pub from_business: bool,
    /// When, by the clock of the device that wrote it.
    pub timestamp: Option<DateTime<Utc>>,
    /// `READ`, `DELIVERED`, `SENT`, `PENDING`, `ERROR` or `PLAYED`.
    pub status: Option<String>,
    /// What it holds.
    pub body: Body,
}

impl History {
    /// Reads an element of `history`. `business` is the business's own number, digits only.
    pub(crate) fn read(node: Node<'_>, business: Option<&str>) -> Self {
        let metadata = node.node("metadata");
        let mut chunk = Self {
            phase: metadata.integer("phase"),
            chunk_order: metadata.integer("chunk_order"),
            progress: metadata.integer("progress"),
            errors: node.list("errors").map(|error| GraphError::read(Node::of(error), None)).collect(),
            ..Self::default()
        };
        for thread in node.list("threads").map(Node::of) {
            let mut customer = Party::read(thread.node("context"), "wa_id", "user_id", "parent_user_id");
            customer.complete(&Party::read(thread, "id", "user_id", "parent_user_id"));
            for message in thread.list("messages").map(Node::of) {
                chunk.take(message, &customer, business);
            }
        }
        chunk
    }

    /// Reads media that follow a chunk: they look like messages and echoes of today.
    pub(crate) fn read_media(value: Node<'_>, business: Option<&str>) -> Self {
        let mut chunk = Self::default();
        for message in value.list("messages").chain(value.list("message_echoes")).map(Node::of) {
            chunk.take(message, &Party::default(), business);
        }
        chunk
    }

    fn take(&mut self, node: Node<'_>, customer: &Party, business: Option<&str>) {
        let Some(id) = node.text("id") else {
            self.unreadable = self.unreadable.saturating_add(1);
            return;
        };
        let context = node.node("history_context");
        let from = Party::read(node, "from", "from_user_id", "from_parent_user_id");
        let by_number = business.is_some() && from.wa_id.as_deref() == business;
        let from_business = context.flag("from_me").unwrap_or(by_number);
        let mut customer = customer.clone();
        if customer.is_nobody() {
            customer =
                if from_business { Party::read(node, "to", "to_user_id", "to_parent_user_id") } else { from };
        }
        self.messages.push(HistoryMessage {
            id,
            customer,
            from_business,
            timestamp: node.time("timestamp"),
            status: context.text("status"),
            body: Body::read(node),
        });
    }
}
