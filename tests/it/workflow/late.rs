//! Content that comes after its message (131060), while a run is at work.

use chrono::TimeDelta;
use domain::conversation;
use domain::id::ConversationId;
use serde_json::{Value, json};
use tests::Hub;
use tests::wait::until;

use super::calls::{calls, look, movable, says, switch};
use super::shop::Shop;
use super::stage::{publish, said, set};

fn body(hub: &Hub, message: Value) -> Vec<u8> {
    let contacts = json!([{"wa_id": "886911000009", "profile": {"name": "Ada"}}]);
    hub.webhook("messages", json!({"contacts": contacts, "messages": [message]}))
}

/// A message whose content comes late, and one that comes in time.
async fn ghost_and_second(hub: &Hub) -> ConversationId {
    let ghost = json!({"from": "886911000009", "id": "wamid.GHOST", "timestamp": clock(hub), "type": "unsupported",
        "errors": [{"code": 131060, "title": "unavailable"}]});
    hub.simulator.post_raw(&hub.number.app, body(hub, ghost)).await;
    let id = ConversationId(hub.stored("wamid.GHOST").await.conversation_id);
    hub.simulator.post_raw(&hub.number.app, body(hub, text(hub, "wamid.TWO", "two"))).await;
    id
}

fn text(hub: &Hub, id: &str, text: &str) -> Value {
    json!({"from": "886911000009", "id": id, "timestamp": clock(hub), "type": "text", "text": {"body": text}})
}

fn clock(hub: &Hub) -> String {
    hub.env.clock.now().timestamp().to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn content_that_comes_late_in_a_call_is_the_next_answer_alone() {
    let hub = Hub::with(movable()).await;
    let shop = Shop::open().await;
    set(&hub, &publish(&hub, "look", look(&shop, "RESUME")).await).await;
    shop.hold(true);
    let id = ghost_and_second(&hub).await;
    calls(&shop, 1).await;
    hub.advance(TimeDelta::seconds(11));
    hub.simulator.post_raw(&hub.number.app, body(&hub, text(&hub, "wamid.GHOST", "late words"))).await;
    until("it came", async || (!hub.stored("wamid.GHOST").await.placeholder).then_some(())).await;
    shop.hold(false);
    says(&hub, id, &["Which?", "You wrote late words."]).await;
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn content_that_came_late_is_not_forgotten_when_the_bot_was_off() {
    let hub = Hub::with(movable()).await;
    let shop = Shop::open().await;
    set(&hub, &publish(&hub, "look", look(&shop, "RESUME")).await).await;
    let id = ghost_and_second(&hub).await;
    says(&hub, id, &["Which?"]).await;
    shop.hold(true);
    // It answers the question; its run ends, and what the customer writes then begins another one, which calls.
    hub.simulator.post_raw(&hub.number.app, body(&hub, text(&hub, "wamid.GHOST", "late words"))).await;
    until("it is told", async || (said(&hub, id).await.len() == 2).then_some(())).await;
    hub.simulator.post_raw(&hub.number.app, body(&hub, text(&hub, "wamid.THREE", "three"))).await;
    calls(&shop, 2).await;
    switch(&hub, false).await;
    hub.becomes(id, "PENDING_FIRST_RESPONSE").await;
    switch(&hub, true).await;
    conversation::hand_back(&hub.env, &hub.actor, id).await.unwrap();
    calls(&shop, 3).await;
    shop.hold(false);
    says(&hub, id, &["Which?", "You wrote late words.", "Which?"]).await;
    hub.finish().await;
}
