//! Notes for colleagues: in their place in the thread, never sent, never an answer.

use domain::id::ConversationId;
use serde_json::{Value, json};
use tests::Hub;
use tests::client::Client;
use tests::knowledge::QUESTION;

const PICK: &str = "note { id text editedAt deletedAt member { name } } eventCursor";

async fn timeline(client: &Client, id: ConversationId) -> Vec<String> {
    let query = "query ($id: ID!) { node(id: $id) { ... on Conversation { timeline { nodes { __typename \
        ... on Message { text } ... on Note { noteText: text } } } } } }";
    let data = client.data(query, json!({"id": id.to_string()})).await;
    let nodes = data["node"]["timeline"]["nodes"].as_array().unwrap().clone();
    let shown = |node: &Value| match (node["text"].as_str(), node["noteText"].as_str()) {
        (Some(text), _) => text.to_owned(),
        (_, Some(text)) => format!("note: {text}"),
        _ => node["__typename"].as_str().unwrap().to_owned(),
    };
    nodes.iter().map(shown).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_note_stands_where_it_was_written_and_the_customer_never_sees_it() {
    let hub = Hub::start().await;
    let ada = hub.customer("Ada");
    let id = ConversationId(hub.stored(&hub.says(&ada, QUESTION).await).await.conversation_id);
    hub.simulator.wait_for_send(|_| true, tests::wait::LONG).await.expect("the bot answers");
    hub.quiet().await;
    let before = hub.conversation(id).await;
    let create = |text: &str| json!({"conversationId": id.to_string(), "text": text});
    let first = hub.client.mutate("noteCreate", create("  a good customer "), PICK).await;
    assert_eq!(
        (&first["note"]["text"], &first["note"]["member"]["name"]),
        (&json!("a good customer"), &json!("Owner"))
    );
    assert!(first["eventCursor"].is_string());
    let after = hub.conversation(id).await;
    assert_eq!(
        (&after.status, after.epoch, after.last_number),
        (&before.status, before.epoch, before.last_number)
    );
    hub.stored(&hub.says(&ada, "thank you").await).await;
    // The bot does not know what to say to that.
    hub.becomes(id, "PENDING_FIRST_RESPONSE").await;
    domain::conversation::close(&hub.env, &hub.actor, id).await.unwrap();
    let last = hub.client.mutate("noteCreate", create("call her in May"), PICK).await;
    assert_eq!(
        timeline(&hub.client, id).await,
        [
            "SessionOpening",
            QUESTION,
            tests::knowledge::SHIPPING,
            "note: a good customer",
            "thank you",
            "HumanWaitStart",
            "HumanWaitEnd",
            "SessionClosing",
            "note: call her in May",
        ]
    );
    let edit = json!({"noteId": last["note"]["id"], "text": "call her in June"});
    let edited = hub.client.mutate("noteUpdate", edit.clone(), PICK).await;
    assert!(edited["note"]["editedAt"].is_string());
    let again = hub.client.mutate("noteUpdate", edit.clone(), PICK).await;
    assert_eq!(again["eventCursor"], Value::Null, "nothing changed");
    let gone = hub.client.mutate("noteDelete", json!({"noteId": last["note"]["id"]}), PICK).await;
    assert_eq!((&gone["note"]["text"], gone["note"]["deletedAt"].is_string()), (&json!(""), true));
    let (_, errors) = hub.client.attempt("noteUpdate", edit, PICK).await;
    assert_eq!(errors[0]["code"], "INVALID_TRANSITION");
    for text in ["", " \n", &"x".repeat(10_001), "a\u{0}b"] {
        let (refused, errors) = hub.client.attempt("noteCreate", create(text), PICK).await;
        assert_eq!(
            (&refused["note"], &errors[0]["field"]),
            (&Value::Null, &json!(["input", "text"])),
            "{text:.10}"
        );
    }
    assert_eq!(hub.simulator.sends().len(), 1, "only the bot's answer was sent");
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_its_author_and_admins_change_a_note() {
    use domain::note;
    let hub = Hub::start().await;
    let id =
        ConversationId(hub.stored(&hub.says(&hub.customer("Ada"), QUESTION).await).await.conversation_id);
    let bo = hub.colleague("Bo").await;
    let (owners, _) = note::create(&hub.env, &hub.actor, id, "the owner's").await.unwrap();
    let (own, _) = note::create(&hub.env, &bo, id, "Bo's").await.unwrap();
    assert!(matches!(note::update(&hub.env, &bo, owners, "mine now").await, Err(domain::Error::Denied)));
    assert!(matches!(note::delete(&hub.env, &bo, owners).await, Err(domain::Error::Denied)));
    note::update(&hub.env, &bo, own, "still Bo's").await.unwrap();
    note::delete(&hub.env, &hub.actor, own).await.unwrap();
    hub.finish().await;
}
