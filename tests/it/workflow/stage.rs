//! What tests of runs set up, and what they look at.

use domain::id::ConversationId;
use serde_json::{Value, json};
use simulator::Customer;
use tests::Hub;

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

pub async fn the_run(hub: &Hub, id: ConversationId) -> Value {
    let mut runs = runs(hub, id).await;
    assert_eq!(runs.len(), 1, "{runs:#?}");
    runs.remove(0)
}

/// The customer begins a conversation.
pub async fn begins(hub: &Hub, customer: &Customer, text: &str) -> ConversationId {
    ConversationId(hub.stored(&hub.says(customer, text).await).await.conversation_id)
}
