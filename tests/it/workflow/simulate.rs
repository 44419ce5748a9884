//! Trying workflows out.

use serde_json::{Value, json};
use tests::knowledge::{QUESTION, SHIPPING};
use tests::{Hub, Options};

use super::{create, end, hub, order};

const RUN: &str = "simulation { state step now wakesAt truncated fault { code message } variables { field json } \
                   happenings { at kind entries { visit workflow version step outcome path input { field json } \
                   effects { __typename ... on WorkflowSendEffect { text confidence } ... on WorkflowHandOverEffect { doubt note } \
                   ... on WorkflowHttpEffect { method url headerNames } ... on WorkflowPlainEffect { kind } } } } }";

async fn simulate(hub: &Hub, script: Value) -> Value {
    hub.client.mutate("workflowSimulate", script, RUN).await["simulation"].take()
}

fn effects(run: &Value) -> Vec<Value> {
    let happenings = run["happenings"].as_array().unwrap().iter();
    let entries = happenings.flat_map(|happening| happening["entries"].as_array().unwrap());
    entries.flat_map(|entry| entry["effects"].as_array().unwrap().clone()).collect()
}

fn said(run: &Value) -> Vec<String> {
    effects(run).iter().filter_map(|effect| effect["text"].as_str().map(str::to_owned)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_script_shows_what_a_run_would_do_and_nothing_is_done() {
    let hub = hub().await;
    let id = create(&hub, "order", order()).await;
    let before = hub.events().await.len();
    let script = json!({
        "workflowId": id, "at": "2026-11-23T08:00:00Z", "message": "Hello", "contactName": "Ana",
        "acts": [{"customerWrites": "47 11"}],
        "responses": [{"step": "look", "status": 200, "body": "{\"state\": \"on its way\"}"}],
    });
    let run = simulate(&hub, script.clone()).await;
    assert_eq!(said(&run), ["Which order, Ana?", "It is on its way."]);
    assert_eq!((&run["state"], &run["step"]), (&json!("COMPLETED"), &json!("end")));
    let http = effects(&run).into_iter().find(|effect| effect["url"].is_string()).unwrap();
    assert_eq!(http["url"], "https://shop.example/47%2011");
    assert_eq!(http["headerNames"], json!(["Authorization"]));
    assert!(!run.to_string().contains("secret-of-the-shop"), "no header's value is shown");

    let mut silent = script.clone();
    silent["acts"] = json!([{"secondsPass": 3_599}, {"secondsPass": 1}]);
    let run = simulate(&hub, silent).await;
    let handed = effects(&run).pop().unwrap();
    assert_eq!((&handed["note"], &handed["doubt"]), (&json!("Order unknown"), &Value::Null));
    assert_eq!(run["now"], "2026-11-23T09:00:00Z");

    let mut taken = script.clone();
    taken["acts"] = json!([{"person": "TAKES_OVER"}, {"customerWrites": "4711"}, {"person": "HANDS_BACK"}]);
    taken["responses"] = json!([{"step": "look", "status": null}]);
    let run = simulate(&hub, taken).await;
    let looked = run["happenings"].as_array().unwrap().iter().flat_map(|h| h["entries"].as_array().unwrap());
    assert!(looked.clone().any(|entry| entry["path"] == "timedOut"), "{run:#}");
    assert_eq!(hub.events().await.len(), before, "nothing happened");
    assert_eq!(hub.simulator.sends().len(), 0);
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn questions_are_answered_from_the_company_s_knowledge() {
    let hub = Hub::with(Options { bot: true, ..Options::default() }).await;
    let assistant = json!({
        "afterHandBack": "RESTART", "start": "answer",
        "steps": [
            {"id": "answer", "action": {"answer": {"answered": "listen", "unsure": "person", "failed": "person"}}},
            {"id": "listen", "action": {"ask": {"answered": "answer", "failed": "end"}}},
            {"id": "person", "action": {"handOver": {"next": "end"}}},
            {"id": "end", "action": {"end": {}}},
        ],
    });
    let id = create(&hub, "assistant", assistant).await;
    let run = simulate(&hub, json!({"workflowId": id, "message": QUESTION, "acts": [{"customerWrites": "I want to talk to a human"}]})).await;
    assert_eq!(said(&run), [SHIPPING]);
    assert_eq!(effects(&run).pop().unwrap()["doubt"], "REQUESTED");
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_definition_is_tried_before_it_is_kept_and_calls_what_is_published() {
    let hub = hub().await;
    let callee = create(&hub, "callee", end("message.text|length")).await;
    let caller = create(&hub, "caller", end("1")).await;
    let calling = json!({
        "variables": [{"name": "n"}], "start": "call",
        "steps": [
            {"id": "call", "action": {"call": {"workflow": "callee", "saveAs": "n", "returned": "say", "failed": "say"}}},
            {"id": "say", "action": {"send": {"text": "{{ vars.n }}", "next": "end", "failed": "end"}}},
            {"id": "end", "action": {"end": {}}},
        ],
    });
    let script = json!({"workflowId": caller, "definition": calling, "message": "four"});
    assert_eq!(
        said(&simulate(&hub, script.clone()).await),
        [""; 0],
        "it is not published, and nothing to say is not said"
    );
    hub.client.mutate("workflowPublish", json!({"workflowId": callee}), "workflow { id }").await;
    let run = simulate(&hub, script).await;
    assert_eq!(said(&run), ["4"]);
    let entries = run["happenings"][0]["entries"].as_array().unwrap();
    let places: Vec<_> = entries
        .iter()
        .map(|entry| (entry["workflow"].as_str().unwrap(), entry["version"].as_i64().unwrap()))
        .collect();
    assert_eq!(places, [("caller", 0), ("callee", 1), ("caller", 0), ("caller", 0), ("caller", 0)]);
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_without_an_end_is_cut_off_and_a_wrong_script_is_told() {
    let hub = hub().await;
    let clock = json!({
        "start": "wait",
        "steps": [{"id": "wait", "action": {"wait": {"until": {"afterSeconds": 1}, "elapsed": "wait"}}}],
    });
    let id = create(&hub, "clock", clock).await;
    let run = simulate(
        &hub,
        json!({"workflowId": id, "acts": [{"secondsPass": 80_000}, {"customerWrites": "Hello"}]}),
    )
    .await;
    assert_eq!((&run["truncated"], &run["state"]), (&json!(true), &json!("WAITING_FOR_TIME")));
    for (acts, part) in [
        (json!([{"secondsPass": 0}]), "0 seconds cannot pass"),
        (json!([{"signal": {"name": "go", "payloadJson": "{"}}]), "payloadJson of `go`"),
        (json!(vec![json!({"secondsPass": 1}); 201]), "there are 201; give at most 200"),
    ] {
        let (_, errors) =
            hub.client.attempt("workflowSimulate", json!({"workflowId": id, "acts": acts}), RUN).await;
        assert!(errors[0]["message"].as_str().unwrap().contains(part), "{errors:?}");
    }
    hub.finish().await;
}
