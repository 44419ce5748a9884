//! Workflows at work in conversations.

use chrono::TimeDelta;
use domain::conversation;
use domain::id::ConversationId;
use domain::workflow::live;
use serde_json::{Value, json};
use simulator::Customer;
use tests::knowledge::QUESTION;
use tests::wait::until;
use tests::{Hub, Options};

use super::shop::Shop;
use super::{create, order};

pub async fn publish(hub: &Hub, key: &str, definition: Value) -> String {
    let id = create(hub, key, definition).await;
    let shown = "workflow { problems { code step field message } published { number } }";
    let (done, errors) = hub.client.attempt("workflowPublish", json!({"workflowId": id}), shown).await;
    assert_eq!(errors, json!([]), "{done}");
    id
}

/// Lets a workflow answer the customers.
pub async fn set(hub: &Hub, workflow: &str) {
    let input = json!({"widgetId": hub.widget.to_string(), "workflowId": workflow});
    hub.client.mutate("widgetUpdateAdvanced", input, "widget { advanced { workflow { key } } }").await;
}

/// The order of the shop, at a shop that answers.
pub fn order_at(shop: &Shop) -> Value {
    let mut order = order();
    order["steps"][1]["action"]["http"]["url"] =
        json!(format!("{}/{{{{ vars.order|urlencode }}}}", shop.base));
    order
}

/// What the bot said, in order.
pub async fn said(hub: &Hub, id: ConversationId) -> Vec<String> {
    let messages = hub.messages(id).await;
    messages.into_iter().filter(|message| message.author == "BOT").map(|message| message.text).collect()
}

pub async fn runs(hub: &Hub, id: ConversationId) -> Vec<Value> {
    let query = "query ($id: ID!) { workflowRuns(conversationId: $id) { nodes { id version status origin foreground
        currentStep waitsFor wakesAt cancelReason fault { code } journal { nodes {
        visit step outcome path durationMs effects { __typename ... on WorkflowHttpEffect { headerNames } } } } } } }";
    let data = hub.client.data(query, json!({"id": id.to_string()})).await;
    data["workflowRuns"]["nodes"].as_array().unwrap().clone()
}

/// Publishes a version that tags otherwise and does not wait.
async fn publish_again(hub: &Hub, workflow: &str, mut steps: Value) {
    steps["steps"][0]["action"]["wait"]["until"]["afterSeconds"] = json!(1);
    steps["steps"][1]["action"]["tag"]["add"] = json!(["Soon back"]);
    let draft = json!({"workflowId": workflow, "definition": steps});
    hub.client.mutate("workflowUpdate", draft, "workflow { id }").await;
    let shown = "workflow { published { number } }";
    let published = hub.client.mutate("workflowPublish", json!({"workflowId": workflow}), shown).await;
    assert_eq!(published["workflow"]["published"]["number"], 2);
}

pub async fn the_run(hub: &Hub, id: ConversationId) -> Value {
    let mut runs = runs(hub, id).await;
    assert_eq!(runs.len(), 1, "{runs:#?}");
    runs.remove(0)
}

