//! Messages whose content comes after their announcement (131060): counted once, answered once, lost never.

use chrono::TimeDelta;
use domain::feed;
use domain::human_wait;
use domain::id::ConversationId;
use serde_json::{Value, json};
use tests::knowledge::{QUESTION, SHIPPING};
use tests::wait::until;
use tests::{Hub, Options};

fn movable() -> Options {
    Options { movable_clock: true, ..Options::default() }
}

fn body(hub: &Hub, message: Value) -> Vec<u8> {
    let contacts = json!([{"wa_id": "886911000009", "profile": {"name": "Ada"}}]);
    hub.webhook("messages", json!({"contacts": contacts, "messages": [message]}))
}

fn announced(hub: &Hub) -> Vec<u8> {
    body(
        hub,
        json!({"from": "886911000009", "id": "wamid.GHOST", "timestamp": hub.env.clock.now().timestamp().to_string(),
        "type": "unsupported", "errors": [{"code": 131060, "title": "This message is currently unavailable"}]}),
    )
}

fn content(hub: &Hub, text: &str) -> Vec<u8> {
    body(
        hub,
        json!({"from": "886911000009", "id": "wamid.GHOST", "timestamp": hub.env.clock.now().timestamp().to_string(),
        "type": "text", "text": {"body": text}}),
    )
}

async fn kinds(hub: &Hub) -> Vec<&'static str> {
    feed::after(&hub.scope(), 0, 1_000).await.unwrap().iter().map(|entry| entry.event.kind()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_content_takes_the_placeholders_number_and_wakes_the_bot_once() {
    let hub = Hub::with(movable()).await;
    hub.simulator.post_raw(&hub.number.app, announced(&hub)).await;
    let ghost = hub.stored("wamid.GHOST").await;
    hub.quiet().await;
    assert!(ghost.placeholder);
    assert!(hub.simulator.sends().is_empty(), "there is nothing to answer yet");
    hub.advance(TimeDelta::seconds(2));
    for text in [QUESTION, QUESTION] {
        // Twice, with other bytes: Meta delivers at least once.
        let mut again = content(&hub, text);
        again.extend(vec![b' '; hub.simulator.sends().len()]);
        hub.simulator.post_raw(&hub.number.app, again).await;
        hub.quiet().await;
    }
    let real = hub.stored("wamid.GHOST").await;
    assert_eq!((real.id, real.number, real.text.as_str(), real.placeholder), (ghost.id, 1, QUESTION, false));
    let sent = hub.simulator.sends();
    assert_eq!(sent.len(), 1, "the bot is woken once");
    assert!(sent[0].text.contains(SHIPPING));
    hub.advance(TimeDelta::seconds(120));
    hub.quiet().await;
    let kinds = kinds(&hub).await;
    let count = |kind: &str| kinds.iter().filter(|k| **k == kind).count();
    assert_eq!((count("MESSAGE_RECEIVED"), count("MESSAGE_CONTENT_REPLACED")), (1, 1));
    assert_eq!(hub.conversation(ConversationId(real.conversation_id)).await.status, "BOT_HANDLING");
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn content_that_comes_after_the_bot_answered_a_later_message_is_answered_too() {
    let hub = Hub::with(movable()).await;
    hub.simulator.post_raw(&hub.number.app, announced(&hub)).await;
    hub.stored("wamid.GHOST").await;
    let later = body(
        &hub,
        json!({"from": "886911000009", "id": "wamid.LATER", "timestamp": hub.env.clock.now().timestamp().to_string(),
        "type": "text", "text": {"body": "Can I return a parcel?"}}),
    );
    hub.simulator.post_raw(&hub.number.app, later).await;
    hub.simulator.wait_for_send(|_| true, tests::wait::LONG).await.expect("the later one is answered");
    hub.quiet().await;
    hub.simulator.post_raw(&hub.number.app, content(&hub, QUESTION)).await;
    until("the late content is answered", async || (hub.simulator.sends().len() == 2).then_some(())).await;
    assert!(hub.simulator.sends()[1].text.contains(SHIPPING));
    hub.quiet().await;
    assert_eq!(hub.simulator.sends().len(), 2);
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn content_that_does_not_come_within_a_minute_goes_to_a_person_and_is_still_shown_when_it_comes() {
    let hub = Hub::with(movable()).await;
    hub.simulator.post_raw(&hub.number.app, announced(&hub)).await;
    let id = ConversationId(hub.stored("wamid.GHOST").await.conversation_id);
    hub.quiet().await;
    hub.advance(TimeDelta::milliseconds(59_999));
    hub.quiet().await;
    assert_eq!(hub.conversation(id).await.status, "BOT_HANDLING");
    hub.advance(TimeDelta::milliseconds(1));
    hub.becomes(id, "PENDING_FIRST_RESPONSE").await;
    let waits = human_wait::of(&hub.scope(), &[id]).await.unwrap();
    assert_eq!(waits.iter().map(|wait| wait.reason.as_str()).collect::<Vec<_>>(), ["UNREADABLE"]);
    hub.simulator.post_raw(&hub.number.app, content(&hub, QUESTION)).await;
    until("the content is shown", async || (hub.stored("wamid.GHOST").await.text == QUESTION).then_some(()))
        .await;
    hub.quiet().await;
    assert!(hub.simulator.sends().is_empty(), "a person has it now");
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_placeholder_that_comes_after_the_content_changes_nothing() {
    let hub = Hub::with(movable()).await;
    hub.simulator.post_raw(&hub.number.app, content(&hub, QUESTION)).await;
    hub.simulator.wait_for_send(|_| true, tests::wait::LONG).await.expect("it is answered");
    hub.simulator.post_raw(&hub.number.app, announced(&hub)).await;
    hub.quiet().await;
    hub.advance(TimeDelta::seconds(61));
    hub.quiet().await;
    let message = hub.stored("wamid.GHOST").await;
    assert_eq!((message.text.as_str(), message.placeholder), (QUESTION, false));
    assert_eq!(hub.conversation(ConversationId(message.conversation_id)).await.status, "BOT_HANDLING");
    hub.finish().await;
}
