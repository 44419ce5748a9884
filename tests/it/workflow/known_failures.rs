//! What other engines got wrong. (That a step before a wait is done once, and that a run goes on where it was, is shown
//! by [`super::crash`]; that a preview is what happens, by [`super::agree`].)

use chrono::TimeDelta;
use domain::id::ConversationId;
use domain::workflow::definition::Name;
use domain::workflow::live;
use domain::workflow::run::Signal;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use tests::knowledge::QUESTION;
use tests::wait::until;
use tests::{Hub, Options};

use super::shop::Shop;
use super::stage::{begins, publish, runs, said, set};

async fn start(hub: &Hub, workflow: &str, id: ConversationId) -> Value {
    let input = json!({"workflowId": workflow, "conversationId": id.to_string()});
    hub.client.mutate("workflowStart", input, "run { id }").await["run"]["id"].take()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_written_while_a_call_is_made_is_the_next_answer() {
    let hub = Hub::start().await;
    let shop = Shop::open().await;
    let url = format!("{}/1", shop.base);
    let steps = json!({"variables": [{"name": "more"}], "start": "look", "steps": [
        {"id": "look", "action": {"http": {"method": "GET", "url": url, "timeoutSeconds": 10, "headers": [],
            "succeeded": "ask", "failed": "end", "timedOut": "end"}}},
        {"id": "ask", "action": {"ask": {"saveAs": "more", "answered": "tell", "failed": "end"}}},
        {"id": "tell", "action": {"send": {"text": "You wrote {{ vars.more }}.", "next": "end", "failed": "end"}}},
        {"id": "end", "action": {"end": {}}},
    ]});
    let workflow = publish(&hub, "look", steps).await;
    set(&hub, &workflow).await;
    shop.hold(true);
    let ada = hub.customer("Ada");
    let id = begins(&hub, &ada, "hello").await;
    until("it calls", async || (shop.came().len() == 1).then_some(())).await;
    hub.stored(&hub.says(&ada, "something meanwhile").await).await;
    shop.hold(false);
    until("it tells", async || (said(&hub, id).await == ["You wrote something meanwhile."]).then_some(()))
        .await;
    hub.quiet().await;
    assert_eq!(shop.came().len(), 1, "the call is made once");
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_waits_on_one_conversation_end_each_at_its_time() {
    let hub = Hub::with(Options { movable_clock: true, ..Options::default() }).await;
    let id = begins(&hub, &hub.customer("Ada"), QUESTION).await;
    hub.quiet().await;
    for minutes in [10, 20] {
        let steps = json!({"start": "wait", "steps": [
            {"id": "wait", "action": {"wait": {"until": {"afterSeconds": minutes * 60}, "elapsed": "tell"}}},
            {"id": "tell", "action": {"send": {"text": format!("{minutes} minutes"), "next": "end", "failed": "end"}}},
            {"id": "end", "action": {"end": {}}},
        ]});
        let workflow = publish(&hub, &format!("w{minutes}"), steps).await;
        start(&hub, &workflow, id).await;
    }
    hub.settle().await;
    let before = said(&hub, id).await.len();
    for (minutes, expected) in [(9, 0), (2, 1), (8, 1), (2, 2), (60, 2)] {
        hub.advance(TimeDelta::minutes(minutes));
        hub.settle().await;
        assert_eq!(said(&hub, id).await.len() - before, expected, "{minutes} minutes later");
    }
    assert_eq!(said(&hub, id).await[before..], ["10 minutes", "20 minutes"]);
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_of_an_earlier_session_takes_no_message_of_the_next_one() {
    let hub = Hub::with(Options { movable_clock: true, ..Options::default() }).await;
    let steps = json!({"start": "ask", "steps": [
        {"id": "ask", "action": {"ask": {"text": "{{ message.text }}?", "answered": "end", "failed": "end"}}},
        {"id": "end", "action": {"end": {}}},
    ]});
    let workflow = publish(&hub, "ask", steps).await;
    set(&hub, &workflow).await;
    let ada = hub.customer("Ada");
    let id = begins(&hub, &ada, "one").await;
    until("it asks", async || (said(&hub, id).await == ["one?"]).then_some(())).await;
    hub.quiet().await;
    hub.advance(TimeDelta::hours(25));
    hub.says(&ada, "two").await;
    until("it asks anew", async || (said(&hub, id).await == ["one?", "two?"]).then_some(())).await;
    hub.quiet().await;
    let told: Vec<_> =
        runs(&hub, id).await.iter().map(|run| (run["status"].clone(), run["cancelReason"].clone())).collect();
    assert_eq!(told, [(json!("ACTIVE"), Value::Null), (json!("CANCELLED"), json!("SESSION_CLOSED"))]);
    hub.finish().await;
}

/// More calls than are made at a time, to a server that never answers, again and again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_strangers_keep_no_customer_waiting() {
    let hub = Hub::start().await;
    let shop = Shop::open().await;
    let url = format!("{}/1", shop.base);
    let steps = json!({"start": "look", "steps": [
        {"id": "look", "action": {"http": {"method": "GET", "url": url, "timeoutSeconds": 10, "headers": [],
            "succeeded": "end", "failed": "rest", "timedOut": "rest"}}},
        {"id": "rest", "action": {"wait": {"until": {"afterSeconds": 1}, "elapsed": "look"}}},
        {"id": "end", "action": {"end": {}}},
    ]});
    let workflow = publish(&hub, "look", steps).await;
    let id = begins(&hub, &hub.customer("Ada"), QUESTION).await;
    hub.quiet().await;
    shop.hold(true);
    for _ in 0..40 {
        start(&hub, &workflow, id).await;
    }
    until("as many calls are made as may be", async || (shop.came().len() >= 32).then_some(())).await;
    let bo = begins(&hub, &hub.customer("Bo"), QUESTION).await;
    until("somebody else is answered", async || {
        hub.states(bo).await.first().is_some_and(|(state, _)| state != "QUEUED").then_some(())
    })
    .await;
    shop.hold(false);
    until("all calls come back", async || {
        runs(&hub, id).await.iter().all(|run| run["status"] == "COMPLETED").then_some(())
    })
    .await;
    hub.finish().await;
}

/// As many as there may be on as many nodes look at the same run at the same time, while signals arrive.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_drives_a_run_beside_others_does_nothing_twice() {
    let hub = Hub::start().await;
    let steps = json!({"variables": [{"name": "n", "initial": "0"}], "start": "wait", "steps": [
        {"id": "wait", "action": {"wait": {"until": {"afterSeconds": 3_600}, "elapsed": "end", "signal": {"name": "go", "then": "count"}}}},
        {"id": "count", "action": {"set": {"assignments": [{"variable": "n", "value": "vars.n + 1"}], "next": "tell"}}},
        {"id": "tell", "action": {"send": {"text": "{{ vars.n }}", "next": "wait", "failed": "end"}}},
        {"id": "end", "action": {"end": {}}},
    ]});
    let workflow = publish(&hub, "count", steps).await;
    let id = begins(&hub, &hub.customer("Ada"), QUESTION).await;
    hub.quiet().await;
    let before = said(&hub, id).await.len();
    let run: domain::id::RunId = start(&hub, &workflow, id).await.as_str().unwrap().parse().unwrap();
    let signals = (0..20).map(|_| {
        let signal = Signal { name: Name::from("go"), payload: Value::Null };
        live::command::signal(&hub.env, &hub.actor, run, signal)
    });
    let drives = (0..40).map(|_| live::drive(&hub.env, hub.actor.workspace, run));
    let (signalled, driven) =
        tokio::join!(futures_util::future::join_all(signals), futures_util::future::join_all(drives),);
    assert!(signalled.iter().all(Result::is_ok));
    // One that always comes too late may give up; the job layer tries again.
    assert!(driven.iter().any(Result::is_ok));
    hub.quiet().await;
    let counted: Vec<String> = (1..=20).map(|n| n.to_string()).collect();
    assert_eq!(said(&hub, id).await[before..], counted);
    let run = runs(&hub, id).await.remove(0);
    assert_eq!(run["status"], "ACTIVE");
    hub.finish().await;
}

/// The row of one run cannot be read any more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_whose_version_cannot_be_read_is_put_away_and_a_person_is_asked_for() {
    let hub = Hub::with(Options { movable_clock: true, ..Options::default() }).await;
    let steps = json!({"start": "ask", "steps": [
        {"id": "ask", "action": {"ask": {"text": "Well?", "answered": "end", "failed": "end"}}},
        {"id": "end", "action": {"end": {}}},
    ]});
    let workflow = publish(&hub, "ask", steps).await;
    set(&hub, &workflow).await;
    let ada = hub.customer("Ada");
    let id = begins(&hub, &ada, "hello").await;
    until("it asks", async || (said(&hub, id).await == ["Well?"]).then_some(())).await;
    hub.quiet().await;
    let db = hub.env.database.writer();
    db.execute_unprepared("UPDATE workflow_version SET definition = 'poison'").await.expect("it is spoiled");
    hub.says(&ada, "yes").await;
    hub.becomes(id, "PENDING_FIRST_RESPONSE").await;
    let scope = hub.scope();
    let rows = scope.find::<entity::workflow_run::Entity>().all(scope.reader()).await.unwrap();
    assert_eq!(rows[0].status, "FAILED");
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hand_over_that_the_widget_does_not_allow_ends_the_run_with_the_session() {
    let hub = Hub::start().await;
    let steps = json!({"start": "person", "steps": [
        {"id": "person", "action": {"handOver": {"next": "tell"}}},
        {"id": "tell", "action": {"send": {"text": "Somebody comes.", "next": "end", "failed": "end"}}},
        {"id": "end", "action": {"end": {}}},
    ]});
    let workflow = publish(&hub, "person", steps).await;
    set(&hub, &workflow).await;
    let input = json!({"widgetId": hub.widget.to_string(), "humanHandoverEnabled": false});
    hub.client.mutate("widgetUpdateBehavior", input, "widget { id }").await;
    let id = begins(&hub, &hub.customer("Ada"), "hello").await;
    hub.becomes(id, "CLOSED").await;
    hub.quiet().await;
    assert_eq!(said(&hub, id).await, Vec::<String>::new(), "nobody comes");
    let run = runs(&hub, id).await.remove(0);
    assert_eq!(run["status"], "COMPLETED");
    assert_eq!(run["journal"]["nodes"].as_array().unwrap().len(), 1, "{run}");
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_poisoned_run_does_not_stop_the_others() {
    let hub = Hub::with(Options { movable_clock: true, ..Options::default() }).await;
    let steps = json!({"start": "wait", "steps": [
        {"id": "wait", "action": {"wait": {"until": {"afterSeconds": 60}, "elapsed": "tell"}}},
        {"id": "tell", "action": {"send": {"text": "a minute", "next": "end", "failed": "end"}}},
        {"id": "end", "action": {"end": {}}},
    ]});
    let workflow = publish(&hub, "wait", steps).await;
    let mut all = Vec::new();
    for name in ["Ada", "Bo", "Cy"] {
        let id = begins(&hub, &hub.customer(name), QUESTION).await;
        hub.quiet().await;
        start(&hub, &workflow, id).await;
        hub.quiet().await;
        all.push(id);
    }
    let db = hub.env.database.reader();
    let poison = "UPDATE workflow_run SET state = 'poison' WHERE id = (SELECT id FROM workflow_run ORDER BY id LIMIT 1)";
    db.execute_unprepared(poison).await.expect("one row is spoiled");
    hub.advance(TimeDelta::minutes(2));
    for id in &all[1..] {
        until("the others go on", async || {
            said(&hub, *id).await.contains(&"a minute".to_owned()).then_some(())
        })
        .await;
    }
    let scope = hub.scope();
    let rows = scope.find::<entity::workflow_run::Entity>().all(scope.reader()).await.unwrap();
    let mut ends: Vec<_> = rows.iter().map(|run| run.status.as_str()).collect();
    ends.sort_unstable();
    assert_eq!(ends, ["COMPLETED", "COMPLETED", "FAILED"]);
    assert_eq!(said(&hub, all[0]).await.len(), 1);
    let asked = hub.says(&hub.customer("Di"), QUESTION).await;
    let other = ConversationId(hub.stored(&asked).await.conversation_id);
    until("the assistant answers", async || (said(&hub, other).await.len() == 1).then_some(())).await;
    hub.finish().await;
}

async fn template(hub: &Hub, key: &str) -> String {
    super::templates::take(hub, key).await
}

/// What one run noticed another one still has to answer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_in_the_background_takes_no_message_from_the_one_that_answers() {
    let hub = Hub::with(Options { movable_clock: true, ..Options::default() }).await;
    set(&hub, &template(&hub, "assistant").await).await;
    template(&hub, "follow-up").await;
    let watches = json!({"triggers": [{"on": "CUSTOMER_MESSAGE"}], "start": "tag", "steps": [
        {"id": "tag", "action": {"tag": {"add": ["Wrote"], "next": "end"}}},
        {"id": "end", "action": {"end": {}}},
    ]});
    publish(&hub, "watches", watches).await;
    let ada = hub.customer("Ada");
    let id = begins(&hub, &ada, QUESTION).await;
    hub.quiet().await;
    hub.says(&ada, QUESTION).await;
    hub.quiet().await;
    assert_eq!(said(&hub, id).await.len(), 2, "each is answered");
    hub.finish().await;
}

/// A satisfaction question is not what the customer writes about.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_question_in_the_background_took_without_a_word_is_answered() {
    let hub = Hub::with(Options { movable_clock: true, ..Options::default() }).await;
    template(&hub, "satisfaction").await;
    let ada = hub.customer("Ada");
    let id = begins(&hub, &ada, QUESTION).await;
    hub.quiet().await;
    domain::conversation::join(&hub.env, &hub.actor, id).await.unwrap();
    domain::conversation::close(&hub.env, &hub.actor, id).await.unwrap();
    until("it asks", async || (said(&hub, id).await.len() == 2).then_some(())).await;
    hub.quiet().await;
    hub.says(&ada, QUESTION).await;
    until("the assistant answers", async || (said(&hub, id).await.len() == 3).then_some(())).await;
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_says_nothing_after_the_bot_was_switched_off_although_its_call_comes_back() {
    let hub = Hub::start().await;
    let shop = Shop::open().await;
    let workflow = publish(&hub, "order", super::stage::order_at(&shop)).await;
    set(&hub, &workflow).await;
    let ada = hub.customer("Ada");
    let id = begins(&hub, &ada, "where is it?").await;
    until("it asks", async || (said(&hub, id).await.len() == 1).then_some(())).await;
    hub.quiet().await;
    shop.hold(true);
    hub.says(&ada, "42").await;
    until("it calls", async || (shop.came().len() == 1).then_some(())).await;
    let switch = async |on: bool| {
        let input = json!({"widgetId": hub.widget.to_string(), "botEnabled": on});
        hub.client.mutate("widgetUpdateAdvanced", input, "widget { id }").await;
    };
    switch(false).await;
    shop.hold(false);
    hub.becomes(id, "PENDING_FIRST_RESPONSE").await;
    hub.quiet().await;
    assert_eq!(said(&hub, id).await.len(), 1, "nothing is said any more");
    assert_eq!(hub.wait_reasons(id).await, ["BOT_OFF"]);
    let run = runs(&hub, id).await.remove(0);
    assert_eq!(run["cancelReason"], "BOT_OFF");
    let last = run["journal"]["nodes"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["outcome"], "TOO_LATE", "what came back is in the journal");
    // Switched on and handed back, what was left is answered.
    switch(true).await;
    domain::conversation::hand_back(&hub.env, &hub.actor, id).await.unwrap();
    until("it begins anew", async || (said(&hub, id).await.len() == 2).then_some(())).await;
    hub.finish().await;
}

/// Nothing was left: the customer is not told the same once more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hand_back_with_nothing_left_answers_nothing_again() {
    let hub = Hub::start().await;
    set(&hub, &template(&hub, "assistant").await).await;
    let ada = hub.customer("Ada");
    let id = begins(&hub, &ada, QUESTION).await;
    until("it answers", async || (said(&hub, id).await.len() == 1).then_some(())).await;
    hub.quiet().await;
    hub.types(&ada, "I am here myself").await;
    hub.becomes(id, "OPEN").await;
    hub.quiet().await;
    domain::conversation::hand_back(&hub.env, &hub.actor, id).await.unwrap();
    hub.quiet().await;
    assert_eq!(said(&hub, id).await.len(), 1);
    hub.says(&ada, QUESTION).await;
    until("it answers the next", async || (said(&hub, id).await.len() == 2).then_some(())).await;
    hub.finish().await;
}

