//! Customers whom WhatsApp shows without a phone number, and customers who change their names: one contact and
//! one thread each, whatever the order of what Meta tells.

mod address_book;
mod answer;
mod conflict;
mod find;
mod migration;
mod number;
mod update;

use domain::Actor;
use domain::event::Event;
use domain::feed;
use domain::id::ConversationId;
use serde_json::{Value, json};
use simulator::Customer;
use tests::Hub;

/// A customer who hides the phone number.
fn hidden(hub: &Hub, user_id: &str, name: &str) -> Customer {
    hub.simulator.customer(None, Some(user_id), name)
}

/// One webhook with one change on the hub's number.
fn change(hub: &Hub, field: &str, mut value: Value) -> Value {
    value["metadata"] =
        json!({"phone_number_id": hub.number.phone_number_id, "display_phone_number": "15550783881"});
    json!({"field": field, "value": value})
}

/// A text under a user id alone.
fn text(hub: &Hub, user_id: &str, wamid: &str) -> Value {
    let message = json!({"from_user_id": user_id, "id": wamid, "timestamp": seconds(hub), "type": "text",
        "text": {"body": format!("this is {wamid}")}});
    let contact = json!({"profile": {"name": "Lin"}, "user_id": user_id});
    change(hub, "messages", json!({"contacts": [contact], "messages": [message]}))
}

/// The notice that one user id took the place of another.
fn update(hub: &Hub, previous: &str, current: &str) -> Value {
    let update = json!({"detail": "changed", "user_id": {"previous": previous, "current": current},
        "timestamp": seconds(hub)});
    change(hub, "user_id_update", json!({"user_id_update": [update]}))
}

fn seconds(hub: &Hub) -> String {
    hub.env.clock.now().timestamp().to_string()
}

/// Posts changes as one webhook body and waits until all is done. `time` makes equal contents different bodies.
async fn post(hub: &Hub, time: u64, changes: Vec<Value>) {
    deliver(hub, time, changes).await;
    hub.quiet().await;
}

/// Posts changes as one webhook body.
async fn deliver(hub: &Hub, time: u64, changes: Vec<Value>) {
    let entry = json!({"id": hub.number.waba_id, "time": time, "changes": changes});
    let body = json!({"object": "whatsapp_business_account", "entry": [entry]});
    let status = hub.simulator.post_raw(&hub.number.app, serde_json::to_vec(&body).unwrap()).await;
    assert_eq!(status, 200);
}

/// Every contact of a workspace with its names, the newest contact first.
async fn contacts(hub: &Hub, actor: &Actor) -> Vec<(entity::contact::Model, Vec<String>)> {
    let scope = domain::Scope::of(&hub.env, actor.workspace);
    let page = domain::page::Page { after: None, before: None, backwards: false, limit: 100 };
    let rows = domain::contact::list(&scope, None, &page).await.unwrap();
    let ids: Vec<_> = rows.iter().map(|row| domain::id::ContactId(row.id)).collect();
    let names = domain::contact::identities(&scope, &ids).await.unwrap();
    let of = |id| names.iter().filter(move |name| name.contact_id == id && name.replaced_at.is_none());
    rows.into_iter().map(|row| (row.clone(), of(row.id).map(|name| name.value.clone()).collect())).collect()
}

/// The names that are valid now of the only contact.
async fn only(hub: &Hub) -> Vec<String> {
    let mut all = contacts(hub, &hub.actor).await;
    assert_eq!(all.len(), 1, "one person is one contact: {all:?}");
    all.remove(0).1
}

/// The numbers and texts of the only conversation.
async fn only_thread(hub: &Hub) -> Vec<String> {
    let scope = hub.scope();
    let threads = scope.find::<entity::conversation::Entity>().all(scope.reader()).await.unwrap();
    assert_eq!(threads.len(), 1, "one person has one thread");
    let messages = hub.messages(ConversationId(threads[0].id)).await;
    let numbers: Vec<i64> = messages.iter().map(|message| message.number).collect();
    assert_eq!(numbers, (1..=i64::try_from(numbers.len()).unwrap()).collect::<Vec<_>>(), "without gaps");
    messages.into_iter().map(|message| message.text).collect()
}

/// The events that the test wants, in order.
async fn events(hub: &Hub, wanted: impl Fn(&Event) -> bool) -> Vec<Event> {
    let entries = feed::after(&hub.scope(), 0, 1_000).await.unwrap();
    entries.into_iter().map(|entry| entry.event).filter(|event| wanted(event)).collect()
}

fn is_identity_change(event: &Event) -> bool {
    matches!(event, Event::ContactIdentityChanged { .. })
}

fn is_conflict(event: &Event) -> bool {
    matches!(event, Event::ContactConflict { .. })
}

/// What became of the notices, in the order of their arrival.
async fn outcomes(hub: &Hub, kind: &str) -> Vec<String> {
    use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};
    let scope = hub.scope();
    let rows = scope
        .find::<entity::inbound_element::Entity>()
        .filter(entity::inbound_element::Column::Kind.eq(kind))
        .order_by_asc(entity::inbound_element::Column::Id);
    let rows = rows.all(scope.reader()).await.unwrap();
    rows.into_iter().map(|row| row.reason.or(row.outcome).unwrap_or_default()).collect()
}
