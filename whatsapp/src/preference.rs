//! `user_preferences`: a customer wants marketing messages, or no more of them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::lenient::Node;
use crate::party::Party;

/// What a customer chose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preference {
    /// Who chose.
    pub customer: Party,
    /// What it is about: `marketing_messages`.
    pub category: Option<String>,
    /// `stop` or `resume`.
    pub value: Option<String>,
    /// When, by Meta's clock.
    pub timestamp: Option<DateTime<Utc>>,
}

impl Preference {
    pub(crate) fn read(node: Node<'_>) -> Self {
        Self {
            customer: Party::read(node, "wa_id", "user_id", "parent_user_id"),
            category: node.text("category"),
            value: node.text("value"),
            timestamp: node.time("timestamp"),
        }
    }
}
