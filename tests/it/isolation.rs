//! Two workspaces never see each other: every argument that takes an id, given ids of the other
//! workspace and random ones of every type, answers NOT_FOUND.
//!
//! The list is made from the schema, so a new argument is tried without anybody thinking of it.

use std::collections::BTreeMap;

use domain::database::{Database, Durability};
use domain::workspace;
use rand::Rng;
use rand::seq::IndexedRandom;
use serde_json::{Value, json};
use tests::client::Client;
use tests::knowledge::QUESTION;
use tests::{Hub, hub};

const PREFIXES: [&str; 17] = [
    "ws", "member", "token", "channel", "widget", "contact", "conv", "session", "wait", "msg", "turn",
    "delivery", "doc", "docver", "passage", "element", "webhook",
];

/// Valid values for the other fields of an input, by their names.
fn filler(field: &str, kind: &str) -> Value {
    match (field, kind) {
        ("text", _) => json!("hello"),
        ("until", _) => json!((chrono::Utc::now() + chrono::TimeDelta::hours(1)).to_rfc3339()),
        ("language", _) => json!("en"),
        ("pinned", _) => json!(true),
        (_, "Boolean") => json!(true),
        (_, "Int") => json!(1),
        _ => json!("something"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ids_of_another_workspace_and_random_ids_are_not_found_everywhere() {
    let hub = Hub::start().await;
    let other = stranger(&hub).await;
    let theirs = everything(&hub).await;
    let arguments = arguments(&hub.client).await;
    println!(
        "{} places take an id: {:?}",
        arguments.len(),
        arguments.iter().map(|a| a.name.as_str()).collect::<Vec<_>>()
    );
    let mut rng = rand::rng();
    let mut tried = 0;
    for argument in &arguments {
        // What really exists over there, and 200 that exist nowhere, of every type.
        let random = (0..200).map(|n| format!("{}_{}", PREFIXES[n % PREFIXES.len()], digits(&mut rng)));
        let junk =
            ["", "conv_", "nonsense", "conv_8zzzzzzzzzzzzzzzzzzzzzzzzz", "ＣＯＮＶ_1"].map(str::to_owned);
        for id in theirs.values().cloned().chain(random).chain(junk) {
            refused(&other, argument, &id).await;
            tried += 1;
        }
    }
    println!("{tried} ids refused");
    // The owner still reaches what the stranger could not.
    for id in theirs.values() {
        let found = hub.client.data("query ($id: ID!) { node(id: $id) { id } }", json!({"id": id})).await;
        assert_eq!(&found["node"]["id"], id);
    }
    assert_eq!(
        other.data("{ conversations(label: ALL) { nodes { id } } }", json!({})).await["conversations"]["nodes"],
        json!([])
    );
    hub.finish().await;
}

/// Another workspace on the same server.
async fn stranger(hub: &Hub) -> Client {
    let founded = workspace::found(&hub.env, "Another company").await.unwrap();
    Client::new(&hub.client.base, &founded.token.unwrap().secret)
}

/// An id of every kind that the hub's workspace has, by its prefix.
async fn everything(hub: &Hub) -> BTreeMap<String, String> {
    let ada = hub.customer("Ada");
    hub.stored(&hub.says(&ada, QUESTION).await).await;
    hub.simulator.wait_for_send(|_| true, tests::wait::LONG).await.expect("the bot answers");
    hub.stored(&hub.says(&ada, "talk to a human").await).await;
    hub.simulator.post_raw(&hub.number.app, malformed(hub)).await;
    hub.quiet().await;
    let db = Database::open(hub.database_url(), Durability::Process).await.unwrap();
    let mut ids = BTreeMap::new();
    for (prefix, table) in [
        ("ws", "workspace"),
        ("member", "member"),
        ("channel", "channel"),
        ("widget", "widget"),
        ("contact", "contact"),
        ("conv", "conversation"),
        ("session", "session"),
        ("wait", "human_wait"),
        ("msg", "message"),
        ("turn", "turn"),
        ("delivery", "delivery"),
        ("doc", "document"),
        ("docver", "document_version"),
        ("passage", "passage"),
    ] {
        ids.insert(prefix.to_owned(), public(&db, prefix, &format!("SELECT id FROM {table} LIMIT 1")).await);
    }
    let quarantined =
        "SELECT id FROM inbound_element WHERE outcome = 'QUARANTINED' AND workspace_id IS NOT NULL LIMIT 1";
    ids.insert("element".into(), public(&db, "element", quarantined).await);
    db.close().await.unwrap();
    ids
}

fn malformed(hub: &Hub) -> Vec<u8> {
    let body = json!({"object": "whatsapp_business_account", "entry": [{"id": hub.number.waba_id, "changes": [{
        "field": "messages", "value": {"metadata": {"phone_number_id": hub.number.phone_number_id}, "messages": ["odd"]}}]}]});
    serde_json::to_vec(&body).unwrap()
}

async fn public(db: &Database, prefix: &str, sql: &str) -> String {
    use sea_orm::ConnectionTrait;
    let statement = sea_orm::Statement::from_string(db.backend(), sql);
    let row =
        db.reader().query_one_raw(statement).await.unwrap().unwrap_or_else(|| panic!("{sql} finds one"));
    let id: uuid::Uuid = row.try_get("", "id").unwrap();
    // One newtype is as good as another for the spelling.
    let spelled = domain::id::ConversationId(id).to_string();
    format!("{prefix}_{}", spelled.trim_start_matches("conv_"))
}

/// A place that takes an id.
struct Argument {
    name: String,
    /// A document with one variable `$id`; the field that it asks for is `field`.
    query: String,
    variables: Box<dyn Fn(&str) -> Value + Send + Sync>,
}

/// Every argument of Query and every input field of Mutation that is an id, from the schema itself.
async fn arguments(client: &Client) -> Vec<Argument> {
    let query = "{ __schema { queryType { fields { name args { name type { ...T } } type { ...T } } } \
                 mutationType { fields { name args { type { ofType { inputFields { name type { ...T } } } } } } } } } \
                 fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";
    let schema = client.data(query, json!({})).await;
    let mut found = Vec::new();
    for field in schema["__schema"]["queryType"]["fields"].as_array().unwrap() {
        for argument in field["args"].as_array().unwrap() {
            if leaf(&argument["type"]) == "ID" {
                let (name, argument) = (text(&field["name"]), text(&argument["name"]));
                let list = name == "nodes";
                let kind = if list {
                    "[ID!]!"
                } else if name == "node" {
                    "ID!"
                } else {
                    "ID"
                };
                found.push(Argument {
                    query: format!("query ($id: {kind}) {{ {name}({argument}: $id) {{ __typename }} }}"),
                    variables: Box::new(move |id| if list { json!({"id": [id]}) } else { json!({"id": id}) }),
                    name: format!("{name}({argument})"),
                });
            }
        }
    }
    for field in schema["__schema"]["mutationType"]["fields"].as_array().unwrap() {
        let name = text(&field["name"]);
        let fields = field["args"][0]["type"]["ofType"]["inputFields"].as_array().unwrap().clone();
        for target in fields.iter().filter(|field| leaf(&field["type"]) == "ID") {
            let mut input = serde_json::Map::new();
            for other in fields
                .iter()
                .filter(|field| field["type"]["kind"] == "NON_NULL" && leaf(&field["type"]) != "ID")
            {
                input.insert(text(&other["name"]), filler(&text(&other["name"]), &leaf(&other["type"])));
            }
            let target = text(&target["name"]);
            let kind = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
            found.push(Argument {
                name: format!("{name}({target})"),
                query: format!("mutation ($input: {kind}!) {{ {name}(input: $input) {{ __typename }} }}"),
                variables: Box::new(move |id| {
                    let mut input = input.clone();
                    input.insert(target.clone(), json!(id));
                    json!({"input": input})
                }),
            });
        }
    }
    assert!(found.len() > 15, "the schema was read");
    found
}

fn leaf(kind: &Value) -> String {
    let mut kind = kind;
    while !kind["ofType"].is_null() {
        kind = &kind["ofType"];
    }
    text(&kind["name"])
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

async fn refused(client: &Client, argument: &Argument, id: &str) {
    let answer = client.send(&argument.query, (argument.variables)(id)).await;
    let codes: Vec<_> =
        answer["errors"].as_array().into_iter().flatten().map(|e| text(&e["extensions"]["code"])).collect();
    assert_eq!(codes, ["NOT_FOUND"], "{} with {id}: {answer}", argument.name);
}

fn digits(rng: &mut impl Rng) -> String {
    let alphabet: Vec<char> = "0123456789abcdefghjkmnpqrstvwxyz".chars().collect();
    let first = ['0', '1', '2', '3', '4', '5', '6', '7'].choose(rng).copied().unwrap();
    std::iter::once(first).chain((0..25).map(|_| *alphabet.choose(rng).unwrap())).collect()
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
