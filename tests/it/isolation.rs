//! Two workspaces never see each other: every argument that takes an id, given ids of the other
//! workspace and random ones of every type, answers NOT_FOUND; and no stream tells of the other one.
//!
//! The places that take an id are read from the schema, those inside input objects too, so a new one is
//! tried without anybody thinking of it. Each gets 200 random ids of each type.

mod ask;
mod feed;
mod ids;
mod place;
mod schema;

use std::collections::BTreeMap;

use domain::workspace;
use futures_util::{StreamExt, stream};
use serde_json::json;
use tests::client::Client;
use tests::{Hub, Options, hub};

use place::Place;
use schema::Schema;

/// Random ids of each type for each place.
const RANDOM: usize = 200;
/// Places that are tried at a time, each on a socket of its own.
const SOCKETS: usize = 6;

/// Another workspace on the same server.
async fn stranger(hub: &Hub) -> Client {
    let founded = workspace::found(&hub.env, "Another company").await.unwrap();
    Client::new(&hub.client.base, &founded.token.unwrap().secret)
}

/// A conversation of the stranger's own, on a number of their own.
async fn conversation_of(hub: &Hub, stranger: &Client) -> String {
    let actor = domain::token::authenticate(&hub.env, &stranger.token).await.unwrap().unwrap();
    let number = hub::unique_number(&hub.number.callback_url);
    hub.simulator.add_number(number.clone());
    hub::link(&hub.env, &actor, &number, &Options { bot: false, ..Options::default() }).await;
    hub.simulator.customer_says(&number.phone_number_id, &hub.customer("Theirs"), "hello").await;
    hub.quiet().await;
    let list = stranger.data("{ conversations { nodes { id } } }", json!({})).await;
    list["conversations"]["nodes"][0]["id"].as_str().expect("a conversation").to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ids_of_another_workspace_and_random_ids_are_not_found_everywhere() {
    let hub = Hub::start().await;
    let other = stranger(&hub).await;
    let theirs = ids::everything(&hub).await;
    let places = Schema::read(&hub.client).await.places();
    println!("{} places take an id: {:#?}", places.len(), places.iter().map(|p| &p.name).collect::<Vec<_>>());
    for operation in ["query ", "mutation ", "subscription "] {
        assert!(places.iter().any(|place| place.name.starts_with(operation)), "the schema was read");
    }
    let own = own_of(&other, conversation_of(&hub, &other).await).await;
    let asked: Vec<Place> = places.iter().map(|place| place.asked_by_owner_of(&own)).collect();
    let began = std::time::Instant::now();
    let tries = asked.iter().map(|place| {
        let random = ids::random(RANDOM, &ids::PREFIXES);
        (place, theirs.values().cloned().chain(ids::junk()).chain(random).collect())
    });
    let tried = all_refused(&other, tries).await;
    assert_eq!(
        other.data("{ conversations(label: ALL) { nodes { id } } }", json!({})).await["conversations"]["nodes"],
        json!([{ "id": own["conv"] }])
    );
    // The owner still reaches what the stranger could not: it was not the question that was wrong.
    for (prefix, id) in theirs.iter().filter(|(prefix, _)| !ids::INSIDE.contains(&prefix.as_str())) {
        let found = hub.client.data("query ($id: ID!) { node(id: $id) { id } }", json!({"id": id})).await;
        assert_eq!(&found["node"]["id"], id, "{prefix}");
    }
    for place in &places {
        assert!(
            !ask::fitting(&hub.client, &place.asked_by_owner_of(&theirs), &theirs).await.is_empty(),
            "{} takes no id at all",
            place.name
        );
    }
    println!("{tried} ids refused in {:?}", began.elapsed());
    hub.finish().await;
}

/// What a stranger has to ask beside: a conversation, its widget and message, a workflow and a training ticket.
async fn own_of(other: &Client, conversation: String) -> BTreeMap<String, String> {
    let query = "query ($id: ID!) { node(id: $id) { ... on Conversation { widget { id } messages { nodes { id } } } } }";
    let mut shown = other.data(query, json!({"id": conversation})).await["node"].take();
    let (widget, message) = (shown["widget"]["id"].take(), shown["messages"]["nodes"][0]["id"].take());
    let definition = json!({"start": "end", "steps": [{"id": "end", "action": {"end": {}}}]});
    let made = json!({"key": "own", "name": "own", "definition": definition});
    let workflow = other.mutate("workflowCreate", made, "workflow { id }").await["workflow"]["id"].take();
    other.mutate("workflowPublish", json!({"workflowId": workflow}), "workflow { id }").await;
    let document = json!({"kind": "OTHER", "title": "own", "language": "en", "text": "own"});
    let document = other.mutate("documentCreate", document, "document { id }").await["document"]["id"].take();
    let ticket = json!({"question": "own", "answer": "own", "documentIds": [document]});
    let ticket = other.mutate("trainingTicketCreate", ticket, "ticket { id }").await["ticket"]["id"].take();
    let text = |value: serde_json::Value| value.as_str().expect("an id").to_owned();
    let own = [
        ("conv", conversation),
        ("widget", text(widget)),
        ("workflow", text(workflow)),
        ("msg", text(message)),
        ("ticket", text(ticket)),
    ];
    own.map(|(prefix, id)| (prefix.to_owned(), id)).into()
}

/// Tries the ids in their places, several places at a time; gives back how many ids there were.
async fn all_refused(client: &Client, tries: impl IntoIterator<Item = (&Place, Vec<String>)>) -> usize {
    let places = stream::iter(tries).map(|(place, ids)| ask::refused(client, place, ids));
    places.buffer_unordered(SOCKETS).fold(0, async |sum, tried| sum + tried).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_field_takes_an_id_where_nobody_tries_one() {
    let hub = Hub::with(Options { bot: false, ..Options::default() }).await;
    let below = Schema::read(&hub.client).await.places_below_the_roots();
    assert!(below.is_empty(), "nobody tries ids of another workspace there yet: {below:?}");
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_links_to_one_workspace_only() {
    let hub = Hub::start().await;
    let other = stranger(&hub).await;
    let input = json!({
        "name": "Stolen", "companyDisplayName": "Another company", "phoneNumberId": hub.number.phone_number_id,
        "wabaId": hub.number.waba_id, "accessToken": hub.number.access_token, "metaApp": hub.number.app,
    });
    let (_, errors) = other.attempt("widgetConnectNumber", input, "widget { id }").await;
    assert_eq!(errors[0]["code"], "NUMBER_TAKEN");
    let unlinked = hub::unique_number("http://127.0.0.1:1/unused");
    let input = json!({
        "name": "Unknown", "companyDisplayName": "Another company", "phoneNumberId": unlinked.phone_number_id,
        "wabaId": unlinked.waba_id, "accessToken": "wrong", "metaApp": unlinked.app,
    });
    let (_, errors) = other.attempt("widgetConnectNumber", input, "widget { id }").await;
    assert_eq!(errors[0]["code"], "REJECTED_BY_META");
    hub.finish().await;
}
