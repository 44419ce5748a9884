//! Workflows: written, checked, published, rolled back, and tried out.

mod agree;
mod calls;
mod crash;
mod known_failures;
mod lasting;
mod late;
mod running;
mod schedule;
mod shop;
mod simulate;
mod stage;
mod stopped;
mod templates;

use serde_json::{Value, json};
use tests::{Hub, Options};

/// Greets, asks for an order and tells its state.
pub fn order() -> Value {
    json!({
        "variables": [{"name": "order"}, {"name": "found"}],
        "start": "ask",
        "steps": [
            {"id": "ask", "title": "Order number", "action": {"ask": {
                "text": "Which order, {{ contact.name or 'friend' }}?", "saveAs": "order", "timeoutSeconds": 3600,
                "answered": "look", "timedOut": "person", "failed": "person"}}},
            {"id": "look", "action": {"http": {
                "method": "GET", "url": "https://shop.example/{{ vars.order|urlencode }}", "timeoutSeconds": 5,
                "headers": [{"name": "Authorization", "value": "Bearer secret-of-the-shop"}], "saveAs": "found",
                "succeeded": "tell", "failed": "person", "timedOut": "person"}}},
            {"id": "tell", "action": {"send": {
                "text": "It is {{ vars.found.body.state }}.", "next": "end", "failed": "end"}}},
            {"id": "person", "action": {"handOver": {"note": "Order {{ vars.order or 'unknown' }}", "next": "end"}}},
            {"id": "end", "action": {"end": {"result": "vars.order"}}},
        ],
    })
}

async fn hub() -> Hub {
    Hub::with(Options { bot: false, ..Options::default() }).await
}

async fn create(hub: &Hub, key: &str, definition: Value) -> String {
    let input = json!({"key": key, "name": key, "definition": definition});
    let made = hub.client.mutate("workflowCreate", input, "workflow { id }").await;
    made["workflow"]["id"].as_str().unwrap().to_owned()
}

/// The definition that an `end` step alone makes.
fn end(result: &str) -> Value {
    json!({"start": "end", "steps": [{"id": "end", "action": {"end": {"result": result}}}]})
}

