//! Workflows at work in conversations.

use chrono::TimeDelta;
use domain::conversation;
use serde_json::{Value, json};
use tests::knowledge::QUESTION;
use tests::wait::until;
use tests::{Hub, Options};

use super::shop::Shop;
use super::stage::{begins, order_at, publish, runs, said, set, the_run};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_widgets_workflow_asks_calls_and_tells() {
    let hub = Hub::start().await;
    let shop = Shop::open().await;
    let workflow = publish(&hub, "order", order_at(&shop)).await;
    set(&hub, &workflow).await;
    let ada = hub.customer("Ada");
    let id = begins(&hub, &ada, "where is my order?").await;
    hub.simulator.wait_for_send(|_| true, tests::wait::LONG).await.expect("it asks");
    hub.quiet().await;
    let run = the_run(&hub, id).await;
    assert_eq!((&run["status"], &run["waitsFor"]), (&json!("ACTIVE"), &json!("ANSWER")));
    hub.says(&ada, "42").await;
    until("it tells", async || (said(&hub, id).await.len() == 2).then_some(())).await;
    hub.quiet().await;
    assert_eq!(said(&hub, id).await, ["Which order, Ada?", "It is on its way."]);
    let arrived: Vec<_> = hub.simulator.sends().into_iter().map(|sent| sent.text).collect();
    assert_eq!(arrived, ["Which order, Ada?", "It is on its way."]);
    let run = the_run(&hub, id).await;
    assert_eq!((&run["status"], &run["origin"]), (&json!("COMPLETED"), &json!("WIDGET")));
    let steps: Vec<_> = run["journal"]["nodes"].as_array().unwrap().iter().collect();
    let told: Vec<_> = steps.iter().map(|entry| format!("{} {}", entry["step"], entry["outcome"])).collect();
    let expected = [
        "\"ask\" \"WAITS\"",
        "\"ask\" \"WENT\"",
        "\"look\" \"WAITS\"",
        "\"look\" \"WENT\"",
        "\"tell\" \"WENT\"",
        "\"end\" \"ENDED\"",
    ];
    assert_eq!(told, expected);
    assert_eq!(steps[2]["effects"][0]["headerNames"], json!(["Authorization"]));
    let came = shop.came();
    assert_eq!((came.len(), came[0].order.as_str()), (1, "42"));
    assert_eq!(came[0].authorization, "Bearer secret-of-the-shop");
    assert!(came[0].key.starts_with("run_"), "{came:?}");
    nothing_secret_is_kept(&hub).await;
    // The next message begins it anew.
    hub.says(&ada, "and another one?").await;
    until("it asks again", async || (said(&hub, id).await.len() == 3).then_some(())).await;
    hub.quiet().await;
    assert_eq!(runs(&hub, id).await.len(), 2);
    let scope = hub.scope();
    let turns = scope.find::<entity::turn::Entity>().all(scope.reader()).await.unwrap();
    assert!(turns.iter().all(|turn| turn.state == "COMMITTED"), "{turns:?}");
    hub.finish().await;
}

/// Header values are credentials.
async fn nothing_secret_is_kept(hub: &Hub) {
    let scope = hub.scope();
    for row in scope.find::<entity::workflow_run::Entity>().all(scope.reader()).await.unwrap() {
        assert!(!format!("{row:?}").contains("secret-of-the-shop"));
    }
    for row in scope.find::<entity::workflow_entry::Entity>().all(scope.reader()).await.unwrap() {
        assert!(!format!("{row:?}").contains("secret-of-the-shop"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hand_over_keeps_the_farewell_and_leaves_note_and_tag() {
    let hub = Hub::start().await;
    let steps = json!({"start": "bye", "steps": [
        {"id": "bye", "action": {"send": {"text": "A colleague will help.", "next": "tag", "failed": "tag"}}},
        {"id": "tag", "action": {"tag": {"add": ["Urgent"], "next": "person"}}},
        {"id": "person", "action": {"handOver": {"note": "{{ message.text }}", "next": "ask"}}},
        {"id": "ask", "action": {"ask": {"text": "Your order number meanwhile?", "answered": "thanks", "failed": "end"}}},
        {"id": "thanks", "action": {"send": {"text": "Thank you.", "next": "end", "failed": "end"}}},
        {"id": "end", "action": {"end": {}}},
    ]});
    let workflow = publish(&hub, "collect", steps).await;
    set(&hub, &workflow).await;
    let ada = hub.customer("Ada");
    let id = begins(&hub, &ada, "I want my money back").await;
    until("it asks", async || (said(&hub, id).await.len() == 2).then_some(())).await;
    hub.quiet().await;
    hub.becomes(id, "PENDING_FIRST_RESPONSE").await;
    assert_eq!(hub.wait_reasons(id).await, ["WORKFLOW"]);
    // Until a person acts, the workflow may go on collecting.
    hub.says(&ada, "4711").await;
    until("it thanks", async || (said(&hub, id).await.len() == 3).then_some(())).await;
    hub.quiet().await;
    let arrived: Vec<_> = hub.simulator.sends().into_iter().map(|sent| sent.text).collect();
    assert_eq!(arrived, ["A colleague will help.", "Your order number meanwhile?", "Thank you."]);
    let shown =
        "query ($id: ID!) { node(id: $id) { ... on Conversation { tags { name } timeline { nodes { __typename
        ... on Note { text member { name } } } } } } }";
    let node = hub.client.data(shown, json!({"id": id.to_string()})).await["node"].take();
    assert_eq!(node["tags"], json!([{"name": "Urgent"}]));
    assert!(node.to_string().contains("I want my money back"), "{node}");
    hub.finish().await;
}

