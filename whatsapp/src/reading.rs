//! One element of a change, read for itself: a message, an echo, a status, an entry of the address book.

use serde_json::Value;

use crate::body::Body;
use crate::call::Call;
use crate::element::{Content, Context, Echo, ElementFault, Message, Referral, Status, StatusKind};
use crate::graph::GraphError;
use crate::lenient::Node;
use crate::party::Party;

/// The longest id that is read, in characters; Meta's are below a hundred.
const LONGEST_ID: usize = 512;
/// The longest profile name that is kept, in characters.
const LONGEST_NAME: usize = 200;

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

pub(crate) fn message(element: &Value, contacts: &[Node<'_>]) -> Result<Content, ElementFault> {
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
    Ok(Content::Message(Box::new(Message {
        id,
        timestamp: node.time("timestamp"),
        from,
        profile_name: profile
            .and_then(|profile| profile.text("name"))
            .map(|name| name.chars().take(LONGEST_NAME).collect()),
        username: profile.and_then(|profile| profile.text("username")),
        group_id: node.text("group_id"),
        context: Context::read(node),
        referral: Referral::read(node),
        body,
    })))
}

pub(crate) fn echo(
    element: &Value,
    business: Option<&str>,
    contacts: &[Node<'_>],
) -> Result<Content, ElementFault> {
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

pub(crate) fn status(element: &Value) -> Result<Content, ElementFault> {
    let node = object(element)?;
    if node.text("type").as_deref() == Some("call") {
        return Ok(Content::Call(Call::read_status(node)));
    }
    Ok(Content::Status(Status {
        id: id(node)?,
        status: StatusKind::read(&node.text("status").unwrap_or_default()),
        timestamp: node.time("timestamp"),
        recipient: Party::read(node, "recipient_id", "recipient_user_id", "recipient_parent_user_id"),
        to_group: node.text("recipient_type").as_deref() == Some("group"),
        reference: node.text("biz_opaque_callback_data"),
        errors: node.list("errors").map(|error| GraphError::read(Node::of(error), None)).collect(),
    }))
}

pub(crate) fn state_sync(entry: &Value) -> Content {
    let node = Node::of(entry);
    let contact = node.node("contact");
    Content::StateSync {
        action: node.text("action"),
        party: Party::read(contact, "phone_number", "user_id", "parent_user_id"),
        full_name: contact.text("full_name").or_else(|| contact.text("first_name")),
        timestamp: node.node("metadata").time("timestamp"),
    }
}

pub(crate) fn user_id_update(entry: &Value) -> Content {
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
