//! Tags: one list, put on conversations and found by.

use domain::id::{ConversationId, TagId};
use serde_json::{Value, json};
use tests::{Hub, Options};

async fn create(hub: &Hub, name: &str) -> String {
    let made = hub.client.mutate("tagCreate", json!({"name": name}), "tag { id name }").await;
    made["tag"]["id"].as_str().unwrap().to_owned()
}

async fn conversation(hub: &Hub, name: &str) -> ConversationId {
    ConversationId(hub.stored(&hub.says(&hub.customer(name), "hello").await).await.conversation_id)
}

fn names(conversation: &Value) -> Vec<&str> {
    conversation["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tags_are_put_on_conversations_found_by_and_taken_off() {
    let hub = Hub::with(Options { bot: false, ..Options::default() }).await;
    let (ada, bo) = (conversation(&hub, "Ada").await, conversation(&hub, "Bo").await);
    let (urgent, vip) = (create(&hub, "Urgent").await, create(&hub, "重要客戶").await);
    let put =
        |add: Value, remove: Value| json!({"conversationId": ada.to_string(), "add": add, "remove": remove});
    let pick = "conversation { tags { name } } eventCursor";
    let tagged = hub.client.mutate("conversationTag", put(json!([vip, urgent]), json!([])), pick).await;
    assert_eq!(names(&tagged["conversation"]), ["Urgent", "重要客戶"]);
    let again = hub.client.mutate("conversationTag", put(json!([vip]), json!([])), pick).await;
    assert_eq!(again["eventCursor"], Value::Null, "it has it already");
    let query = "query ($tag: ID!) { conversations(tagId: $tag) { nodes { id } } }";
    let found = hub.client.data(query, json!({"tag": vip})).await["conversations"]["nodes"].take();
    assert_eq!(found, json!([{"id": ada.to_string()}]), "not {bo}");
    let off = hub.client.mutate("conversationTag", put(json!([]), json!([urgent])), pick).await;
    assert_eq!(names(&off["conversation"]), ["重要客戶"]);
    let (_, errors) =
        hub.client.attempt("conversationTag", put(json!([urgent]), json!([urgent])), pick).await;
    assert_eq!(errors[0]["field"], json!(["input", "add"]));
    hub.client.mutate("tagRename", json!({"tagId": vip, "name": "Regular"}), "tag { name }").await;
    hub.client.mutate("tagDelete", json!({"tagId": urgent}), "deletedTagId").await;
    let list = hub.client.data("{ tags { nodes { name } } }", json!({})).await["tags"]["nodes"].take();
    assert_eq!(list, json!([{"name": "Regular"}]));
    let kinds: Vec<&str> =
        hub.events().await.iter().map(|event| event.kind()).filter(|kind| kind.contains("TAG")).collect();
    let expected = [
        "TAG_CHANGED",
        "TAG_CHANGED",
        "CONVERSATION_TAGGED",
        "CONVERSATION_TAGGED",
        "CONVERSATION_TAGGED",
        "TAG_CHANGED",
        "TAG_CHANGED",
    ];
    assert_eq!(kinds, expected);
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_names_that_differ_only_in_case_are_one_and_odd_ones_are_refused() {
    let hub = Hub::with(Options { bot: false, ..Options::default() }).await;
    let urgent = create(&hub, "Urgent").await;
    let other = create(&hub, "Later").await;
    for (mutation, input) in [
        ("tagCreate", json!({"name": " uRGENT "})),
        ("tagRename", json!({"tagId": other, "name": "ＵＲＧＥＮＴ"})),
    ] {
        let (_, errors) = hub.client.attempt(mutation, input, "tag { id }").await;
        assert_eq!(errors[0]["code"], "NAME_TAKEN", "{mutation}");
    }
    hub.client.mutate("tagRename", json!({"tagId": urgent, "name": "URGENT"}), "tag { name }").await;
    for name in ["", "  ", &"x".repeat(51), "two\nlines", "\u{200b}"] {
        let (_, errors) = hub.client.attempt("tagCreate", json!({"name": name}), "tag { id }").await;
        assert_eq!(errors[0]["field"], json!(["input", "name"]), "{name:?}");
    }
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conversation_has_at_most_fifty_tags() {
    let hub = Hub::with(Options { bot: false, ..Options::default() }).await;
    let ada = conversation(&hub, "Ada").await;
    let mut ids = Vec::<TagId>::new();
    for n in 0..51 {
        ids.push(domain::tag::create(&hub.env, &hub.actor, &format!("tag {n:02}")).await.unwrap().0);
    }
    let refused = domain::tag::put(&hub.env, &hub.actor, ada, &ids, &[]).await;
    assert!(matches!(refused, Err(domain::Error::Invalid { field: "add", .. })), "{refused:?}");
    domain::tag::put(&hub.env, &hub.actor, ada, &ids[..50], &[]).await.unwrap();
    domain::tag::put(&hub.env, &hub.actor, ada, &ids[50..], &ids[..1]).await.unwrap();
    let tags = domain::tag::of(&hub.scope(), &[ada]).await.unwrap();
    assert_eq!((tags.len(), tags[0].1.name.as_str(), tags[49].1.name.as_str()), (50, "tag 01", "tag 50"));
    hub.finish().await;
}