async fn conversation_with(hub: &Hub, customer: &Customer, text: &str) -> ConversationId {
    let wamid = hub.says(customer, text).await;
    ConversationId(hub.stored(&wamid).await.conversation_id)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_widgets_workflow_asks_calls_and_tells() {
    let hub = Hub::start().await;
    let shop = Shop::open().await;
    let workflow = publish(&hub, "order", order_at(&shop)).await;
    set(&hub, &workflow).await;
    let ada = hub.customer("Ada");
    let id = conversation_with(&hub, &ada, "where is my order?").await;
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
    let id = conversation_with(&hub, &ada, "I want my money back").await;
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
        let id = conversation_with(&hub, &ada, "hello").await;
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
    let id = conversation_with(&hub, &ada, QUESTION).await;
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
    let id = conversation_with(&hub, &ada, QUESTION).await;
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
async fn a_wait_of_ninety_days_survives_restarts_a_new_version_and_a_migration() {
    let mut hub = Hub::with(Options { movable_clock: true, ..Options::default() }).await;
    let steps = json!({"triggers": [{"on": "SESSION_CLOSED"}], "start": "wait", "steps": [
        {"id": "wait", "action": {"wait": {"until": {"afterSeconds": 90 * 86_400}, "elapsed": "tag"}}},
        {"id": "tag", "action": {"tag": {"add": ["Gone for long"], "next": "end"}}},
        {"id": "end", "action": {"end": {"result": "now"}}},
    ]});
    let workflow = publish(&hub, "long", steps.clone()).await;
    let id = conversation_with(&hub, &hub.customer("Ada"), QUESTION).await;
    hub.quiet().await;
    hub.advance(TimeDelta::hours(25));
    hub.settle().await;
    until("it waits", async || runs(&hub, id).await.first().map(|run| run["waitsFor"] == "TIME")).await;
    let (_, errors) =
        hub.client.attempt("workflowDelete", json!({"workflowId": workflow}), "deletedWorkflowId").await;
    assert_eq!(errors[0]["code"], "IN_USE");
    for month in 1..=3 {
        hub.advance(TimeDelta::days(29));
        hub.settle().await;
        if month == 1 {
            publish_again(&hub, &workflow, steps.clone()).await;
        }
        hub.stop().await;
        if month == 2 {
            // The newest change of the database comes while it sleeps.
            hub.reopen().await;
            let db = hub.env.database.writer();
            migration::down(db, 1).await.expect("it goes back");
            migration::up(db).await.expect("it comes again");
        }
        hub.restart(true).await;
        let run = the_run(&hub, id).await;
        assert_eq!((&run["status"], &run["version"]), (&json!("ACTIVE"), &json!(1)));
    }
    hub.advance(TimeDelta::days(3));
    until("it wakes", async || (the_run(&hub, id).await["status"] == "COMPLETED").then_some(())).await;
    let query = "query ($id: ID!) { node(id: $id) { ... on Conversation { tags { name } } } }";
    let tags = hub.client.data(query, json!({"id": id.to_string()})).await["node"]["tags"].take();
    assert_eq!(tags, json!([{"name": "Gone for long"}]), "as the version says with which it began");
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_goes_ninety_days_after_its_end_and_what_it_said_stays() {
    let hub = Hub::with(Options { movable_clock: true, ..Options::default() }).await;
    let steps = |seconds: i64| {
        json!({"start": "tell", "steps": [
            {"id": "tell", "action": {"send": {"text": "Hello.", "next": "wait", "failed": "end"}}},
            {"id": "wait", "action": {"wait": {"until": {"afterSeconds": seconds}, "elapsed": "end"}}},
            {"id": "end", "action": {"end": {}}},
        ]})
    };
    let id = conversation_with(&hub, &hub.customer("Ada"), QUESTION).await;
    hub.quiet().await;
    for (key, seconds) in [("short", 60), ("long", 200 * 86_400)] {
        let workflow = publish(
            &hub,
            key,
            json!({"triggers": [{"on": "SESSION_CLOSED"}],
            "start": steps(seconds)["start"], "steps": steps(seconds)["steps"]}),
        )
        .await;
        assert!(!workflow.is_empty());
    }
    conversation::join(&hub.env, &hub.actor, id).await.unwrap();
    conversation::close(&hub.env, &hub.actor, id).await.unwrap();
    until("both say it", async || (said(&hub, id).await.len() == 3).then_some(())).await;
    hub.quiet().await;
    hub.advance(TimeDelta::minutes(2));
    hub.settle().await;
    for (days, left) in [(89, 2), (2, 1)] {
        hub.advance(TimeDelta::days(days));
        domain::prune::run(&hub.env).await.unwrap();
        let runs = runs(&hub, id).await;
        assert_eq!(runs.len(), left, "{days} more days: {runs:#?}");
    }
    assert_eq!(the_run(&hub, id).await["status"], "ACTIVE", "the one that is not over stays");
    assert_eq!(said(&hub, id).await.len(), 3);
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
    let id = conversation_with(&hub, &hub.customer("Ada"), "hello").await;
    hub.becomes(id, "PENDING_FIRST_RESPONSE").await;
    assert_eq!(hub.wait_reasons(id).await, ["WORKFLOW_FAILED"]);
    assert_eq!(the_run(&hub, id).await["fault"]["code"], "EXPRESSION");

    let twice = publish(&hub, "twice", twice("RESUME")).await;
    set(&hub, &twice).await;
    let bo = hub.customer("Bo");
    let other = conversation_with(&hub, &bo, "hello").await;
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_stays_on_its_version_until_it_is_moved() {
    let hub = Hub::start().await;
    let version = |tells: &str, ask: &str| {
        json!({"variables": [{"name": "x"}], "start": ask, "steps": [
            {"id": ask, "action": {"ask": {"text": "Yes?", "saveAs": "x", "answered": "tell", "failed": "end"}}},
            {"id": "tell", "action": {"send": {"text": tells, "next": ask, "failed": "end"}}},
            {"id": "end", "action": {"end": {}}},
        ]})
    };
    let workflow = publish(&hub, "w", version("first", "ask")).await;
    set(&hub, &workflow).await;
    let ada = hub.customer("Ada");
    let id = conversation_with(&hub, &ada, "hello").await;
    until("it asks", async || (said(&hub, id).await.len() == 1).then_some(())).await;
    hub.quiet().await;
    let run = the_run(&hub, id).await["id"].clone();
    let again = async |definition: Value| {
        let input = json!({"workflowId": workflow, "definition": definition});
        hub.client.mutate("workflowUpdate", input, "workflow { id }").await;
        hub.client.mutate("workflowPublish", json!({"workflowId": workflow}), "workflow { id }").await;
    };
    let migrate =
        async || hub.client.attempt("workflowMigrate", json!({"runId": run}), "run { version }").await.1;
    assert_eq!(migrate().await[0]["code"], "CANNOT_MIGRATE", "it is there already");
    again(version("second", "ask")).await;
    hub.says(&ada, "one").await;
    until("it tells", async || said(&hub, id).await.contains(&"first".to_owned()).then_some(())).await;
    hub.quiet().await;
    assert_eq!(migrate().await, json!([]));
    hub.quiet().await;
    hub.says(&ada, "two").await;
    until("it tells anew", async || said(&hub, id).await.contains(&"second".to_owned()).then_some(())).await;
    hub.quiet().await;
    again(version("third", "other")).await;
    let errors = migrate().await;
    assert_eq!(errors[0]["message"], "version 3 has no step `ask`, where the run is");
    replays(&hub, &run).await;
    hub.finish().await;
}

/// The run's journal and where it stands are what a replay of what it was told gives.
async fn replays(hub: &Hub, run: &Value) {
    let run: domain::id::RunId = run.as_str().unwrap().parse().unwrap();
    let row = live::load(&hub.scope(), &[run]).await.unwrap().pop().unwrap();
    let (state, entries) = live::replay(&hub.scope(), &row).await.unwrap();
    assert_eq!(state, live::state(&row).unwrap());
    let all = domain::page::Page { after: None, before: None, backwards: false, limit: 1_000 };
    let kept = live::entries(&hub.scope(), &[run], &all).await.unwrap();
    let kept: Vec<_> = kept.iter().map(|row| live::entry(row).unwrap()).collect();
    assert_eq!(entries, kept);
}

/// What it called was published anew between two calls, and once more since.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replay_takes_what_was_published_when_the_run_called_it() {
    let hub = Hub::start().await;
    let gives = |result: i64| json!({"start": "end", "steps": [{"id": "end", "action": {"end": {"result": result.to_string()}}}]});
    let other = publish(&hub, "other", gives(1)).await;
    let calls = json!({"variables": [{"name": "got"}], "start": "wait", "steps": [
        {"id": "wait", "action": {"wait": {"until": {"afterSeconds": 3_600}, "elapsed": "end", "signal": {"name": "go", "then": "call"}}}},
        {"id": "call", "action": {"call": {"workflow": "other", "inputs": [], "saveAs": "got", "returned": "tell", "failed": "end"}}},
        {"id": "tell", "action": {"send": {"text": "{{ vars.got }}", "next": "wait", "failed": "end"}}},
        {"id": "end", "action": {"end": {}}},
    ]});
    let workflow = publish(&hub, "calls", calls).await;
    let id = conversation_with(&hub, &hub.customer("Ada"), QUESTION).await;
    hub.quiet().await;
    let before = said(&hub, id).await.len();
    let input = json!({"workflowId": workflow, "conversationId": id.to_string()});
    let run = hub.client.mutate("workflowStart", input, "run { id }").await["run"]["id"].take();
    for result in 2..=4 {
        hub.client.mutate("workflowSignal", json!({"runId": run, "name": "go"}), "run { id }").await;
        hub.quiet().await;
        let input = json!({"workflowId": other, "definition": gives(result)});
        hub.client.mutate("workflowUpdate", input, "workflow { id }").await;
        hub.client.mutate("workflowPublish", json!({"workflowId": other}), "workflow { id }").await;
    }
    assert_eq!(said(&hub, id).await[before..], ["1", "2", "3"]);
    replays(&hub, &run).await;
    hub.finish().await;
}
