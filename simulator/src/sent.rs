//! What the Graph API was asked to send, in the order of arrival.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;

/// What became of a send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Outcome {
    /// Taken, and the answer said so.
    Accepted,
    /// Refused with this error code; 0 stands for a 503 without an error body.
    Refused(i64),
    /// Taken, but the caller was not told: the connection was cut, or the answer was an error.
    DroppedAfterAccept,
}

/// One `POST /{phone_number_id}/messages` that was to send something.
#[derive(Clone, Debug, Serialize)]
pub struct Sent {
    /// 1, 2, 3: the order of arrival over all numbers.
    pub sequence: u64,
    /// The number that was to send.
    pub phone_number_id: String,
    /// `to` as the caller wrote it.
    pub to: Option<String>,
    /// `recipient` (a business-scoped user id) as the caller wrote it.
    pub recipient: Option<String>,
    /// The message's type: `text`, `interactive`, ..
    pub kind: String,
    /// The text, or the text of an interactive message; empty for other kinds.
    pub text: String,
    /// `biz_opaque_callback_data`.
    pub reference: Option<String>,
    /// The id handed out; none when refused.
    pub wamid: Option<String>,
    /// What became of it.
    pub outcome: Outcome,
    /// When it arrived, by the provider's clock.
    pub at: DateTime<Utc>,
    /// The message that it quotes.
    pub reply_to: Option<String>,
    /// The whole request, null when it was not JSON.
    pub body: Value,
}

impl Sent {
    /// A request as it came in, before anything is decided.
    pub(crate) fn read(phone_number_id: &str, body: &Value, at: DateTime<Utc>) -> Sent {
        let string = |value: &Value| value.as_str().map(str::to_owned);
        let kind = body["type"].as_str().unwrap_or("text");
        let text = match kind {
            "interactive" => &body["interactive"]["body"]["text"],
            _ => &body["text"]["body"],
        };
        Sent {
            sequence: 0,
            phone_number_id: phone_number_id.into(),
            to: string(&body["to"]),
            recipient: string(&body["recipient"]),
            kind: kind.into(),
            text: text.as_str().unwrap_or_default().into(),
            reference: string(&body["biz_opaque_callback_data"]),
            wamid: None,
            outcome: Outcome::Refused(0),
            at,
            reply_to: string(&body["context"]["message_id"]),
            body: body.clone(),
        }
    }

    /// Whether the customer got it.
    pub fn arrived(&self) -> bool {
        self.wamid.is_some()
    }
}

/// A read receipt that the business sent.
#[derive(Clone, Debug, Serialize)]
pub struct Read {
    /// The number that read.
    pub phone_number_id: String,
    /// The message that was read.
    pub message_id: String,
    /// Whether the customer also sees "typing".
    pub typing: bool,
    /// When, by the provider's clock.
    pub at: DateTime<Utc>,
}
