//! Sending a text, marking as read.

use serde_json::{Value, json};

use super::call::lost;
use super::{CallError, Graph};
use crate::lenient::Node;

/// Where a message goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recipient {
    /// A phone number, digits only.
    Phone(String),
    /// A business-scoped user id.
    UserId(String),
}

/// A text to send.
#[derive(Clone)]
pub struct TextSend<'a> {
    /// Who gets it.
    pub to: &'a Recipient,
    /// 1 to 4096 characters.
    pub text: &'a str,
    /// Our mark, at most 512 characters; Meta gives it back with every status.
    pub reference: &'a str,
    /// The message that it answers.
    pub reply_to: Option<&'a str>,
}

/// Meta took the message; whether it arrives is told by statuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// Meta's id of the message.
    pub message_id: String,
    /// The recipient's number as Meta spells it.
    pub wa_id: Option<String>,
    /// The recipient's BSUID.
    pub user_id: Option<String>,
}

impl Graph {
    /// Sends a text. There is no idempotency key: after [`CallError::Unknown`] it may have been sent.
    ///
    /// # Errors
    /// [`CallError`] says whether a repetition is safe.
    pub async fn send_text(
        &self,
        token: &str,
        phone_number_id: &str,
        send: &TextSend<'_>,
    ) -> Result<Accepted, CallError> {
        let mut body = json!({
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "type": "text",
            "text": {"body": send.text, "preview_url": false},
            "biz_opaque_callback_data": send.reference,
        });
        match send.to {
            Recipient::Phone(phone) => body["to"] = json!(phone),
            Recipient::UserId(id) => body["recipient"] = json!(id),
        }
        if let Some(id) = send.reply_to {
            body["context"] = json!({"message_id": id});
        }
        let answer = self.post(token, &format!("{phone_number_id}/messages"), &body).await?;
        accepted(&answer).ok_or_else(|| lost("an acceptance without an id", Some(200)))
    }

    /// Marks a message, and all before it, as read; `typing` also shows that an answer is being written.
    ///
    /// # Errors
    /// [`CallError`]; harmless to leave undone.
    pub async fn mark_read(
        &self,
        token: &str,
        phone_number_id: &str,
        message_id: &str,
        typing: bool,
    ) -> Result<(), CallError> {
        let mut body = json!({"messaging_product": "whatsapp", "status": "read", "message_id": message_id});
        if typing {
            body["typing_indicator"] = json!({"type": "text"});
        }
        self.post(token, &format!("{phone_number_id}/messages"), &body).await.map(drop)
    }
}

fn accepted(answer: &Value) -> Option<Accepted> {
    let node = Node::of(answer);
    let message_id = node.list("messages").find_map(|message| Node::of(message).text("id"))?;
    let contact = |field| node.list("contacts").find_map(|contact| Node::of(contact).text(field));
    Some(Accepted { message_id, wa_id: contact("wa_id"), user_id: contact("user_id") })
}
