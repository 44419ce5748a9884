//! Reactions, edits, deletes and quotes, from either side and in any order.

use chrono::TimeDelta;
use domain::id::{ConversationId, MessageId};
use serde_json::{Value, json};
use simulator::Content;
use tests::knowledge::{QUESTION, SHIPPING};
use tests::wait::until;
use tests::{Hub, Options};

const SHOWN: &str = "number text originalText editedAt revokedAt reactions { emoji author } changes { nodes { kind author text emoji } } \
                     quotedMessage { number }";

async fn message(hub: &Hub, id: uuid::Uuid) -> Value {
    let query = format!("query ($id: ID!) {{ node(id: $id) {{ ... on Message {{ {SHOWN} }} }} }}");
    hub.client.data(&query, json!({"id": MessageId(id).to_string()})).await["node"].take()
}

fn without_bot() -> Options {
    Options { bot: false, ..Options::default() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_customers_edit_reaction_and_delete_change_the_message_and_nothing_else() {
    let hub = Hub::with(without_bot()).await;
    let ada = hub.customer("Ada");
    let sent = hub.stored(&hub.says(&ada, "one").await).await;
    let id = ConversationId(sent.conversation_id);
    let wamid = sent.provider_id.clone().unwrap();
    let before = hub.conversation(id).await;
    let phone = &hub.number.phone_number_id;
    let edit = Content::Edit { of: wamid.clone(), text: "two".into() };
    hub.simulator.customer_sends(phone, &ada, &edit).await;
    let heart = Content::Reaction { to: wamid.clone(), emoji: Some("❤️".into()) };
    hub.simulator.business_sends(phone, &ada, &heart).await;
    until("both changes are there", async || {
        let shown = message(&hub, sent.id).await;
        (shown["changes"]["nodes"].as_array()?.len() == 2).then_some(())
    })
    .await;
    let shown = message(&hub, sent.id).await;
    assert_eq!((&shown["text"], &shown["originalText"]), (&json!("two"), &json!("one")));
    assert_eq!(shown["reactions"], json!([{"emoji": "❤️", "author": "BUSINESS_APP"}]));
    let off = Content::Reaction { to: wamid.clone(), emoji: None };
    hub.simulator.business_sends(phone, &ada, &off).await;
    hub.simulator.customer_sends(phone, &ada, &Content::Revoke { of: wamid }).await;
    until("it is taken back", async || (!message(&hub, sent.id).await["revokedAt"].is_null()).then_some(()))
        .await;
    hub.quiet().await;
    let shown = message(&hub, sent.id).await;
    assert_eq!(shown["reactions"], json!([]), "the emoji was taken off");
    assert_eq!(shown["text"], "two", "what was taken back stays readable");
    assert_eq!(shown["changes"]["nodes"].as_array().unwrap().len(), 4);
    let after = hub.conversation(id).await;
    assert_eq!(hub.messages(id).await.len(), 1, "a change is no message");
    assert_eq!(
        (after.status, after.last_number, after.epoch),
        (before.status, before.last_number, before.epoch)
    );
    assert_eq!(after.window_closes_at, before.window_closes_at, "nor does it open Meta's window");
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_that_comes_before_its_message_waits_for_it_and_redeliveries_change_nothing() {
    let hub = Hub::with(without_bot()).await;
    let ada = hub.customer("Ada");
    let value = |messages: Value| {
        let contacts = json!([{"wa_id": ada.wa_id, "user_id": ada.user_id}]);
        hub.webhook("messages", json!({"contacts": contacts, "messages": messages}))
    };
    // In the past: no clock time is later than the arrival.
    let at = hub.env.clock.now().timestamp() - 60;
    let edit = |n: i64, text: &str| {
        value(
            json!([{"from": ada.wa_id, "id": format!("wamid.EDIT{n}"), "timestamp": (at + n).to_string(), "type": "edit",
            "edit": {"original_message_id": "wamid.LATE", "message": {"type": "text", "text": {"body": text}}}}]),
        )
    };
    let app = &hub.number.app;
    // The second edit first, then the first one, then the second one again with other bytes.
    for body in [edit(2, "second"), edit(1, "first")] {
        assert_eq!(hub.simulator.post_raw(app, body).await, 200);
    }
    hub.quiet().await;
    let text = json!([{"from": ada.wa_id, "id": "wamid.LATE", "timestamp": at.to_string(), "type": "text", "text": {"body": "zero"}}]);
    hub.simulator.post_raw(app, value(text)).await;
    let sent = hub.stored("wamid.LATE").await;
    until("both edits found it", async || {
        (message(&hub, sent.id).await["changes"]["nodes"].as_array()?.len() == 2).then_some(())
    })
    .await;
    let mut again = edit(2, "second");
    again.push(b' ');
    hub.simulator.post_raw(app, again).await;
    hub.quiet().await;
    let shown = message(&hub, sent.id).await;
    assert_eq!((&shown["text"], &shown["originalText"]), (&json!("second"), &json!("zero")));
    assert_eq!(shown["changes"]["nodes"].as_array().unwrap().len(), 2);
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_whose_message_never_comes_is_given_up_after_seven_days() {
    let hub = Hub::with(Options { movable_clock: true, ..without_bot() }).await;
    let ada = hub.customer("Ada");
    let reaction = json!([{"from": ada.wa_id, "id": "wamid.R", "timestamp": "1770000000", "type": "reaction",
        "reaction": {"message_id": "wamid.NEVER", "emoji": "👍"}}]);
    let contacts = json!([{"wa_id": ada.wa_id, "user_id": ada.user_id}]);
    let body = hub.webhook("messages", json!({"contacts": contacts, "messages": reaction}));
    hub.simulator.post_raw(&hub.number.app, body).await;
    let outcome = async || {
        hub.settle().await;
        let scope = hub.scope();
        let rows = scope.find::<entity::inbound_element::Entity>().all(scope.reader()).await.unwrap();
        let row = rows.into_iter().find(|row| row.kind == "message").expect("an element");
        (row.outcome.unwrap_or_default(), row.reason.unwrap_or_default())
    };
    let waits = ("PARKED".to_owned(), "UNKNOWN_MESSAGE".to_owned());
    until("it is parked", async || (outcome().await == waits).then_some(())).await;
    hub.advance(TimeDelta::days(6));
    assert_eq!(outcome().await, waits, "for a week it may still come");
    hub.advance(TimeDelta::days(1) + TimeDelta::hours(1));
    let given_up = ("IGNORED".to_owned(), "UNKNOWN_MESSAGE".to_owned());
    until("it is given up", async || (outcome().await == given_up).then_some(())).await;
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_bot_reads_an_edit_that_comes_before_its_answer_and_answers_once() {
    let hub = Hub::with(Options { movable_clock: true, gather_ms: 2_000, ..Options::default() }).await;
    let ada = hub.customer("Ada");
    let sent = hub.stored(&hub.says(&ada, "I have a quetsion").await).await;
    let wamid = sent.provider_id.clone().unwrap();
    let phone = &hub.number.phone_number_id;
    hub.simulator
        .customer_sends(phone, &ada, &Content::Edit { of: wamid.clone(), text: QUESTION.into() })
        .await;
    hub.quiet().await;
    hub.advance(TimeDelta::seconds(2));
    let answer = hub.simulator.wait_for_send(|_| true, tests::wait::LONG).await.expect("the bot answers");
    assert!(answer.text.contains(SHIPPING), "{}", answer.text);
    // After the answer neither an edit nor a delete causes a second one.
    hub.simulator
        .customer_sends(phone, &ada, &Content::Edit { of: wamid.clone(), text: "talk to a human".into() })
        .await;
    hub.simulator.customer_sends(phone, &ada, &Content::Revoke { of: wamid }).await;
    hub.quiet().await;
    hub.advance(TimeDelta::seconds(30));
    hub.quiet().await;
    assert_eq!(hub.simulator.sends().len(), 1);
    let id = ConversationId(sent.conversation_id);
    assert_eq!(hub.conversation(id).await.status, "BOT_HANDLING");
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_that_was_taken_back_gets_no_answer() {
    let hub = Hub::with(Options { movable_clock: true, gather_ms: 2_000, ..Options::default() }).await;
    let ada = hub.customer("Ada");
    let sent = hub.stored(&hub.says(&ada, QUESTION).await).await;
    let wamid = sent.provider_id.clone().unwrap();
    hub.simulator.customer_sends(&hub.number.phone_number_id, &ada, &Content::Revoke { of: wamid }).await;
    until("the turn is cancelled", async || {
        let scope = hub.scope();
        let turn = scope.find::<entity::turn::Entity>().one(scope.reader()).await.unwrap()?;
        (turn.state == "CANCELLED").then_some(())
    })
    .await;
    hub.advance(TimeDelta::seconds(30));
    hub.quiet().await;
    assert!(hub.simulator.sends().is_empty());
    // The next question is answered alone.
    hub.says(&ada, QUESTION).await;
    hub.quiet().await;
    hub.advance(TimeDelta::seconds(2));
    hub.simulator.wait_for_send(|_| true, tests::wait::LONG).await.expect("the bot answers");
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reply_carries_the_message_that_it_quotes() {
    let hub = Hub::with(without_bot()).await;
    let ada = hub.customer("Ada");
    let first = hub.says(&ada, "the first").await;
    hub.stored(&first).await;
    let phone = &hub.number.phone_number_id;
    let reply = Content::Reply { to: first, text: "about the first".into() };
    let reply = hub.stored(&hub.simulator.customer_sends(phone, &ada, &reply).await).await;
    assert_eq!(message(&hub, reply.id).await["quotedMessage"], json!({"number": 1}));
    let older = Content::Reply { to: "wamid.FROM.BEFORE".into(), text: "about something old".into() };
    let older = hub.stored(&hub.simulator.customer_sends(phone, &ada, &older).await).await;
    assert_eq!(message(&hub, older.id).await["quotedMessage"], Value::Null);
    hub.finish().await;
}
