//! Answering somebody without a phone number: by the bot, by an agent, before and after an id update.

use domain::id::ConversationId;
use serde_json::json;
use simulator::Sent;
use tests::Hub;
use tests::knowledge::{QUESTION, SHIPPING};
use tests::wait::LONG;

use super::{contacts, hidden, only, only_thread};

async fn sent_to(hub: &Hub, user_id: &str, text: &str) -> Sent {
    let fits = |sent: &Sent| sent.recipient.as_deref() == Some(user_id) && sent.text.contains(text);
    let sent = hub.simulator.wait_for_send(fits, LONG).await.expect("it is sent to the user id");
    assert_eq!(sent.to, None, "there is no phone number to send to");
    sent
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_bot_and_an_agent_answer_a_customer_without_a_phone_before_and_after_an_id_update() {
    let hub = Hub::start().await;
    let lin = hidden(&hub, "TW.hidden1", "林小明");
    let asked = hub.stored(&hub.says(&lin, QUESTION).await).await;
    let conversation = ConversationId(asked.conversation_id);
    sent_to(&hub, "TW.hidden1", SHIPPING).await;
    hub.quiet().await;

    hub.simulator.change_user_id(&hub.number.phone_number_id, &lin, "TW.hidden2").await;
    let again = hub.stored(&hub.says(&lin, QUESTION).await).await;
    assert_eq!(ConversationId(again.conversation_id), conversation);
    sent_to(&hub, "TW.hidden2", SHIPPING).await;
    hub.quiet().await;

    let input = json!({"conversationId": conversation.to_string()});
    hub.client.mutate("conversationJoin", input, "conversation { status }").await;
    let input = json!({"conversationId": conversation.to_string(), "text": "Lin, here is Ada"});
    hub.client.mutate("messageSend", input, "message { number }").await;
    sent_to(&hub, "TW.hidden2", "here is Ada").await;
    hub.quiet().await;

    assert_eq!(only(&hub).await, ["TW.hidden2"]);
    assert_eq!(only_thread(&hub).await.len(), 5);
    let query = "query ($id: ID!) { node(id: $id) { ... on Contact { phone identities { kind value replacedAt } } } }";
    let id = domain::id::ContactId(contacts(&hub, &hub.actor).await[0].0.id).to_string();
    let shown = hub.client.data(query, json!({"id": id})).await["node"].take();
    assert_eq!(shown["phone"], json!(null));
    let names = shown["identities"].as_array().unwrap();
    assert_eq!(names.len(), 2, "the old name is shown as an old one: {names:?}");
    assert!(names[0]["value"] == "TW.hidden1" && names[0]["replacedAt"].is_string(), "{names:?}");
    assert!(names[1]["value"] == "TW.hidden2" && names[1]["replacedAt"].is_null(), "{names:?}");
    hub.finish().await;
}
