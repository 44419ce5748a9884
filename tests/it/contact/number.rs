//! Meta's notices in the thread: another phone number, another user id, another security code.

use domain::event::{ContactIdentityChange, Event};
use serde_json::{Value, json};
use tests::wait::until;
use tests::{Hub, Options, poison};

use super::{
    change, contacts, deliver, events, is_conflict, is_identity_change, only, only_thread, outcomes, post,
};

fn notice(hub: &Hub, wamid: &str, from: &str, system: Value) -> Value {
    let message = json!({"from": from, "id": wamid, "timestamp": super::seconds(hub), "type": "system",
        "system": system});
    change(hub, "messages", json!({"messages": [message]}))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_number_moves_with_its_contact_and_the_old_one_may_be_somebody_else_s() {
    let hub = Hub::with(Options { bot: false, ..Options::default() }).await;
    let ada = hub.simulator.customer(Some("886911111111"), Some("TW.ada"), "Ada");
    hub.stored(&hub.says(&ada, "hello").await).await;
    hub.quiet().await;
    hub.simulator.change_number(&hub.number.phone_number_id, &ada, "886922222222").await;
    hub.quiet().await;
    let asked = hub.stored(&hub.says(&ada, "this is my new number").await).await;
    assert_eq!(outcomes(&hub, "notice").await, ["APPLIED"]);
    assert_eq!(only(&hub).await, ["TW.ada", "886922222222"]);
    assert_eq!(only_thread(&hub).await.len(), 2);
    let id = domain::id::ConversationId(asked.conversation_id).to_string();
    let input = json!({"conversationId": id, "text": "Noted"});
    hub.client.mutate("messageSend", input, "message { number }").await;
    let sent = hub.simulator.wait_for_send(|_| true, tests::wait::LONG).await.unwrap();
    assert_eq!(sent.to.as_deref(), Some("886922222222"));
    let query = "{ contacts(search: \"922222\") { nodes { name phone } } }";
    let found = hub.client.data(query, json!({})).await["contacts"]["nodes"].take();
    assert_eq!(found, json!([{"name": "Ada", "phone": "886922222222"}]));

    let bob = hub.simulator.customer(Some("886911111111"), Some("TW.bob"), "Bob");
    hub.stored(&hub.says(&bob, "I have this number now").await).await;
    let all = contacts(&hub, &hub.actor).await;
    let names: Vec<_> = all.iter().map(|(row, names)| (row.name.as_deref().unwrap(), names.len())).collect();
    assert_eq!(names, [("Bob", 2), ("Ada", 2)]);
    assert!(events(&hub, is_conflict).await.is_empty());
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn notices_in_the_thread_change_names_once_and_are_no_messages() {
    let hub = Hub::with(Options { bot: false, ..Options::default() }).await;
    let ada = hub.simulator.customer(Some("886911111111"), Some("TW.A"), "Ada");
    hub.stored(&hub.says(&ada, "hello").await).await;
    hub.quiet().await;
    let new_id = json!({"type": "user_changed_user_id", "wa_id": "886911111111", "user_id": "TW.B"});
    let code = json!({"type": "customer_identity_changed", "body": "User identity changed"});
    let both = json!({"type": "user_changed_number", "wa_id": "886922222222", "user_id": "TW.C"});
    for time in [1, 2] {
        post(&hub, time, vec![notice(&hub, "wamid.id", "886911111111", new_id.clone())]).await;
        post(&hub, time, vec![notice(&hub, "wamid.code", "886911111111", code.clone())]).await;
    }
    for time in [1, 2] {
        post(&hub, time, vec![notice(&hub, "wamid.both", "886911111111", both.clone())]).await;
    }
    post(&hub, 3, vec![notice(&hub, "wamid.odd", "886922222222", json!({"type": "brand_new"}))]).await;
    let nobody = json!({"type": "user_changed_number", "wa_id": "886944444444"});
    post(&hub, 3, vec![notice(&hub, "wamid.nobody", "886933333333", nobody)]).await;
    let told = [
        "APPLIED",
        "APPLIED",
        "DUPLICATE",
        "DUPLICATE",
        "APPLIED",
        "DUPLICATE",
        "UNKNOWN_NOTICE",
        "UNKNOWN_CONTACT",
    ];
    assert_eq!(outcomes(&hub, "notice").await, told);
    let changes = events(&hub, is_identity_change).await;
    let what: Vec<_> = changes
        .iter()
        .map(|event| match event {
            Event::ContactIdentityChanged { change, .. } => *change,
            other => panic!("{other:?}"),
        })
        .collect();
    use ContactIdentityChange::{Bsuid, Phone, SecurityCode};
    assert_eq!(what, [Bsuid, SecurityCode, Bsuid, Phone]);
    assert_eq!(only(&hub).await, ["TW.C", "886922222222"]);
    assert_eq!(only_thread(&hub).await, ["hello"]);
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_overtakes_a_notice_by_phone_stays_in_the_thread() {
    let hub = Hub::with(Options { movable_clock: true, bot: false, ..Options::default() }).await;
    let ada = hub.simulator.customer(Some("886911111111"), Some("TW.A"), "Ada");
    hub.stored(&hub.says(&ada, "hello").await).await;
    hub.quiet().await;
    let text = |wamid: &str, user_id: Option<&str>, text: &str| {
        let message = json!({"from": "886911111111", "from_user_id": user_id, "id": wamid, "type": "text",
            "timestamp": super::seconds(&hub), "text": {"body": text}});
        change(&hub, "messages", json!({"messages": [message]}))
    };
    // It fails at first, and holds up the notice behind it in the lane of the phone.
    poison::lay(&hub.env, "message", "text").await;
    let new_id =
        notice(&hub, "wamid.id", "886911111111", json!({"type": "user_changed_user_id", "user_id": "TW.B"}));
    deliver(&hub, 1, vec![text("wamid.2", None, "a poisoned message"), new_id]).await;
    deliver(&hub, 2, vec![text("wamid.3", Some("TW.B"), "it is me")]).await;
    hub.stored("wamid.3").await;
    assert_eq!(outcomes(&hub, "notice").await, [""], "the notice still waits");
    poison::lift(&hub.env, "message").await;
    // The try that failed may still be on its way to write when the next one is due.
    until("the message that failed is stored", async || {
        hub.advance(chrono::TimeDelta::seconds(1));
        hub.message("wamid.2").await
    })
    .await;
    hub.quiet().await;
    assert_eq!(outcomes(&hub, "notice").await, ["NO_CHANGE"]);
    assert_eq!(only(&hub).await, ["886911111111", "TW.B"]);
    assert_eq!(only_thread(&hub).await, ["hello", "it is me", "a poisoned message"]);
    hub.finish().await;
}