/// Asks twice, so that a person can come between.
fn twice(after_hand_back: &str) -> Value {
    json!({"afterHandBack": after_hand_back, "start": "one", "steps": [
        {"id": "one", "action": {"ask": {"text": "One?", "answered": "two", "failed": "end"}}},
        {"id": "two", "action": {"ask": {"text": "Two?", "answered": "end", "failed": "end"}}},
        {"id": "end", "action": {"end": {}}},
    ]})
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_takeover_pauses_and_a_hand_back_goes_on_or_begins_anew() {
    for (after, expected) in [("RESUME", ["One?", "Two?"].as_slice()), ("RESTART", &["One?", "One?"])] {
        let hub = Hub::start().await;
        let workflow = publish(&hub, "twice", twice(after)).await;
        set(&hub, &workflow).await;
        let ada = hub.customer("Ada");
        let id = begins(&hub, &ada, "hello").await;
        until("it asks", async || (said(&hub, id).await.len() == 1).then_some(())).await;
        hub.types(&ada, "I am here myself").await;
        hub.becomes(id, "OPEN").await;
        until("it is paused", async || (the_run(&hub, id).await["status"] == "PAUSED").then_some(())).await;
        hub.says(&ada, "good to hear").await;
        hub.becomes(id, "PENDING_RESPONSE").await;
        hub.quiet().await;
        assert_eq!(said(&hub, id).await, ["One?"], "the bot does not talk over a person");
        conversation::hand_back(&hub.env, &hub.actor, id).await.unwrap();
        until("it goes on", async || (said(&hub, id).await.len() == 2).then_some(())).await;
        hub.quiet().await;
        assert_eq!(said(&hub, id).await, expected, "{after}");
        hub.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_session_a_question_is_asked_and_its_answer_comes_before_the_assistant() {
    let hub = Hub::with(Options { movable_clock: true, ..Options::default() }).await;
    let steps = json!({"triggers": [{"on": "SESSION_CLOSED"}], "variables": [{"name": "stars"}], "start": "ask",
    "steps": [
        {"id": "ask", "action": {"ask": {"text": "How many stars?", "saveAs": "stars", "answered": "thanks",
            "timeoutSeconds": 86400, "timedOut": "end", "failed": "end"}}},
        {"id": "thanks", "action": {"send": {"text": "{{ vars.stars }} stars, thank you!", "next": "end", "failed": "end"}}},
        {"id": "end", "action": {"end": {}}},
    ]});
    publish(&hub, "stars", steps).await;
    let ada = hub.customer("Ada");
    let id = begins(&hub, &ada, QUESTION).await;
    until("the assistant answers", async || (hub.messages(id).await.len() == 2).then_some(())).await;
    hub.quiet().await;
    conversation::join(&hub.env, &hub.actor, id).await.unwrap();
    conversation::close(&hub.env, &hub.actor, id).await.unwrap();
    until("it asks", async || {
        hub.simulator.sends().iter().any(|sent| sent.text == "How many stars?").then_some(())
    })
    .await;
    hub.quiet().await;
    assert_eq!(hub.conversation(id).await.status, "CLOSED");
    let run = the_run(&hub, id).await;
    assert_eq!((&run["origin"], &run["waitsFor"]), (&json!("SESSION_CLOSED"), &json!("ANSWER")));
    hub.advance(TimeDelta::minutes(5));
    hub.says(&ada, "5").await;
    until("it thanks", async || {
        hub.simulator.sends().iter().any(|sent| sent.text == "5 stars, thank you!").then_some(())
    })
    .await;
    hub.quiet().await;
    assert_eq!(the_run(&hub, id).await["status"], "COMPLETED");
    assert_eq!(hub.wait_reasons(id).await, ["JOINED"], "the assistant did not see the answer");
    // What follows is the assistant's again.
    let before = hub.simulator.sends().len();
    hub.says(&ada, QUESTION).await;
    hub.quiet().await;
    assert_eq!(hub.simulator.sends().len(), before + 1);
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_is_started_signalled_cancelled_and_tried_again() {
    let hub = Hub::start().await;
    let waits = json!({"variables": [{"name": "who"}, {"name": "paid"}], "start": "wait", "steps": [
        {"id": "wait", "action": {"wait": {"until": {"afterSeconds": 3600}, "elapsed": "end",
            "signal": {"name": "paid", "saveAs": "paid", "then": "tell"}}}},
        {"id": "tell", "action": {"send": {"text": "{{ vars.who }} paid {{ vars.paid.amount }}.", "next": "end", "failed": "end"}}},
        {"id": "end", "action": {"end": {}}},
    ]});
    let workflow = publish(&hub, "waits", waits).await;
    let ada = hub.customer("Ada");
    let id = begins(&hub, &ada, QUESTION).await;
    hub.quiet().await;
    let start = json!({"workflowId": workflow, "conversationId": id.to_string(),
        "variables": [{"variable": "who", "json": "\"Ada\""}]});
    let wrong = json!({"workflowId": workflow, "conversationId": id.to_string(),
        "variables": [{"variable": "nobody", "json": "1"}]});
    let (_, errors) = hub.client.attempt("workflowStart", wrong, "run { id }").await;
    assert_eq!(errors[0]["field"], json!(["input", "variables"]), "{errors}");
    let begin = async || {
        let made =
            hub.client.mutate("workflowStart", start.clone(), "run { id status startedBy { name } }").await;
        made["run"]["id"].as_str().unwrap().to_owned()
    };
    let (first, second) = (begin().await, begin().await);
    let signal = json!({"runId": first, "name": "paid", "payload": "{\"amount\": 7}"});
    hub.client.mutate("workflowSignal", signal, "run { id }").await;
    until("it tells", async || said(&hub, id).await.contains(&"Ada paid 7.".to_owned()).then_some(())).await;
    hub.client.mutate("workflowCancel", json!({"runId": second}), "run { id }").await;
    hub.quiet().await;
    let all = runs(&hub, id).await;
    let told: Vec<_> = all.iter().map(|run| (&run["status"], &run["cancelReason"])).collect();
    assert_eq!(told, [(&json!("CANCELLED"), &json!("COMMAND")), (&json!("COMPLETED"), &Value::Null)]);
    // A signal without an amount makes the step fail; nothing of it was done.
    let third = begin().await;
    hub.client.mutate("workflowSignal", json!({"runId": third, "name": "paid"}), "run { id }").await;
    let status = async |run: &str| {
        let query = "query ($id: ID!) { node(id: $id) { ... on WorkflowRun { status fault { code } } } }";
        hub.client.data(query, json!({"id": run})).await["node"].take()
    };
    until("it fails", async || (status(&third).await["status"] == "FAILED").then_some(())).await;
    assert_eq!(status(&third).await["fault"]["code"], "EXPRESSION");
    hub.client.mutate("workflowRetry", json!({"runId": third}), "run { id }").await;
    hub.quiet().await;
    assert_eq!(status(&third).await["status"], "FAILED", "it fails again");
    for (mutation, run, code) in
        [("workflowRetry", &first, "RUN_HAS_NOT_FAILED"), ("workflowSignal", &first, "RUN_IS_OVER")]
    {
        let mut input = json!({"runId": run});
        if mutation == "workflowSignal" {
            input["name"] = json!("paid");
        }
        let (_, errors) = hub.client.attempt(mutation, input, "run { id }").await;
        assert_eq!(errors[0]["code"], code);
    }
    let (_, errors) =
        hub.client.attempt("workflowDelete", json!({"workflowId": workflow}), "deletedWorkflowId").await;
    assert_eq!(errors, json!([]), "every run is over");
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_workflow_that_fails_or_is_switched_off_leaves_nobody_alone() {
    let hub = Hub::start().await;
    let fails = json!({"start": "tell", "steps": [
        {"id": "tell", "action": {"send": {"text": "{{ message.text.nothing.at.all }}", "next": "end", "failed": "end"}}},
        {"id": "end", "action": {"end": {}}},
    ]});
    let workflow = publish(&hub, "fails", fails).await;
    set(&hub, &workflow).await;
    let id = begins(&hub, &hub.customer("Ada"), "hello").await;
    hub.becomes(id, "PENDING_FIRST_RESPONSE").await;
    assert_eq!(hub.wait_reasons(id).await, ["WORKFLOW_FAILED"]);
    assert_eq!(the_run(&hub, id).await["fault"]["code"], "EXPRESSION");

    let twice = publish(&hub, "twice", twice("RESUME")).await;
    set(&hub, &twice).await;
    let bo = hub.customer("Bo");
    let other = begins(&hub, &bo, "hello").await;
    until("it asks", async || (said(&hub, other).await.len() == 1).then_some(())).await;
    hub.quiet().await;
    let off = json!({"widgetId": hub.widget.to_string(), "botEnabled": false});
    hub.client.mutate("widgetUpdateAdvanced", off, "widget { id }").await;
    hub.says(&bo, "anybody?").await;
    hub.becomes(other, "PENDING_FIRST_RESPONSE").await;
    until("it is ended", async || (the_run(&hub, other).await["cancelReason"] == "BOT_OFF").then_some(()))
        .await;
    hub.quiet().await;
    assert_eq!(said(&hub, other).await, ["One?"]);
    hub.finish().await;
}
