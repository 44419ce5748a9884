//! A run that takes every kind of step, and what must be so when it is over, however often it died.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use domain::id::ConversationId;
use serde_json::{Value, json};
use simulator::Customer;
use tests::wait::until;
use tests::{Hub, Options};

use super::super::shop::Shop;
use super::super::stage::{publish, runs, said, set};

/// Every kind of step.
fn everything(shop: &Shop) -> Value {
    let url = format!("{}/{{{{ vars.order|urlencode }}}}", shop.base);
    json!({"variables": [{"name": "order"}, {"name": "found"}, {"name": "got"}, {"name": "tries", "initial": "0"}],
        "start": "hello", "steps": [
        {"id": "hello", "action": {"send": {"text": "Hello.", "next": "know", "failed": "end"}}},
        {"id": "know", "action": {"answer": {"answered": "ask", "unsure": "ask", "failed": "ask"}}},
        {"id": "ask", "action": {"ask": {"text": "Which order?", "saveAs": "order", "answered": "way", "failed": "end"}}},
        {"id": "way", "action": {"choose": {"text": "How does it come?", "otherwise": "end", "failed": "end", "options": [
            {"label": "By post", "then": "end"}, {"label": "By hand", "then": "count"}]}}},
        {"id": "count", "action": {"set": {"assignments": [{"variable": "tries", "value": "vars.tries + 1"}], "next": "look"}}},
        {"id": "look", "action": {"http": {"method": "GET", "url": url, "timeoutSeconds": 1, "headers": [],
            "saveAs": "found", "succeeded": "which", "failed": "end", "timedOut": "end"}}},
        {"id": "which", "action": {"branch": {"cases": [{"when": "vars.tries > 5", "then": "end"}], "otherwise": "tag"}}},
        {"id": "tag", "action": {"tag": {"add": ["Order"], "next": "other"}}},
        {"id": "other", "action": {"call": {"workflow": "other", "inputs": [], "saveAs": "got", "returned": "rest", "failed": "end"}}},
        {"id": "rest", "action": {"wait": {"until": {"afterSeconds": 1}, "elapsed": "person"}}},
        {"id": "person", "action": {"handOver": {"note": "{{ vars.order }}", "next": "back"}}},
        {"id": "back", "action": {"handBack": {"next": "tell"}}},
        {"id": "tell", "action": {"send": {"text": "{{ vars.found.body.state }}, {{ vars.got }}, {{ vars.tries }}", "next": "close", "failed": "close"}}},
        {"id": "close", "action": {"close": {}}},
        {"id": "end", "action": {"end": {}}},
    ]})
}

const SAID: [&str; 4] =
    ["Hello.", "Which order?", "How does it come?\n1. By post\n2. By hand", "on its way, 7, 1"];

/// What a send may have become whose text is on no phone: nobody is left to believe that it arrived.
const DECLARED: [&str; 3] = ["UNKNOWN", "FAILED", "CANCELLED"];

pub async fn ground() -> (Hub, Shop) {
    let hub = Hub::with(Options { lease: TimeDelta::seconds(1), ..Options::default() }).await;
    let shop = Shop::open().await;
    let other = json!({"start": "end", "steps": [{"id": "end", "action": {"end": {"result": "7"}}}]});
    publish(&hub, "other", other).await;
    let workflow = publish(&hub, "everything", everything(&shop)).await;
    set(&hub, &workflow).await;
    (hub, shop)
}

/// Waits until the run has said what it says in this place.
pub async fn says(hub: &Hub, id: ConversationId, place: usize) {
    let what = format!("it says {:?}", SAID[place]);
    until(&what, async || said(hub, id).await.contains(&SAID[place].to_owned()).then_some(())).await;
}

pub async fn closes(hub: &Hub, id: ConversationId) {
    until("it closes", async || (hub.conversation(id).await.status == "CLOSED").then_some(())).await;
}

/// A customer goes through all of it.
pub async fn play(hub: &Hub, ada: &Customer) -> ConversationId {
    let asked = hub.stored(&hub.says(ada, "nothing that is known").await).await;
    let id = ConversationId(asked.conversation_id);
    says(hub, id, 1).await;
    hub.says(ada, &ada.name).await;
    says(hub, id, 2).await;
    hub.says(ada, "2").await;
    closes(hub, id).await;
    id
}

/// What must be so however often it died.
pub async fn check(hub: &Hub, shop: &Shop, (id, ada): (ConversationId, &Customer), what: &str) {
    assert_eq!(said(hub, id).await, SAID, "{what}");
    let runs = runs(hub, id).await;
    assert_eq!(runs.len(), 1, "{what}: {runs:#?}");
    assert_eq!(runs[0]["status"], "COMPLETED", "{what}");
    let steps = runs[0]["journal"]["nodes"].as_array().unwrap();
    let done: Vec<String> =
        steps.iter().map(|step| format!("{} {}", step["step"], step["outcome"])).collect();
    let once: BTreeSet<&String> = done.iter().collect();
    assert_eq!(once.len(), done.len(), "{what}: {done:?}");
    let came: Vec<_> = shop.came().into_iter().filter(|came| came.order == ada.name).collect();
    let keys: BTreeSet<_> = came.iter().map(|came| &came.key).collect();
    assert_eq!(keys.len(), 1, "{what}: {came:?}");
    on_the_phone(hub, id, ada, what).await;
    let shown =
        "query ($id: ID!) { node(id: $id) { ... on Conversation { tags { name } timeline { nodes { __typename
        ... on Note { text } } } } } }";
    let node = hub.client.data(shown, json!({"id": id.to_string()})).await["node"].take();
    assert_eq!(node["tags"], json!([{"name": "Order"}]), "{what}");
    let notes =
        node["timeline"]["nodes"].as_array().unwrap().iter().filter(|entry| entry["__typename"] == "Note");
    assert_eq!(notes.count(), 1, "{what}");
    // A person was asked for once: nothing was known.
    assert_eq!(hub.wait_reasons(id).await, ["UNSURE"], "{what}");
}

/// Every text is there once, or its send is declared to have failed, or not to be known.
async fn on_the_phone(hub: &Hub, id: ConversationId, ada: &Customer, what: &str) {
    // A send of which nobody knows holds back the next one for a while.
    until("what it said is settled", async || {
        let states = hub.states(id).await;
        states.iter().all(|(state, _)| state != "QUEUED" && state != "SENDING").then_some(())
    })
    .await;
    let thread = hub.simulator.thread(&hub.number.phone_number_id, ada);
    let messages = hub.messages(id).await;
    for delivery in hub.deliveries(id).await {
        let text = &messages.iter().find(|message| message.id == delivery.message_id).unwrap().text;
        let times = thread.iter().filter(|shown| shown.text == *text).count();
        let declared = DECLARED.contains(&delivery.state.as_str());
        assert!(
            times == 1 || (times == 0 && declared),
            "{what}: {text} is there {times} times: {delivery:?}"
        );
    }
}
