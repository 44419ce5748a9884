//! `calls`: a voice call rang, was answered, ended. What is said in it stays with Meta.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::lenient::Node;
use crate::party::Party;

/// One step of a call.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// Meta's id of the call.
    #[serde(default)]
    pub id: Option<String>,
    /// The customer, whoever called.
    #[serde(default)]
    pub customer: Party,
    /// `connect`, `terminate`, or of a status `RINGING`, `ACCEPTED`, `REJECTED`.
    #[serde(default)]
    pub event: Option<String>,
    /// `USER_INITIATED` or `BUSINESS_INITIATED`.
    #[serde(default)]
    pub direction: Option<String>,
    /// Of a call that ended: `COMPLETED` or `FAILED`.
    #[serde(default)]
    pub status: Option<String>,
    /// How long it lasted, in seconds.
    #[serde(default)]
    pub duration_s: Option<i64>,
    /// When, by Meta's clock.
    #[serde(default)]
    pub timestamp: Option<DateTime<Utc>>,
}

impl Call {
    /// Reads an element of `calls`.
    pub(crate) fn read(node: Node<'_>) -> Self {
        let direction = node.text("direction");
        let customer = match direction.as_deref() {
            Some("BUSINESS_INITIATED") => Party::read(node, "to", "to_user_id", "to_parent_user_id"),
            _ => Party::read(node, "from", "from_user_id", "from_parent_user_id"),
        };
        Self {
            id: node.text("id").or_else(|| node.text("wacid")),
            customer,
            event: node.text("event"),
            direction,
            status: node.text("status"),
            duration_s: node.integer("duration"),
            timestamp: node.time("timestamp"),
        }
    }

    /// Reads a status of a call that the business made.
    pub(crate) fn read_status(node: Node<'_>) -> Self {
        Self {
            id: node.text("id"),
            customer: Party::read(node, "recipient_id", "recipient_user_id", "recipient_parent_user_id"),
            event: node.text("status"),
            direction: Some("BUSINESS_INITIATED".to_owned()),
            timestamp: node.time("timestamp"),
            ..Self::default()
        }
    }
}
