//! The `value` of each kind of webhook, in the shape that Meta sends today.
//!
//! Invariant: a customer without a visible phone number has no `wa_id`, `from`, `to` or
//! `recipient_id` anywhere; timestamps are strings of unix seconds.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use crate::{content::Content, customer::Customer, fault::Fault, number::Number};

/// A customer's message.
pub(crate) fn message(
    number: &Number,
    customer: &Customer,
    wamid: &str,
    content: &Content,
    at: DateTime<Utc>,
) -> Value {
    let mut message = element(wamid, at);
    put(&mut message, "from", customer.wa_id.as_deref());
    put(&mut message, "from_user_id", Some(&customer.user_id));
    fill(&mut message, number, content);
    envelope(number, Some(contact(customer, true)), "messages", message)
}

/// The placeholder that sometimes comes before a first message (error 131060).
pub(crate) fn ghost(number: &Number, customer: &Customer, wamid: &str, at: DateTime<Utc>) -> Value {
    let mut message = element(wamid, at);
    put(&mut message, "from", customer.wa_id.as_deref());
    put(&mut message, "from_user_id", Some(&customer.user_id));
    put(&mut message, "type", Some("unsupported"));
    let details = "This message is currently unavailable. Please check your phone for it.";
    message.insert(
        "errors".into(),
        json!([{"code": 131_060, "title": "This message is unavailable", "message": "This message is unavailable",
            "error_data": {"details": details}}]),
    );
    envelope(number, Some(contact(customer, true)), "messages", message)
}

/// A message typed in the business's phone app.
pub(crate) fn echo(
    number: &Number,
    customer: &Customer,
    wamid: &str,
    content: &Content,
    at: DateTime<Utc>,
) -> Value {
    let mut message = element(wamid, at);
    put(&mut message, "from", Some(&number.digits()));
    put(&mut message, "to", customer.wa_id.as_deref());
    put(&mut message, "to_user_id", Some(&customer.user_id));
    fill(&mut message, number, content);
    // As captured from the wire: contacts of echoes carry no profile.
    envelope(number, Some(contact(customer, false)), "message_echoes", message)
}

/// What a status says.
pub(crate) struct Status<'a> {
    pub(crate) wamid: &'a str,
    pub(crate) status: &'a str,
    pub(crate) reference: Option<&'a str>,
    pub(crate) fault: Option<&'a Fault>,
}

/// A step of a message that went out through the API.
pub(crate) fn status(number: &Number, customer: &Customer, status: &Status<'_>, at: DateTime<Utc>) -> Value {
    let mut element = element(status.wamid, at);
    put(&mut element, "status", Some(status.status));
    put(&mut element, "recipient_id", customer.wa_id.as_deref());
    // A failure may mean that there is nobody behind the number, so it knows no user id beside it.
    let user_id =
        Some(customer.user_id.as_str()).filter(|_| status.fault.is_none() || customer.wa_id.is_none());
    put(&mut element, "recipient_user_id", user_id);
    put(&mut element, "biz_opaque_callback_data", status.reference);
    if matches!(status.status, "sent" | "delivered") {
        element.insert(
            "pricing".into(),
            json!({"billable": false, "pricing_model": "PMP", "type": "free_customer_service",
                "category": "service"}),
        );
    }
    if let Some(fault) = status.fault {
        element.insert(
            "errors".into(),
            json!([{"code": fault.code, "title": fault.message, "message": fault.message,
                "error_data": {"details": fault.details.as_deref().unwrap_or(&fault.message)},
                "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/"}]),
        );
    }
    // As captured from the wire: contacts of statuses carry no profile.
    let mut contact = Map::new();
    put(&mut contact, "wa_id", customer.wa_id.as_deref());
    put(&mut contact, "user_id", user_id);
    envelope(number, Some(contact.into()), "statuses", element)
}

/// A customer's new business-scoped user id.
pub(crate) fn user_id_update(
    number: &Number,
    customer: &Customer,
    previous: &str,
    at: DateTime<Utc>,
) -> Value {
    let mut update = Map::new();
    put(&mut update, "wa_id", customer.wa_id.as_deref());
    put(&mut update, "detail", Some("The user's business-scoped user id has changed"));
    update.insert("user_id".into(), json!({"previous": previous, "current": customer.user_id}));
    put(&mut update, "timestamp", Some(&at.timestamp().to_string()));
    envelope(number, Some(contact(customer, true)), "user_id_update", update)
}

/// Meta's notice of a customer's new phone number; it comes without contacts.
pub(crate) fn number_change(
    number: &Number,
    before: &Customer,
    wa_id: &str,
    wamid: &str,
    at: DateTime<Utc>,
) -> Value {
    let mut message = element(wamid, at);
    put(&mut message, "from", before.wa_id.as_deref());
    put(&mut message, "type", Some("system"));
    let old = before.wa_id.as_deref().unwrap_or("another number");
    let body = format!("User {} changed from {old} to {wa_id}", before.name);
    message.insert("system".into(), json!({"body": body, "type": "user_changed_number", "wa_id": wa_id}));
    envelope(number, None, "messages", message)
}

/// The address book of the phone app.
pub(crate) fn state_sync(number: &Number, customers: &[Customer], at: DateTime<Utc>) -> Value {
    let contacts: Vec<Value> = customers
        .iter()
        .map(|customer| {
            let mut contact = Map::new();
            put(&mut contact, "full_name", Some(&customer.name));
            put(&mut contact, "first_name", customer.name.split_whitespace().next());
            put(&mut contact, "phone_number", customer.wa_id.as_deref());
            put(&mut contact, "user_id", Some(&customer.user_id));
            json!({"type": "contact", "contact": contact, "action": "add",
                "metadata": {"timestamp": at.timestamp().to_string()}})
        })
        .collect();
    json!({"messaging_product": "whatsapp", "metadata": metadata(number), "state_sync": contacts})
}

/// News of the account; names only the account.
pub(crate) fn account_update(event: &str) -> Value {
    json!({ "event": event })
}

fn element(id: &str, at: DateTime<Utc>) -> Map<String, Value> {
    let mut element = Map::new();
    put(&mut element, "id", Some(id));
    put(&mut element, "timestamp", Some(&at.timestamp().to_string()));
    element
}

fn fill(message: &mut Map<String, Value>, number: &Number, content: &Content) {
    let (kind, node) = content.node();
    put(message, "type", Some(kind));
    if !node.is_null() {
        message.insert(kind.into(), node);
    }
    if let Some(quoted) = content.quotes() {
        message.insert("context".into(), json!({"from": number.digits(), "id": quoted}));
    }
}

fn put(map: &mut Map<String, Value>, key: &str, value: Option<&str>) {
    if let Some(value) = value {
        map.insert(key.into(), value.into());
    }
}

fn contact(customer: &Customer, profile: bool) -> Value {
    let mut contact = Map::new();
    if profile {
        contact.insert("profile".into(), json!({ "name": customer.name }));
    }
    put(&mut contact, "wa_id", customer.wa_id.as_deref());
    put(&mut contact, "user_id", Some(&customer.user_id));
    contact.into()
}

fn metadata(number: &Number) -> Value {
    json!({"display_phone_number": number.digits(), "phone_number_id": number.phone_number_id})
}

fn envelope(number: &Number, contact: Option<Value>, list: &str, element: Map<String, Value>) -> Value {
    let mut value = json!({"messaging_product": "whatsapp", "metadata": metadata(number)});
    if let Some(contact) = contact {
        value["contacts"] = json!([contact]);
    }
    value[list] = json!([element]);
    value
}
