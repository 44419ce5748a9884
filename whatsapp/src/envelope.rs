//! From one webhook body to its elements: over all entries, changes, messages, echoes, statuses,
//! errors and calls, each read for itself.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::account::AccountUpdate;
use crate::call::Call;
use crate::element::{Content, Element, ElementFault};
use crate::graph::GraphError;
use crate::history::History;
use crate::lenient::Node;
use crate::news::News;
use crate::preference::Preference;
use crate::raw;
use crate::reading;

/// A body whose envelope cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum BadBody {
    /// It is not JSON, or nested deeper than anybody writes.
    #[error("the body is not readable JSON")]
    NotJson(#[source] serde_json::Error),
    /// It is JSON, but not a webhook of a WhatsApp Business Account.
    #[error("the body is no webhook of a WhatsApp Business Account")]
    NotAWebhook,
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(default)]
    object: Option<String>,
    #[serde(default, borrow)]
    entry: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(default)]
    id: Value,
    #[serde(default, borrow)]
    changes: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
struct Change<'a> {
    #[serde(default)]
    field: Value,
    #[serde(default, borrow)]
    value: Option<&'a RawValue>,
}

/// Splits a body into its elements. An odd element carries its fault; the others are whole.
///
/// # Errors
/// [`BadBody`] when not even the envelope can be read.
pub fn parse(body: &[u8]) -> Result<Vec<Element>, BadBody> {
    let text = raw::mend(body);
    let envelope: Envelope<'_> = serde_json::from_str(&text).map_err(BadBody::NotJson)?;
    if envelope.object.as_deref() != Some("whatsapp_business_account") {
        return Err(BadBody::NotAWebhook);
    }
    let mut reader = Reader::default();
    for entry in envelope.entry.unwrap_or_default() {
        match serde_json::from_str::<Entry<'_>>(entry.get()) {
            Ok(entry) => {
                let waba_id = match &entry.id {
                    Value::String(id) => id.clone(),
                    Value::Number(id) => id.to_string(),
                    _ => String::new(),
                };
                for change in entry.changes.unwrap_or_default() {
                    reader.waba_id.clone_from(&waba_id);
                    reader.change(change);
                }
            }
            Err(_) => reader.push("entry", Err(ElementFault::NotAnObject)),
        }
    }
    Ok(reader.elements)
}

#[derive(Default)]
struct Reader {
    elements: Vec<Element>,
    waba_id: String,
    phone_number_id: Option<String>,
    display_phone_number: Option<String>,
}

impl Reader {
    fn push(&mut self, field: &str, content: Result<Content, ElementFault>) {
        self.elements.push(Element {
            position: u32::try_from(self.elements.len()).unwrap_or(u32::MAX),
            waba_id: self.waba_id.clone(),
            phone_number_id: self.phone_number_id.clone(),
            display_phone_number: self.display_phone_number.clone(),
            field: field.chars().take(64).collect(),
            content,
        });
    }

    fn change(&mut self, change: &RawValue) {
        (self.phone_number_id, self.display_phone_number) = (None, None);
        let Ok(change) = serde_json::from_str::<Change<'_>>(change.get()) else {
            return self.push("change", Err(ElementFault::NotAnObject));
        };
        let field = change.field.as_str().unwrap_or("unknown").to_owned();
        let value = change.value.and_then(|value| serde_json::from_str::<Value>(value.get()).ok());
        let Some(value) = value.filter(Value::is_object) else {
            return self.push(&field, Err(ElementFault::BadValue));
        };
        let node = Node::of(&value);
        let metadata = node.node("metadata");
        self.phone_number_id = metadata.text("phone_number_id");
        self.display_phone_number =
            metadata.text("display_phone_number").or_else(|| node.text("display_phone_number"));
        match field.as_str() {
            "history" => self.history(&field, node),
            "messages" | "smb_message_echoes" | "calls" => self.messages(&field, node),
            "smb_app_state_sync" => {
                self.push_all(&field, node.list("state_sync").map(reading::state_sync).collect());
            }
            "account_update" => {
                // A partner's own business may be the entry, and the account stands inside.
                if let Some(waba_id) = node.node("waba_info").text("waba_id") {
                    self.waba_id = waba_id;
                }
                self.push(&field, Ok(Content::Account(AccountUpdate::read(node))));
            }
            "user_id_update" => {
                self.push_all(&field, node.list("user_id_update").map(reading::user_id_update).collect());
            }
            "user_preferences" => {
                let chosen = node.list("user_preferences").map(Node::of).map(Preference::read);
                self.push_all(&field, chosen.map(Content::Preference).collect());
            }
            _ => self.push(&field, Ok(News::read(&field, node).map_or(Content::Other, Content::News))),
        }
    }

    fn push_all(&mut self, field: &str, contents: Vec<Content>) {
        if contents.is_empty() {
            return self.push(field, Ok(Content::Other));
        }
        for content in contents {
            self.push(field, Ok(content));
        }
    }

    /// Nothing in here is of today, not even what looks like a message: it must wake nobody.
    fn history(&mut self, field: &str, value: Node<'_>) {
        let digits = |text: &String| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let business = self.display_phone_number.as_ref().map(digits);
        let mut chunks: Vec<_> =
            value.list("history").map(|chunk| History::read(Node::of(chunk), business.as_deref())).collect();
        let media = History::read_media(value, business.as_deref());
        if chunks.is_empty() || !media.messages.is_empty() {
            chunks.push(media);
        }
        self.push_all(field, chunks.into_iter().map(Content::History).collect());
    }

    fn messages(&mut self, field: &str, value: Node<'_>) {
        let before = self.elements.len();
        let contacts: Vec<Node<'_>> = value.list("contacts").map(Node::of).collect();
        for element in value.list("messages") {
            self.push(field, reading::message(element, &contacts));
        }
        for element in value.list("message_echoes") {
            let content = reading::echo(element, self.display_phone_number.as_deref(), &contacts);
            self.push(field, content);
        }
        for element in value.list("statuses") {
            self.push(field, reading::status(element));
        }
        let errors: Vec<GraphError> =
            value.list("errors").map(|error| GraphError::read(Node::of(error), None)).collect();
        if !errors.is_empty() {
            self.push(field, Ok(Content::Errors { errors }));
        }
        for element in value.list("calls") {
            self.push(field, Ok(Content::Call(Call::read(Node::of(element)))));
        }
        if self.elements.len() == before {
            self.push(field, Ok(Content::Other));
        }
    }
}