const STATE: &str = "workflow { revision published { number note } draftDifferences { kind name } \
                     problems { code step field } versions { nodes { number } } } eventCursor";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draft_becomes_a_version_and_an_earlier_one_can_be_published_again() {
    let hub = hub().await;
    let id = create(&hub, "order", order()).await;
    let with = |more: Value| {
        let mut input = json!({"workflowId": id});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    let first = hub.client.mutate("workflowPublish", with(json!({"note": "as agreed"})), STATE).await;
    assert_eq!(first["workflow"]["published"], json!({"number": 1, "note": "as agreed"}));
    assert_eq!(first["workflow"]["draftDifferences"], json!([]));
    let again = hub.client.mutate("workflowPublish", with(json!({})), STATE).await;
    assert_eq!(again["eventCursor"], Value::Null, "nothing changed");

    let mut changed = order();
    changed["steps"][2]["action"]["send"]["text"] = json!("Its state: {{ vars.found.body.state }}.");
    changed["variables"] = json!([{"name": "order"}, {"name": "found"}, {"name": "more", "initial": "0"}]);
    let edited =
        hub.client.mutate("workflowUpdate", with(json!({"definition": changed, "revision": 1})), STATE).await;
    let differences = json!([{"kind": "SETTING", "name": "variables"}, {"kind": "CHANGED", "name": "tell"}]);
    assert_eq!(edited["workflow"]["draftDifferences"], differences);
    assert_eq!(
        (&edited["workflow"]["revision"], &edited["workflow"]["published"]["number"]),
        (&json!(2), &json!(1))
    );
    for mutation in ["workflowUpdate", "workflowPublish"] {
        let (_, errors) = hub.client.attempt(mutation, with(json!({"revision": 1})), STATE).await;
        assert_eq!(errors[0]["code"], "CHANGED_MEANWHILE", "{mutation}");
    }
    hub.client.mutate("workflowPublish", with(json!({"revision": 2})), STATE).await;
    let back = hub.client.mutate("workflowRollBack", with(json!({"number": 1})), STATE).await;
    assert_eq!(back["workflow"]["published"]["number"], 1);
    assert_eq!(back["workflow"]["versions"]["nodes"], json!([{"number": 2}, {"number": 1}]));
    assert_eq!(back["workflow"]["draftDifferences"], differences, "the draft stays as it is");
    let (_, errors) = hub.client.attempt("workflowRollBack", with(json!({"number": 3})), STATE).await;
    assert_eq!(errors[0]["message"], "there is no version 3: give 1 to 2");

    let kinds: Vec<_> =
        hub.events().await.into_iter().filter(|event| event.kind() == "WORKFLOW_CHANGED").collect();
    assert_eq!(kinds.len(), 5, "{kinds:?}");
    let query = "query ($id: ID!) { node(id: $id) { ... on Workflow { versions(first: 1) { nodes { id number
                 publishedBy { id } workflow { key } differences(since: 1) { name before { id } after { action { __typename ... on WorkflowSend { text } } } }
                 definition { start steps { id title } } } } } } }";
    let version = hub.client.data(query, json!({"id": id})).await["node"]["versions"]["nodes"][0].take();
    assert_eq!(version["workflow"]["key"], "order");
    assert_eq!(
        version["differences"][1]["after"]["action"]["text"],
        "Its state: {{ vars.found.body.state }}."
    );
    assert_eq!(version["definition"]["steps"][0], json!({"id": "ask", "title": "Order number"}));

    hub.client.mutate("workflowDelete", json!({"workflowId": id}), "deletedWorkflowId").await;
    let gone = hub.client.data("{ workflows { nodes { id } } }", json!({})).await;
    assert_eq!(gone["workflows"]["nodes"], json!([]));
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_workflow_with_problems_is_kept_as_a_draft_and_told_what_to_mend() {
    let hub = hub().await;
    let sick = json!({
        "variables": [{"name": "n"}, {"name": "2nd"}],
        "start": "a",
        "steps": [
            {"id": "a", "action": {"set": {"assignments": [{"variable": "m", "value": "vars.n +"}], "next": "b"}}},
            {"id": "b", "action": {"branch": {"cases": [{"when": "contact.nmae == vars.k", "then": "a"}]}}},
            {"id": "c", "action": {"call": {"workflow": "nobody", "returned": "d", "failed": "c"}}},
            {"id": "w", "action": {"ask": {"text": "{{ message.text|nofilter }}", "timeoutSeconds": 0, "answered": "w", "failed": "w"}}},
        ],
    });
    let id = create(&hub, "sick", sick).await;
    let (payload, errors) = hub.client.attempt("workflowPublish", json!({"workflowId": id}), STATE).await;
    assert_eq!(errors[0]["code"], "HAS_PROBLEMS");
    let problems = payload["workflow"]["problems"].as_array().unwrap();
    let told: Vec<String> = problems
        .iter()
        .map(|problem| {
            let word = |field: &str| problem[field].as_str().unwrap_or("-").to_owned();
            format!("{} {} {}", word("step"), word("field"), word("code"))
        })
        .collect();
    assert_eq!(
        told,
        [
            "- variables[1].name BAD_NAME",
            "a assignments[0].value BAD_EXPRESSION",
            "a assignments[0].variable UNKNOWN_VARIABLE",
            "a id LOOP_WITHOUT_WAIT",
            "b cases[0].when UNKNOWN_VARIABLE",
            "b cases[0].when UNKNOWN_VARIABLE",
            "b otherwise MISSING_PATH",
            "c returned UNKNOWN_STEP",
            "c id UNREACHABLE_STEP",
            "c id LOOP_WITHOUT_WAIT",
            "c workflow UNKNOWN_WORKFLOW",
            "w text BAD_EXPRESSION",
            "w timeoutSeconds BAD_SETTING",
            "w timedOut MISSING_PATH",
            "w id UNREACHABLE_STEP",
            "w id LOOP_WITHOUT_WAIT",
        ]
    );
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn input_that_is_no_workflow_is_refused_with_its_place() {
    let hub = hub().await;
    create(&hub, "taken", end("1")).await;
    for (input, code, at, part) in [
        (json!({"key": "taken", "name": "x"}), "NAME_TAKEN", Value::Null, "key already"),
        (json!({"key": "No", "name": "x"}), "INVALID_INPUT", json!(["input", "key"]), "lower-case letters"),
        (json!({"key": "a", "name": " "}), "INVALID_INPUT", json!(["input", "name"]), "1 to 200"),
        (
            json!({"key": "a", "name": "a", "definition": {"steps": [{"id": "s", "action": {"wait": {"until": {}}}}]}}),
            "INVALID_INPUT",
            json!(["input", "definition"]),
            "step `s`: until: give exactly one of `afterSeconds` and `at`",
        ),
        (
            json!({"key": "a", "name": "a", "definition": {"steps": [{"id": "s", "action": {"ask": {"timeoutSeconds": -1}}}]}}),
            "INVALID_INPUT",
            json!(["input", "definition"]),
            "step `s`: invalid value: integer `-1`",
        ),
    ] {
        let (_, errors) = hub.client.attempt("workflowCreate", input.clone(), "workflow { id }").await;
        assert_eq!((&errors[0]["code"], &errors[0]["field"]), (&json!(code), &at), "{input}");
        assert!(errors[0]["message"].as_str().unwrap().contains(part), "{errors:?}");
    }
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_workflow_travels_as_a_file() {
    let (here, there) = (hub().await, hub().await);
    let id = create(&here, "order", order()).await;
    here.client.mutate("workflowPublish", json!({"workflowId": id}), "workflow { id }").await;
    let query = "query ($id: ID!) { workflowFileSchema node(id: $id) { ... on Workflow { draftFile published { file } } } }";
    let data = here.client.data(query, json!({"id": id})).await;
    let file = data["node"]["draftFile"].as_str().unwrap();
    assert_eq!(data["node"]["published"]["file"], file);
    let schema: Value = serde_json::from_str(data["workflowFileSchema"].as_str().unwrap()).unwrap();
    assert_eq!(schema["title"], "A workflow of Colloquy");

    let pick = "workflow { id key name revision draftFile }";
    let made = there.client.mutate("workflowImport", json!({"file": file}), pick).await["workflow"].take();
    assert_eq!((&made["key"], &made["draftFile"]), (&json!("order"), &json!(file)));
    let (_, errors) = there.client.attempt("workflowImport", json!({"file": file}), pick).await;
    assert_eq!(errors[0]["code"], "NAME_TAKEN");
    let renamed = file.replace(r#""name": "order""#, r#""name": "Orders""#);
    assert_ne!(renamed, file, "the variable of that name is not the only one");
    let input = json!({"file": renamed, "workflowId": made["id"], "revision": 1});
    let replaced = there.client.mutate("workflowImport", input.clone(), pick).await;
    assert_eq!(replaced["workflow"]["revision"], 2);
    let (payload, errors) = there.client.attempt("workflowImport", input, pick).await;
    assert_eq!(
        (&errors[0]["code"], &payload["workflow"]["revision"]),
        (&json!("CHANGED_MEANWHILE"), &json!(2))
    );
    let wrong = file.replace("\"saveAs\"", "\"savAs\"");
    let (payload, errors) = there.client.attempt("workflowImport", json!({"file": wrong}), pick).await;
    assert_eq!((&errors[0]["field"], &payload["workflow"]), (&json!(["input", "file"]), &Value::Null));
    assert_eq!(
        errors[0]["message"],
        "there is no field `definition.steps[0].savAs`: take it away, or look at its spelling"
    );
    here.finish().await;
    there.finish().await;
}
