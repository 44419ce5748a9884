//! What happens while a run waits for a stranger's server: nothing is answered twice, and nobody is left alone.

use std::time::Duration;

use chrono::TimeDelta;
use domain::conversation;
use domain::id::ConversationId;
use domain::seam::{Seam, Watch};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use tests::wait::until;
use tests::{Hub, Options};

use super::shop::Shop;
use super::stage::{begins, publish, runs, said, set};

/// Calls at once, then asks, then tells what was answered.
pub fn look(shop: &Shop, after_hand_back: &str) -> Value {
    let url = format!("{}/1", shop.base);
    json!({"afterHandBack": after_hand_back, "variables": [{"name": "more"}], "start": "look", "steps": [
        {"id": "look", "action": {"http": {"method": "GET", "url": url, "timeoutSeconds": 10, "headers": [],
            "succeeded": "ask", "failed": "end", "timedOut": "end"}}},
        {"id": "ask", "action": {"ask": {"text": "Which?", "saveAs": "more", "answered": "tell", "failed": "end"}}},
        {"id": "tell", "action": {"send": {"text": "You wrote {{ vars.more }}.", "next": "end", "failed": "end"}}},
        {"id": "end", "action": {"end": {}}},
    ]})
}

pub async fn calls(shop: &Shop, times: usize) {
    until("it calls", async || (shop.came().len() == times).then_some(())).await;
}

/// A customer whose run is calling.
pub async fn calling(
    options: Options,
    after_hand_back: &str,
) -> (Hub, Shop, simulator::Customer, ConversationId) {
    let hub = Hub::with(options).await;
    let shop = Shop::open().await;
    set(&hub, &publish(&hub, "look", look(&shop, after_hand_back)).await).await;
    shop.hold(true);
    let ada = hub.customer("Ada");
    let id = begins(&hub, &ada, "hello").await;
    calls(&shop, 1).await;
    (hub, shop, ada, id)
}

pub fn movable() -> Options {
    Options { movable_clock: true, ..Options::default() }
}

pub async fn says(hub: &Hub, id: ConversationId, texts: &[&str]) {
    until(&format!("{texts:?} is said"), async || (said(hub, id).await == texts).then_some(())).await;
    hub.quiet().await;
    assert_eq!(said(hub, id).await, texts);
}

