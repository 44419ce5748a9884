//! What comes from Meta, as signed webhooks: through the simulator's phones, or as a body of our own
//! where no phone sends it so.

use std::sync::atomic::{AtomicU64, Ordering};

use domain::clock::Time;
use serde_json::{Value, json};
use simulator::{Content, Customer};
use tests::Hub;
use tests::wait::LONG;

/// Meta stamps whole seconds; any other time is one that Meta leaves out.
fn stamp(hub: &Hub, clock: Time) -> bool {
    let whole = clock.timestamp_subsec_nanos() == 0;
    if whole {
        hub.simulator.script().set_now(Some(clock));
    }
    whole
}

/// The customer writes; gives back Meta's id.
pub async fn customer(hub: &Hub, customer: &Customer, text: &str, clock: Time) -> String {
    if stamp(hub, clock) {
        return taken(hub, hub.says(customer, text).await).await;
    }
    let id = unique();
    let contact =
        json!({"profile": {"name": customer.name}, "wa_id": customer.wa_id, "user_id": customer.user_id});
    let message = json!({"id": id, "from": customer.wa_id, "from_user_id": customer.user_id,
        "type": "text", "text": {"body": text}});
    post(hub, "messages", json!({"contacts": [contact], "messages": [message]})).await;
    id
}

/// Somebody types in the phone app; gives back Meta's id.
pub async fn phone(hub: &Hub, customer: &Customer, clock: Time) -> String {
    let text = format!("From the phone, {}", unique());
    if stamp(hub, clock) {
        return taken(hub, hub.types(customer, &text).await).await;
    }
    let id = unique();
    let contact = json!({"wa_id": customer.wa_id, "user_id": customer.user_id});
    let from: String = hub.number.display_phone_number.chars().filter(char::is_ascii_digit).collect();
    let message = json!({"id": id, "from": from, "to": customer.wa_id, "to_user_id": customer.user_id,
        "type": "text", "text": {"body": text}});
    post(hub, "smb_message_echoes", json!({"contacts": [contact], "message_echoes": [message]})).await;
    id
}

/// The customer changes or reacts to something.
pub async fn change(hub: &Hub, customer: &Customer, content: &Content) {
    let id = hub.simulator.customer_sends(&hub.number.phone_number_id, customer, content).await;
    taken(hub, id).await;
}

/// Somebody deletes something in the phone app.
pub async fn revoke(hub: &Hub, customer: &Customer, of: &str) {
    let content = Content::Revoke { of: of.to_owned() };
    let id = hub.simulator.business_sends(&hub.number.phone_number_id, customer, &content).await;
    taken(hub, id).await;
}

/// A status of a message that went out.
pub async fn status(hub: &Hub, customer: &Customer, of: &str, status: &str) {
    let mut element = json!({"id": of, "status": status, "timestamp": hub.env.clock.now().timestamp().to_string(),
        "recipient_id": customer.wa_id, "recipient_user_id": customer.user_id});
    if status == "failed" {
        element["errors"] = json!([{"code": 131_026, "title": "Message undeliverable"}]);
    }
    post(hub, "messages", json!({"statuses": [element]})).await;
}

async fn taken(hub: &Hub, id: String) -> String {
    assert!(hub.simulator.settled(LONG).await, "the webhook is taken");
    id
}

async fn post(hub: &Hub, field: &str, mut value: Value) {
    let number = &hub.number;
    value["messaging_product"] = "whatsapp".into();
    value["metadata"] = json!({"display_phone_number": number.display_phone_number, "phone_number_id": number.phone_number_id});
    let changes = json!([{"field": field, "value": value}]);
    let body =
        json!({"object": "whatsapp_business_account", "entry": [{"id": number.waba_id, "changes": changes}]});
    assert_eq!(hub.simulator.post_raw(&number.app, body.to_string().into_bytes()).await, 200);
}

fn unique() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("wamid.matrix.{}", NEXT.fetch_add(1, Ordering::Relaxed))
}