/// The answer lay in a turn when the time ran out.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_is_being_gathered_counts_and_not_the_time() {
    let hub = Hub::with(Options { movable_clock: true, gather_ms: 5_000, ..Options::default() }).await;
    let steps = json!({"start": "ask", "steps": [
        {"id": "ask", "action": {"ask": {"text": "Yes?", "timeoutSeconds": 60, "answered": "thanks", "timedOut": "late", "failed": "end"}}},
        {"id": "thanks", "action": {"send": {"text": "Thanks.", "next": "end", "failed": "end"}}},
        {"id": "late", "action": {"send": {"text": "Too late.", "next": "end", "failed": "end"}}},
        {"id": "end", "action": {"end": {}}},
    ]});
    set(&hub, &publish(&hub, "ask", steps).await).await;
    let ada = hub.customer("Ada");
    let id = begins(&hub, &ada, "hello").await;
    hub.advance(TimeDelta::seconds(6));
    until("it asks", async || (said(&hub, id).await == ["Yes?"]).then_some(())).await;
    hub.quiet().await;
    hub.advance(TimeDelta::seconds(59));
    hub.stored(&hub.says(&ada, "yes").await).await;
    hub.advance(TimeDelta::seconds(2));
    hub.settle().await;
    hub.advance(TimeDelta::seconds(5));
    until("it thanks", async || (said(&hub, id).await == ["Yes?", "Thanks."]).then_some(())).await;
    hub.finish().await;
}
