//! What is known after a call that did not go well.

use serde::{Deserialize, Serialize};

use crate::lenient::Node;

/// How a call ended without success.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// No byte of the request was written (connecting or TLS failed): safe to repeat.
    #[error("Meta could not be reached")]
    NotWritten {
        /// What failed.
        #[source]
        source: reqwest::Error,
    },
    /// Meta answered with an error: the request had no effect.
    #[error("Meta refused with code {}", .0.code)]
    Refused(GraphError),
    /// Time-out, reset, an unreadable answer, or an error that Meta may give after it acted (131000):
    /// the request may have had its effect.
    #[error("Meta's answer was lost: {reason}")]
    Unknown {
        /// What is known, for operators.
        reason: String,
        /// The status, if one came.
        http: Option<u16>,
    },
}

/// An error as Meta describes it, in an answer or in a webhook.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct GraphError {
    /// The HTTP status; None in webhooks.
    pub http: Option<u16>,
    /// Meta's code.
    pub code: i64,
    /// Meta's finer code.
    pub subcode: Option<i64>,
    /// A short title; changes without notice.
    pub title: Option<String>,
    /// A longer text.
    pub message: Option<String>,
    /// The most precise text.
    pub details: Option<String>,
    /// Meta's trace id, for its support.
    pub trace: Option<String>,
    /// Seconds to wait (`Retry-After`).
    pub retry_after: Option<u64>,
    /// Minutes until an account may call again (`X-Business-Use-Case-Usage`).
    pub regain_access_minutes: Option<u64>,
    /// Meta says that it will pass.
    pub is_transient: bool,
}

impl GraphError {
    /// Reads the error object of an answer or of a webhook.
    pub(crate) fn read(node: Node<'_>, http: Option<u16>) -> Self {
        let short = |text: Option<String>| text.map(|text| text.chars().take(500).collect());
        Self {
            http,
            code: node.integer("code").unwrap_or(-1),
            subcode: node.integer("error_subcode"),
            title: short(node.text("title").or_else(|| node.text("error_user_title"))),
            message: short(node.text("message")),
            details: short(node.node("error_data").text("details")),
            trace: short(node.text("fbtrace_id")),
            retry_after: None,
            regain_access_minutes: None,
            is_transient: node.flag("is_transient").unwrap_or(false),
        }
    }
}
