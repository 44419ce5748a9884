//! The workflows that ship, imported and published as they are, do what they are for.

use chrono::TimeDelta;
use domain::conversation;
use domain::id::ConversationId;
use serde_json::json;
use tests::knowledge::QUESTION;
use tests::wait::until;
use tests::{Hub, Options};

use super::stage::{begins, said, set};

/// Imports and publishes a template; gives back the workflow.
pub async fn take(hub: &Hub, key: &str) -> String {
    let all =
        hub.client.data("{ workflowTemplates { key file } }", json!({})).await["workflowTemplates"].take();
    let file =
        all.as_array().unwrap().iter().find(|template| template["key"] == key).unwrap()["file"].clone();
    let made = hub.client.mutate("workflowImport", json!({"file": file}), "workflow { id }").await;
    let id = made["workflow"]["id"].as_str().unwrap().to_owned();
    hub.client
        .mutate("workflowPublish", json!({"workflowId": id}), "workflow { problems { message } }")
        .await;
    id
}

async fn hub() -> Hub {
    Hub::with(Options { movable_clock: true, ..Options::default() }).await
}

async fn says(hub: &Hub, id: ConversationId, text: &str) {
    until(text, async || said(hub, id).await.iter().any(|said| said.contains(text)).then_some(())).await;
    hub.quiet().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_assistant_answers_and_hands_over_as_the_built_in_one_does() {
    let hub = hub().await;
    let built_in = begins(&hub, &hub.customer("Ada"), QUESTION).await;
    hub.quiet().await;
    let assistant = take(&hub, "assistant").await;
    set(&hub, &assistant).await;
    let bo = hub.customer("Bo");
    let id = begins(&hub, &bo, QUESTION).await;
    hub.quiet().await;
    assert_eq!(said(&hub, id).await, said(&hub, built_in).await);
    let cited =
        |messages: Vec<entity::message::Model>| messages.into_iter().filter_map(|message| message.confidence);
    let (ours, theirs) = (hub.messages(id).await, hub.messages(built_in).await);
    assert_eq!(cited(ours).collect::<Vec<_>>(), cited(theirs).collect::<Vec<_>>());
    hub.says(&bo, QUESTION).await;
    hub.quiet().await;
    assert_eq!(said(&hub, id).await.len(), 2, "it listens on");
    hub.says(&bo, "nothing that anybody knows").await;
    hub.becomes(id, "PENDING_FIRST_RESPONSE").await;
    assert_eq!(hub.wait_reasons(id).await, ["UNSURE"]);
    let wants = begins(&hub, &hub.customer("Cy"), "I want to talk to a human").await;
    hub.becomes(wants, "PENDING_FIRST_RESPONSE").await;
    assert_eq!(hub.wait_reasons(wants).await, ["REQUESTED"]);
    // Handed back, it answers what was left.
    conversation::hand_back(&hub.env, &hub.actor, id).await.unwrap();
    hub.says(&bo, QUESTION).await;
    until("it answers again", async || (said(&hub, id).await.len() >= 3).then_some(())).await;
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waits_for_a_person_is_told_when_the_company_opens() {
    let hub = hub().await;
    take(&hub, "out-of-hours").await;
    hub.client.mutate("businessHoursUpdate", json!({"weekly": []}), "businessHours { __typename }").await;
    let id = begins(&hub, &hub.customer("Ada"), "I want to talk to a human").await;
    hub.becomes(id, "PENDING_FIRST_RESPONSE").await;
    says(&hub, id, "We are closed now").await;
    assert_eq!(said(&hub, id).await.len(), 1);
    // Whoever is here already needs no such answer.
    let other = begins(&hub, &hub.customer("Bo"), QUESTION).await;
    hub.quiet().await;
    conversation::join(&hub.env, &hub.actor, other).await.unwrap();
    hub.quiet().await;
    assert_eq!(said(&hub, other).await.len(), 1, "only the assistant's answer");
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn name_and_order_are_collected_for_a_person() {
    let hub = hub().await;
    set(&hub, &take(&hub, "collect-order").await).await;
    let ada = hub.customer("Ada");
    let id = begins(&hub, &ada, "hello").await;
    says(&hub, id, "your name").await;
    hub.says(&ada, "Ada Lovelace").await;
    says(&hub, id, "order number").await;
    hub.says(&ada, "1815").await;
    says(&hub, id, "look into order 1815").await;
    hub.becomes(id, "PENDING_FIRST_RESPONSE").await;
    let scope = hub.scope();
    let notes = scope.find::<entity::note::Entity>().all(scope.reader()).await.unwrap();
    let notes: Vec<_> = notes.iter().map(|note| (note.text.as_str(), note.member_id)).collect();
    assert_eq!(notes, [("Name: Ada Lovelace\nOrder: 1815", None)]);
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_silent_hours_are_followed_up_once() {
    let hub = hub().await;
    take(&hub, "follow-up").await;
    let ada = hub.customer("Ada");
    let id = begins(&hub, &ada, QUESTION).await;
    hub.quiet().await;
    hub.advance(TimeDelta::hours(19));
    hub.settle().await;
    hub.says(&ada, QUESTION).await;
    hub.quiet().await;
    hub.advance(TimeDelta::hours(19));
    hub.settle().await;
    assert_eq!(said(&hub, id).await.len(), 2, "the customer wrote meanwhile");
    hub.advance(TimeDelta::minutes(61));
    hub.settle().await;
    says(&hub, id, "Are you still there?").await;
    hub.advance(TimeDelta::hours(2));
    hub.settle().await;
    assert_eq!(said(&hub, id).await.len(), 3, "once");
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn satisfaction_is_asked_after_a_session() {
    let hub = hub().await;
    take(&hub, "satisfaction").await;
    let ada = hub.customer("Ada");
    let id = begins(&hub, &ada, QUESTION).await;
    hub.quiet().await;
    conversation::join(&hub.env, &hub.actor, id).await.unwrap();
    conversation::close(&hub.env, &hub.actor, id).await.unwrap();
    says(&hub, id, "How satisfied").await;
    hub.says(&ada, " 5 ").await;
    says(&hub, id, "Thank you for telling us").await;
    let query = "query ($id: ID!) { node(id: $id) { ... on Conversation { tags { name } } } }";
    let tags = hub.client.data(query, json!({"id": id.to_string()})).await["node"]["tags"].take();
    assert_eq!(tags, json!([{"name": "Satisfied"}]));
    hub.finish().await;
}