pub async fn switch(hub: &Hub, on: bool) {
    let input = json!({"widgetId": hub.widget.to_string(), "botEnabled": on});
    hub.client.mutate("widgetUpdateAdvanced", input, "widget { id }").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_is_cancelled_in_a_call_leaves_a_person_to_answer() {
    let (hub, shop, _, id) = calling(Options::default(), "RESUME").await;
    let run = runs(&hub, id).await.remove(0)["id"].clone();
    hub.client.mutate("workflowCancel", json!({"runId": run}), "run { id }").await;
    hub.becomes(id, "PENDING_FIRST_RESPONSE").await;
    assert_eq!(hub.wait_reasons(id).await, ["WORKFLOW"]);
    shop.hold(false);
    says(&hub, id, &[]).await;
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_run_took_is_not_its_next_answer_when_a_person_came_and_went() {
    let (hub, shop, ada, id) = calling(Options::default(), "RESUME").await;
    conversation::join(&hub.env, &hub.actor, id).await.unwrap();
    until("it is paused", async || (runs(&hub, id).await[0]["status"] == "PAUSED").then_some(())).await;
    shop.hold(false);
    hub.quiet().await;
    conversation::hand_back(&hub.env, &hub.actor, id).await.unwrap();
    says(&hub, id, &["Which?"]).await;
    hub.says(&ada, "this one").await;
    says(&hub, id, &["Which?", "You wrote this one."]).await;
    assert_eq!(shop.came().len(), 1);
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_run_took_begins_it_anew_when_the_workflow_wants_that() {
    let (hub, shop, ada, id) = calling(Options::default(), "RESTART").await;
    conversation::join(&hub.env, &hub.actor, id).await.unwrap();
    until("it is paused", async || (runs(&hub, id).await[0]["status"] == "PAUSED").then_some(())).await;
    shop.hold(false);
    hub.quiet().await;
    conversation::hand_back(&hub.env, &hub.actor, id).await.unwrap();
    says(&hub, id, &["Which?"]).await;
    assert_eq!(shop.came().len(), 2, "a new run calls anew");
    hub.says(&ada, "this one").await;
    says(&hub, id, &["Which?", "You wrote this one."]).await;
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bot_that_was_off_for_a_moment_answers_what_its_run_had_taken() {
    let (hub, shop, ada, id) = calling(movable(), "RESUME").await;
    switch(&hub, false).await;
    hub.becomes(id, "PENDING_FIRST_RESPONSE").await;
    assert_eq!(hub.wait_reasons(id).await, ["BOT_OFF"]);
    switch(&hub, true).await;
    conversation::hand_back(&hub.env, &hub.actor, id).await.unwrap();
    calls(&shop, 2).await;
    shop.hold(false);
    says(&hub, id, &["Which?"]).await;
    // Nobody is asked for when the bot is on again before anybody looks.
    let scope = hub.scope();
    switch(&hub, false).await;
    switch(&hub, true).await;
    hub.says(&ada, "and this").await;
    says(&hub, id, &["Which?", "Which?"]).await;
    assert_eq!(hub.wait_reasons(id).await, ["BOT_OFF"], "as before");
    let rows = scope.find::<entity::workflow_run::Entity>().all(scope.reader()).await.unwrap();
    let live = rows.iter().filter(|run| run.ended_at.is_none()).count();
    assert_eq!(live, 1, "the one of before has ended: {rows:#?}");
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_customer_who_goes_on_writing_asks_for_nobody() {
    let (hub, shop, ada, id) = calling(Options::default(), "RESUME").await;
    for n in 2..=7 {
        hub.stored(&hub.says(&ada, &format!("message {n}")).await).await;
        let scope = hub.scope();
        until("a turn took it", async || {
            let turns = scope.find::<entity::turn::Entity>().all(scope.reader()).await.unwrap();
            turns.iter().all(|turn| turn.ended_at.is_some()).then_some(())
        })
        .await;
    }
    shop.hold(false);
    until("it goes on", async || (said(&hub, id).await.len() >= 2).then_some(())).await;
    hub.quiet().await;
    assert_eq!(said(&hub, id).await[..2], ["Which?", "You wrote message 2."]);
    assert_eq!(hub.wait_reasons(id).await, Vec::<String>::new());
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_never_answers_is_the_workflow_s_own_affair() {
    let (hub, shop, _, id) = calling(movable(), "RESUME").await;
    for _ in 0..6 {
        hub.advance(TimeDelta::seconds(55));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    until("it gives up", async || (runs(&hub, id).await[0]["status"] == "COMPLETED").then_some(())).await;
    assert_eq!(hub.wait_reasons(id).await, Vec::<String>::new());
    shop.hold(false);
    hub.finish().await;
}

/// Whoever hands on the second message dies at every place beside the call.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_dies_beside_a_call_loses_and_doubles_nothing() {
    let hub = Hub::start().await;
    let shop = Shop::open().await;
    set(&hub, &publish(&hub, "look", look(&shop, "RESUME")).await).await;
    let watch = Watch::over(hub.actor.workspace);
    let places = [Seam::BeforeCommit, Seam::AfterCommit]
        .into_iter()
        .flat_map(|seam| (0..7).map(move |nth| (seam, nth)));
    let every = if std::env::var_os("COLLOQUY_LONG").is_some() { 1 } else { 3 };
    let mut died = 0;
    for (seam, nth) in places.skip(rand::random_range(0..every)).step_by(every) {
        shop.hold(true);
        let before = shop.came().len();
        let ada = hub.customer(&format!("{seam:?} {nth}"));
        let id = begins(&hub, &ada, "hello").await;
        calls(&shop, before + 1).await;
        watch.die_at(seam, nth);
        hub.says(&ada, "second").await;
        tokio::time::sleep(Duration::from_millis(rand::random_range(0..300))).await;
        shop.hold(false);
        until(&format!("{seam:?} {nth}: it tells"), async || (said(&hub, id).await.len() == 2).then_some(()))
            .await;
        hub.quiet().await;
        assert_eq!(said(&hub, id).await, ["Which?", "You wrote second."], "{seam:?} {nth}");
        died += usize::from(watch.has_died());
    }
    println!("died {died} times");
    assert!(died > 0, "no seam was taken");
    drop(watch);
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_arrived_and_cannot_be_read_ends_the_run_and_a_person_is_asked_for() {
    let (hub, shop, _, id) = calling(Options::default(), "RESUME").await;
    let db = hub.env.database.writer();
    db.execute_unprepared("UPDATE workflow_run SET posted = posted + 1").await.unwrap();
    let poison = "INSERT INTO workflow_stimulus (run_id, number, workspace_id, stimulus, arrived_at) \
                  SELECT id, posted, workspace_id, 'poison', created_at FROM workflow_run";
    db.execute_unprepared(poison).await.unwrap();
    shop.hold(false);
    hub.becomes(id, "PENDING_FIRST_RESPONSE").await;
    assert_eq!(runs(&hub, id).await[0]["status"], "FAILED");
    assert_eq!(hub.wait_reasons(id).await, ["WORKFLOW_FAILED"]);
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_after_a_session_ends_with_the_reply_window() {
    let hub = Hub::with(movable()).await;
    let steps = json!({"triggers": [{"on": "SESSION_CLOSED"}], "start": "ask", "steps": [
        {"id": "ask", "action": {"ask": {"text": "How was it?", "answered": "end", "failed": "end"}}},
        {"id": "end", "action": {"end": {}}},
    ]});
    publish(&hub, "ask", steps).await;
    let id = begins(&hub, &hub.customer("Ada"), tests::knowledge::QUESTION).await;
    hub.quiet().await;
    conversation::join(&hub.env, &hub.actor, id).await.unwrap();
    conversation::close(&hub.env, &hub.actor, id).await.unwrap();
    until("it asks", async || said(&hub, id).await.contains(&"How was it?".to_owned()).then_some(())).await;
    hub.quiet().await;
    hub.advance(TimeDelta::hours(25));
    until("it is over", async || (runs(&hub, id).await[0]["status"] == "CANCELLED").then_some(())).await;
    hub.finish().await;
}

/// A question in the background took what was no answer to it, and says nothing after its call.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_question_in_the_background_swallowed_is_answered_after_its_call() {
    let hub = Hub::start().await;
    let shop = Shop::open().await;
    let url = format!("{}/1", shop.base);
    let steps = json!({"start": "ask", "steps": [
        {"id": "ask", "action": {"ask": {"text": "How are we?", "answered": "look", "failed": "end"}}},
        {"id": "look", "action": {"http": {"method": "GET", "url": url, "timeoutSeconds": 10, "headers": [],
            "succeeded": "end", "failed": "end", "timedOut": "end"}}},
        {"id": "end", "action": {"end": {}}},
    ]});
    let workflow = publish(&hub, "survey", steps).await;
    let ada = hub.customer("Ada");
    let id = begins(&hub, &ada, tests::knowledge::QUESTION).await;
    hub.quiet().await;
    let input = json!({"workflowId": workflow, "conversationId": id.to_string()});
    hub.client.mutate("workflowStart", input, "run { id }").await;
    until("it asks", async || (said(&hub, id).await.len() == 2).then_some(())).await;
    hub.quiet().await;
    hub.says(&ada, tests::knowledge::QUESTION).await;
    until("the assistant answers", async || (said(&hub, id).await.len() == 3).then_some(())).await;
    hub.quiet().await;
    assert_eq!((shop.came().len(), said(&hub, id).await.len()), (1, 3));
    hub.finish().await;
}

/// A run in the background was told of a message that the assistant answered: ending it owes nobody anything.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_run_was_only_told_of_is_not_answered_again() {
    let hub = Hub::start().await;
    let steps = json!({"triggers": [{"on": "SESSION_OPENED"}], "start": "wait", "steps": [
        {"id": "wait", "action": {"wait": {"until": {"afterSeconds": 3_600}, "elapsed": "end", "customerWrote": "rest"}}},
        {"id": "rest", "action": {"wait": {"until": {"afterSeconds": 3_600}, "elapsed": "end"}}},
        {"id": "end", "action": {"end": {}}},
    ]});
    publish(&hub, "watches", steps).await;
    let ada = hub.customer("Ada");
    let id = begins(&hub, &ada, tests::knowledge::QUESTION).await;
    hub.quiet().await;
    hub.says(&ada, tests::knowledge::QUESTION).await;
    until("both are answered", async || (said(&hub, id).await.len() == 2).then_some(())).await;
    hub.quiet().await;
    let run = runs(&hub, id).await.remove(0)["id"].clone();
    hub.client.mutate("workflowCancel", json!({"runId": run}), "run { id }").await;
    hub.quiet().await;
    hub.says(&ada, "something that nobody knows").await;
    hub.becomes(id, "PENDING_FIRST_RESPONSE").await;
    hub.quiet().await;
    assert_eq!((hub.wait_reasons(id).await, said(&hub, id).await.len()), (vec!["UNSURE".to_owned()], 2));
    hub.finish().await;
}

/// What was written during one call and taken as the answer to a question is owed during the next call.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_was_there_when_it_was_asked_for_is_owed() {
    let hub = Hub::start().await;
    let shop = Shop::open().await;
    let call = |id: &str, next: &str| {
        json!({"id": id, "action": {"http": {"method": "GET", "url": format!("{}/{id}", shop.base),
            "timeoutSeconds": 10, "headers": [], "succeeded": next, "failed": "end", "timedOut": "end"}}})
    };
    let steps = json!({"start": "one", "steps": [call("one", "ask"),
        {"id": "ask", "action": {"ask": {"text": "Which order?", "answered": "two", "failed": "end"}}},
        call("two", "end"), {"id": "end", "action": {"end": {}}}]});
    set(&hub, &publish(&hub, "twice", steps).await).await;
    shop.hold(true);
    let ada = hub.customer("Ada");
    let id = begins(&hub, &ada, "hello").await;
    calls(&shop, 1).await;
    hub.stored(&hub.says(&ada, "this one").await).await;
    let scope = hub.scope();
    until("it is handed on", async || {
        let turns = scope.find::<entity::turn::Entity>().all(scope.reader()).await.unwrap();
        (turns.len() == 2 && turns.iter().all(|turn| turn.ended_at.is_some())).then_some(())
    })
    .await;
    shop.hold_only("two");
    calls(&shop, 2).await;
    assert_eq!(said(&hub, id).await, ["Which order?"]);
    let run = runs(&hub, id).await.remove(0)["id"].clone();
    hub.client.mutate("workflowCancel", json!({"runId": run}), "run { id }").await;
    hub.becomes(id, "PENDING_FIRST_RESPONSE").await;
    assert_eq!(hub.wait_reasons(id).await, ["WORKFLOW"]);
    shop.hold(false);
    hub.finish().await;
}

/// What a run asked for while a person was expected is no new question when the conversation is handed back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_run_heard_while_a_person_was_expected_is_no_question_for_the_assistant() {
    let hub = Hub::start().await;
    let steps = json!({"triggers": [{"on": "HANDED_OVER"}], "start": "ask", "steps": [
        {"id": "ask", "action": {"ask": {"text": "Which order?", "answered": "tell", "failed": "end"}}},
        {"id": "tell", "action": {"send": {"text": "Thanks.", "next": "end", "failed": "end"}}},
        {"id": "end", "action": {"end": {}}},
    ]});
    publish(&hub, "collects", steps).await;
    let ada = hub.customer("Ada");
    let id = begins(&hub, &ada, "something that nobody knows").await;
    until("it asks", async || (said(&hub, id).await == ["Which order?"]).then_some(())).await;
    hub.quiet().await;
    hub.says(&ada, tests::knowledge::QUESTION).await;
    says(&hub, id, &["Which order?", "Thanks."]).await;
    conversation::hand_back(&hub.env, &hub.actor, id).await.unwrap();
    says(&hub, id, &["Which order?", "Thanks."]).await;
    assert_eq!(hub.conversation(id).await.status, "BOT_HANDLING");
    hub.finish().await;
}
