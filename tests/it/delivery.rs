//! Sending when Meta is slow, refuses, throttles, or drops the answer.

use chrono::TimeDelta;
use domain::id::ConversationId;
use serde_json::{Value, json};
use simulator::Fault;
use tests::knowledge::QUESTION;
use tests::wait::until;
use tests::{Hub, Options};

async fn ask(hub: &Hub) -> ConversationId {
    ConversationId(hub.stored(&hub.says(&hub.customer("Ada"), QUESTION).await).await.conversation_id)
}

fn movable() -> Options {
    Options { movable_clock: true, ..Options::default() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_throttled_send_waits_as_long_as_meta_says_and_arrives_once() {
    let hub = Hub::with(movable()).await;
    hub.simulator.script().fail_next(1, Fault::throttled().retry_after(30));
    let id = ask(&hub).await;
    until("the send was refused", async || (hub.states(id).await == [("QUEUED".into(), 1)]).then_some(()))
        .await;
    hub.advance(TimeDelta::seconds(29));
    hub.quiet().await;
    assert_eq!(hub.states(id).await, [("QUEUED".into(), 1)], "not before its time");
    hub.advance(TimeDelta::seconds(1));
    until("it is sent", async || (hub.states(id).await[0].1 == 2).then_some(())).await;
    hub.quiet().await;
    assert_eq!(hub.simulator.sends().iter().filter(|sent| sent.arrived()).count(), 1);
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_was_lost_is_unknown_and_settled_by_the_status() {
    let hub = Hub::start().await;
    hub.simulator.script().drop_next(1);
    let id = ask(&hub).await;
    // Nobody repeats it; Meta's status names our reference and settles it.
    until("a status settles it", async || {
        hub.states(id)
            .await
            .first()
            .filter(|(state, _)| ["DELIVERED", "READ"].contains(&state.as_str()))
            .cloned()
    })
    .await;
    hub.quiet().await;
    assert_eq!(hub.simulator.sends().len(), 1, "it was sent once");
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_answer_without_a_status_goes_to_a_person_after_two_minutes() {
    let hub = Hub::with(movable()).await;
    hub.simulator.script().statuses(false).drop_next(1);
    let id = ask(&hub).await;
    until("it is unknown", async || (hub.states(id).await == [("UNKNOWN".into(), 1)]).then_some(())).await;
    hub.advance(TimeDelta::seconds(119));
    hub.quiet().await;
    assert_eq!(hub.conversation(id).await.status, "BOT_HANDLING");
    hub.advance(TimeDelta::seconds(1));
    hub.becomes(id, "PENDING_FIRST_RESPONSE").await;
    let waits = domain::human_wait::of(&hub.scope(), &[id]).await.unwrap();
    assert_eq!(waits[0].reason, "DELIVERY_UNKNOWN");
    assert_eq!(hub.simulator.sends().len(), 1, "nobody repeated it");
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_answer_of_the_bot_goes_to_a_person_with_the_reason() {
    let hub = Hub::start().await;
    hub.simulator.script().fail_next(1, Fault::undeliverable());
    let id = ask(&hub).await;
    hub.becomes(id, "PENDING_FIRST_RESPONSE").await;
    let waits = domain::human_wait::of(&hub.scope(), &[id]).await.unwrap();
    assert_eq!(waits[0].reason, "DELIVERY_FAILED");
    assert_eq!(hub.states(id).await, [("FAILED".into(), 1)]);
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bot_answer_that_cannot_be_sent_for_ten_minutes_is_void() {
    let hub = Hub::with(movable()).await;
    hub.simulator.script().expire_tokens(true);
    let id = ask(&hub).await;
    until("the send was refused", async || (hub.states(id).await == [("QUEUED".into(), 1)]).then_some(()))
        .await;
    hub.advance(TimeDelta::minutes(10));
    hub.becomes(id, "PENDING_FIRST_RESPONSE").await;
    let waits = domain::human_wait::of(&hub.scope(), &[id]).await.unwrap();
    assert_eq!(waits[0].reason, "CHANNEL_UNAVAILABLE");
    assert_eq!(hub.states(id).await[0].0, "CANCELLED");
    assert!(hub.simulator.sends().iter().all(|sent| !sent.arrived()));
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_late_failure_of_an_old_session_leaves_the_present_one_alone() {
    let hub = Hub::with(movable()).await;
    hub.simulator.script().statuses(false);
    let ada = hub.customer("Ada");
    let id = ConversationId(hub.stored(&hub.says(&ada, QUESTION).await).await.conversation_id);
    until("it is sent", async || (hub.states(id).await == [("SENT".into(), 1)]).then_some(())).await;
    hub.advance(TimeDelta::hours(25));
    hub.becomes(id, "CLOSED").await;
    hub.stored(&hub.says(&ada, QUESTION).await).await;
    until("the next session is answered", async || (hub.states(id).await.len() == 2).then_some(())).await;
    hub.quiet().await;
    let old = hub.messages(id).await[1].provider_id.clone().expect("it was sent");
    let error = json!({"code": 131026, "title": "Message undeliverable"});
    let failed = json!({"id": old, "status": "failed", "timestamp": "1772445600", "recipient_id": "1", "errors": [error]});
    hub.meta_posts("messages", json!({"statuses": [failed]})).await;
    until("the old one is failed", async || (hub.states(id).await[0].0 == "FAILED").then_some(())).await;
    hub.quiet().await;
    assert_eq!(hub.conversation(id).await.status, "BOT_HANDLING", "today's customer has her answer");
    assert_eq!(domain::human_wait::of(&hub.scope(), &[id]).await.unwrap(), []);
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_of_a_number_without_a_token_goes_to_a_person_as_channel_unavailable() {
    use sea_orm::ConnectionTrait;
    let hub = Hub::start().await;
    hub.env.database.writer().execute_unprepared("UPDATE widget SET access_token = NULL").await.unwrap();
    let id = ask(&hub).await;
    hub.becomes(id, "PENDING_FIRST_RESPONSE").await;
    let waits = domain::human_wait::of(&hub.scope(), &[id]).await.unwrap();
    assert_eq!(waits.iter().map(|wait| wait.reason.as_str()).collect::<Vec<_>>(), ["CHANNEL_UNAVAILABLE"]);
    assert_eq!(hub.states(id).await, [("FAILED".into(), 0)]);
    hub.finish().await;
}

/// Meta refuses for now, and before the next try a member has closed: a close raises no epoch.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_answer_is_not_tried_again_after_a_member_closed() {
    let hub = Hub::with(movable()).await;
    let script = hub.simulator.script();
    script.fail_next(1, Fault::throttled().retry_after(1)).answer_delay(std::time::Duration::from_secs(2));
    let id = ask(&hub).await;
    until("it is on the wire", async || (hub.states(id).await == [("SENDING".into(), 1)]).then_some(()))
        .await;
    let tomorrow = hub.env.clock.now() + TimeDelta::hours(1);
    domain::conversation::snooze(&hub.env, &hub.actor, id, tomorrow).await.unwrap();
    domain::conversation::close(&hub.env, &hub.actor, id).await.unwrap();
    until("Meta refused it", async || (hub.states(id).await[0].0 != "SENDING").then_some(())).await;
    hub.advance(TimeDelta::seconds(2));
    until("it is void", async || (hub.states(id).await[0].0 == "CANCELLED").then_some(())).await;
    hub.quiet().await;
    assert_eq!(hub.simulator.sends().iter().filter(|sent| sent.arrived()).count(), 0);
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_status_of_a_message_that_nobody_sent_waits_and_hurts_nobody() {
    let hub = Hub::start().await;
    let status =
        json!({"id": "wamid.NOBODYS", "status": "read", "timestamp": "1", "recipient_id": "886911111111"});
    hub.meta_posts("messages", json!({"statuses": [status]})).await;
    hub.quiet().await;
    let scope = hub.scope();
    let element = scope.find::<entity::inbound_element::Entity>().one(scope.reader()).await.unwrap().unwrap();
    assert_eq!(element.outcome.as_deref(), Some("PARKED"));
    let contacts =
        hub.client.data("{ contacts { nodes { id } } }", json!({})).await["contacts"]["nodes"].take();
    assert_eq!(contacts, Value::Array(vec![]), "and makes no contact");
    hub.finish().await;
}

/// The clock stands still: nothing is looked at again later.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn statuses_that_overtake_a_lost_answer_settle_it_at_once() {
    let hub = Hub::with(movable()).await;
    let meta = hub.simulator.script();
    meta.statuses_before_answer(true).answer_delay(std::time::Duration::from_millis(400)).drop_next(1);
    let id = ask(&hub).await;
    until("they settle it", async || (hub.states(id).await == [("READ".into(), 1)]).then_some(())).await;
    assert!(hub.messages(id).await[1].provider_id.is_some());
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_persons_reply_does_not_wait_for_the_bots_send_that_it_cancels() {
    let hub = Hub::with(movable()).await;
    hub.simulator.script().fail_next(1, Fault::transient().retry_after(600));
    let id = ask(&hub).await;
    until("the send was refused", async || (hub.states(id).await == [("QUEUED".into(), 1)]).then_some(()))
        .await;
    hub.quiet().await;
    domain::conversation::join(&hub.env, &hub.actor, id).await.unwrap();
    hub.replies(id, "I am here").await;
    until("the reply is sent", async || {
        (hub.simulator.sends().iter().any(|sent| sent.text == "I am here")).then_some(())
    })
    .await;
    assert_eq!(hub.deliveries(id).await[0].state, "CANCELLED");
    hub.quiet().await;
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_passing_error_is_waited_for_a_minute_at_most_whatever_meta_asks() {
    let hub = Hub::with(movable()).await;
    hub.simulator.script().fail_next(1, Fault::transient().retry_after(600));
    let id = ask(&hub).await;
    until("the send was refused", async || (hub.states(id).await == [("QUEUED".into(), 1)]).then_some(()))
        .await;
    hub.advance(TimeDelta::seconds(59));
    hub.quiet().await;
    assert_eq!(hub.states(id).await, [("QUEUED".into(), 1)]);
    hub.advance(TimeDelta::seconds(1));
    until("it is sent", async || (hub.states(id).await[0].1 == 2).then_some(())).await;
    hub.quiet().await;
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_window_that_meta_says_is_closed_is_shown_and_refuses_until_the_customer_writes() {
    let hub = Hub::with(Options { bot: false, ..movable() }).await;
    let ada = hub.customer("Ada");
    let id = ConversationId(hub.stored(&hub.says(&ada, "hello").await).await.conversation_id);
    hub.simulator.script().fail_next(1, Fault::window_closed());
    hub.replies(id, "too late?").await;
    hub.stand(id, &[("FAILED", 1)]).await;
    let query = "query ($id: ID!) { node(id: $id) { ... on Conversation { replyWindow { open closedByProvider } } } }";
    let window = async || {
        let shown = hub.client.data(query, json!({"id": id.to_string()})).await;
        shown["node"]["replyWindow"].clone()
    };
    assert_eq!(window().await, json!({"open": false, "closedByProvider": true}));
    let input = json!({"conversationId": id.to_string(), "text": "once more"});
    let (_, errors) = hub.client.attempt("messageSend", input.clone(), "message { id }").await;
    assert_eq!(errors[0]["code"], "WINDOW_CLOSED");
    assert_eq!(hub.deliveries(id).await.len(), 1, "it is refused before it is queued");
    hub.advance(TimeDelta::seconds(1));
    hub.stored(&hub.says(&ada, "I am still here").await).await;
    assert_eq!(window().await, json!({"open": true, "closedByProvider": false}));
    hub.client.mutate("messageSend", input, "message { id }").await;
    until("it is sent", async || {
        (hub.simulator.sends().iter().any(|sent| sent.text == "once more")).then_some(())
    })
    .await;
    hub.quiet().await;
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn played_counts_as_read() {
    let hub = Hub::with(movable()).await;
    hub.simulator.script().statuses(false);
    let id = ask(&hub).await;
    let sent = hub.simulator.wait_for_send(|_| true, tests::wait::LONG).await.expect("the bot answers");
    hub.stand(id, &[("SENT", 1)]).await;
    let played = json!({"id": sent.wamid, "status": "played", "recipient_id": sent.to,
        "timestamp": hub.env.clock.now().timestamp().to_string()});
    hub.meta_posts("messages", json!({"statuses": [played]})).await;
    hub.stand(id, &[("READ", 1)]).await;
    hub.quiet().await;
    hub.finish().await;
}
