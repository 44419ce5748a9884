//! One id from a webhook, or a request, to every event that it causes, whoever carries it out and when.

use domain::feed;
use domain::id::ConversationId;
use serde_json::json;
use simulator::Simulator;
use tests::knowledge::QUESTION;
use tests::{Hub, Options};

/// The kinds of the events that carry this id.
async fn caused_by(hub: &Hub, id: &str) -> Vec<String> {
    let entries = feed::after(&hub.scope(), 0, 1_000).await.unwrap();
    let of_it = entries.into_iter().filter(|entry| entry.trace.as_deref() == Some(id));
    of_it
        .map(|entry| format!("{:?}", entry.event).split([' ', '{']).next().unwrap_or_default().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_id_of_a_webhook_leads_to_the_answer_and_its_sending() {
    let hub = Hub::with(Options { gather_ms: 50, ..Options::default() }).await;
    hub.simulator.script().statuses(false);
    let now = hub.env.clock.now().timestamp().to_string();
    let message = json!({"from": "886911000001", "id": "wamid.TRACED", "timestamp": now, "type": "text",
        "text": {"body": QUESTION}});
    let body = hub.webhook("messages", json!({"messages": [message]}));
    let signature = Simulator::sign(&hub.number.app_secret, &body);
    let post = tests::client::http()
        .post(format!("{}/webhooks/whatsapp", hub.client.base))
        .header("x-hub-signature-256", signature)
        .body(body);
    let answer = post.send().await.unwrap();
    let id = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
    hub.stored("wamid.TRACED").await;
    hub.simulator.wait_for_send(|_| true, tests::wait::LONG).await.expect("the bot answers");
    hub.quiet().await;
    let kinds = caused_by(&hub, &id).await;
    for kind in ["MessageReceived", "SessionOpened", "TurnChanged", "MessageAdded", "DeliveryChanged"] {
        assert!(kinds.iter().any(|k| k == kind), "{kind} is missing in {kinds:?}");
    }
    // QUEUED is no event of its own: SENDING and SENT are the claim's and the settlement's.
    assert_eq!(kinds.iter().filter(|kind| *kind == "DeliveryChanged").count(), 2, "{kinds:?}");
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_id_of_a_request_leads_to_what_its_mutation_changed() {
    let hub = Hub::start().await;
    let asked = hub.stored(&hub.says(&hub.customer("Ada"), "hello").await).await;
    hub.quiet().await;
    let conversation = ConversationId(asked.conversation_id).to_string();
    let query =
        "mutation ($id: ID!) { conversationPin(input: {conversationId: $id, pinned: true}) { __typename } }";
    let post = tests::client::http()
        .post(format!("{}/graphql", hub.client.base))
        .bearer_auth(&hub.client.token)
        .json(&json!({"query": query, "variables": {"id": conversation}}));
    let answer = post.send().await.unwrap();
    let id = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
    let body: serde_json::Value = answer.json().await.unwrap();
    assert!(body.get("errors").is_none(), "{body}");
    assert_eq!(caused_by(&hub, &id).await, ["ConversationPinned"]);
    hub.finish().await;
}
