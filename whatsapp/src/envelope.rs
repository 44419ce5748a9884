//! From one webhook body to its elements: over all entries, changes, messages, echoes, statuses,
//! errors and calls, each read for itself.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::body::Body;
use crate::element::{Content, Context, Echo, Element, ElementFault, Message, Status, StatusKind};
use crate::graph::GraphError;
use crate::lenient::Node;
use crate::party::Party;
use crate::raw;

/// The longest id that is read, in characters; Meta's are below a hundred.
const LONGEST_ID: usize = 512;
/// The longest profile name that is kept, in characters.
const LONGEST_NAME: usize = 200;

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
                reader.waba_id = waba_id;
                for change in entry.changes.unwrap_or_default() {
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
            // Also when it carries messages: they are old and must wake nobody.
            "history" => self.push(&field, Ok(Content::History)),
            "messages" | "smb_message_echoes" | "calls" | "message_echoes" => self.messages(&field, node),
            "smb_app_state_sync" => {
                let entries: Vec<_> = node.list("state_sync").map(state_sync).collect();
                self.push_all(&field, entries);
            }
            "account_update" => self.push(&field, Ok(Content::Account { event: node.text("event") })),
            "user_id_update" => {
                let updates: Vec<_> = node.list("user_id_update").map(user_id_update).collect();
                self.push_all(&field, updates);
            }
            _ => self.push(&field, Ok(Content::Other)),
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

    fn messages(&mut self, field: &str, value: Node<'_>) {
        let before = self.elements.len();
        let contacts: Vec<Node<'_>> = value.list("contacts").map(Node::of).collect();
        for element in value.list("messages") {
            self.push(field, message(element, &contacts));
        }
        for element in value.list("message_echoes") {
            let content = echo(element, self.display_phone_number.as_deref(), &contacts);
            self.push(field, content);
        }
        for element in value.list("statuses") {
            self.push(field, status(element));
        }
        let errors: Vec<GraphError> =
            value.list("errors").map(|error| GraphError::read(Node::of(error), None)).collect();
        if !errors.is_empty() {
            self.push(field, Ok(Content::Errors { errors }));
        }
        for _ in value.list("calls") {
            self.push(field, Ok(Content::Call));
        }
        if self.elements.len() == before {
            self.push(field, Ok(Content::Other));
        }
    }
}

fn contact_party(contact: Node<'_>) -> Party {
    Party::read(contact, "wa_id", "user_id", "parent_user_id")
}

/// The contact entry of a person: by name, never by index; a lone one speaks for a nameless message.
fn contact_of<'a>(party: &Party, contacts: &[Node<'a>]) -> Option<Node<'a>> {
    match contacts {
        [only] if party.is_nobody() => Some(*only),
        _ => contacts.iter().copied().find(|contact| contact_party(*contact).matches(party)),
    }
}

fn message(element: &Value, contacts: &[Node<'_>]) -> Result<Content, ElementFault> {
    let node = object(element)?;
    let mut from = Party::read(node, "from", "from_user_id", "from_parent_user_id");
    let contact = contact_of(&from, contacts);
    if let Some(contact) = contact {
        from.complete(&contact_party(contact));
    }
    let id = id(node)?;
    let body = Body::read(node);
    // Meta's own notices may name nobody.
    if from.is_nobody() && !matches!(body, Body::System { .. }) {
        return Err(ElementFault::NoSender);
    }
    let profile = contact.map(|contact| contact.node("profile"));
    Ok(Content::Message(Message {
        id,
        timestamp: node.time("timestamp"),
        from,
        profile_name: profile
            .and_then(|profile| profile.text("name"))
            .map(|name| name.chars().take(LONGEST_NAME).collect()),
        username: profile.and_then(|profile| profile.text("username")),
        group_id: node.text("group_id"),
        context: Context::read(node),
        body,
    }))
}

fn echo(element: &Value, business: Option<&str>, contacts: &[Node<'_>]) -> Result<Content, ElementFault> {
    let node = object(element)?;
    let id = id(node)?;
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let business = business.map(digits).or_else(|| node.text("from").map(|from| digits(&from)));
    let mut to = Party::read(node, "to", "to_user_id", "to_parent_user_id");
    if to.wa_id.is_some() && to.wa_id == business {
        // Seen in edits and deletes: the business is named as its own counterparty.
        let from = Party::read(node, "from", "from_user_id", "from_parent_user_id");
        to = if from.wa_id == business { Party { wa_id: None, ..to } } else { from };
    }
    if let Some(contact) = contact_of(&to, contacts) {
        let party = contact_party(contact);
        if party.wa_id.is_none() || party.wa_id != business {
            to.complete(&party);
        }
    }
    Ok(Content::Echo(Echo {
        id,
        timestamp: node.time("timestamp"),
        to,
        context: Context::read(node),
        body: Body::read(node),
    }))
}

fn status(element: &Value) -> Result<Content, ElementFault> {
    let node = object(element)?;
    Ok(Content::Status(Status {
        id: id(node)?,
        status: StatusKind::read(&node.text("status").unwrap_or_default()),
        timestamp: node.time("timestamp"),
        recipient: Party::read(node, "recipient_id", "recipient_user_id", "recipient_parent_user_id"),
        reference: node.text("biz_opaque_callback_data"),
        errors: node.list("errors").map(|error| GraphError::read(Node::of(error), None)).collect(),
    }))
}

fn state_sync(entry: &Value) -> Content {
    let node = Node::of(entry);
    let contact = node.node("contact");
    Content::StateSync {
        action: node.text("action"),
        party: Party::read(contact, "phone_number", "user_id", "parent_user_id"),
        full_name: contact.text("full_name").or_else(|| contact.text("first_name")),
        timestamp: node.node("metadata").time("timestamp"),
    }
}

fn user_id_update(entry: &Value) -> Content {
    let node = Node::of(entry);
    let ids = node.node("user_id");
    Content::UserIdUpdate {
        previous: ids.text("previous"),
        current: ids.text("current"),
        wa_id: node.phone("wa_id"),
        timestamp: node.time("timestamp"),
    }
}

/// Becomes a key: one that no index takes is refused here, where it can be told why.
fn id(node: Node<'_>) -> Result<String, ElementFault> {
    let id = node.text("id").ok_or(ElementFault::NoId)?;
    if id.chars().count() > LONGEST_ID { Err(ElementFault::LongId) } else { Ok(id) }
}

fn object(element: &Value) -> Result<Node<'_>, ElementFault> {
    if element.is_object() { Ok(Node::of(element)) } else { Err(ElementFault::NotAnObject) }
}
