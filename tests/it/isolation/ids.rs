//! Ids to try: what the other workspace really has, what nobody has, and what is no id.

use std::collections::BTreeMap;

use domain::database::{Database, Durability};
use domain::feedback::{self, Correction, Rating};
use rand::Rng;
use rand::seq::IndexedRandom;
use sea_orm::{ColumnTrait, QueryFilter};
use serde_json::json;
use tests::Hub;
use tests::knowledge::QUESTION;

/// Every type of id.
pub const PREFIXES: [&str; 24] = [
    "ws", "member", "token", "channel", "widget", "contact", "conv", "session", "wait", "msg", "turn",
    "delivery", "doc", "docver", "passage", "element", "webhook", "note", "tag", "workflow", "wfver", "run",
    "feedback", "ticket",
];

/// Types that exist but that the API shows to nobody.
pub const INSIDE: [&str; 2] = ["token", "webhook"];

/// An id of every type that the hub's workspace has, by its prefix.
pub async fn everything(hub: &Hub) -> BTreeMap<String, String> {
    let ada = hub.customer("Ada");
    let asked = hub.stored(&hub.says(&ada, QUESTION).await).await;
    let conversation = domain::id::ConversationId(asked.conversation_id);
    domain::note::create(&hub.env, &hub.actor, conversation, "for colleagues").await.expect("a note");
    domain::tag::create(&hub.env, &hub.actor, "urgent").await.expect("a tag");
    run_a_workflow(hub, conversation).await;
    hub.simulator.wait_for_send(|_| true, tests::wait::LONG).await.expect("the bot answers");
    rate_the_answer(hub).await;
    hub.stored(&hub.says(&ada, "talk to a human").await).await;
    hub.meta_posts("messages", json!({"messages": ["odd"]})).await;
    hub.quiet().await;
    let db = Database::open(hub.database_url(), Durability::Process).await.unwrap();
    let mut ids = BTreeMap::new();
    let mine = format!("x'{}'", hub.actor.workspace.0.simple());
    let mine = if tests::TestDatabase::is_postgres() { format!("'{}'", hub.actor.workspace.0) } else { mine };
    for prefix in PREFIXES {
        let from = match prefix {
            "ws" => format!("workspace WHERE id = {mine}"),
            // Webhooks belong to nobody until their elements are told apart.
            "webhook" => "ledger".to_owned(),
            "element" => format!("inbound_element WHERE outcome = 'QUARANTINED' AND workspace_id = {mine}"),
            _ => format!("{} WHERE workspace_id = {mine}", table(prefix)),
        };
        ids.insert(prefix.to_owned(), public(&db, prefix, &format!("SELECT id FROM {from} LIMIT 1")).await);
    }
    db.close().await.unwrap();
    ids
}

async fn rate_the_answer(hub: &Hub) {
    let scope = hub.scope();
    let answer = scope.find::<entity::message::Entity>().filter(entity::message::Column::Author.eq("BOT"));
    let answer = answer.one(scope.reader()).await.unwrap().expect("an answer");
    let document = scope.find::<entity::document::Entity>().one(scope.reader()).await.unwrap().expect("one");
    let correction = Correction {
        question: None,
        wrong: "much".into(),
        answer: "something else".into(),
        documents: vec![domain::id::DocumentId(document.id)],
    };
    let message = domain::id::MessageId(answer.id);
    let rated = feedback::rate(&hub.env, &hub.actor, message, Rating::Down, Some(&correction));
    rated.await.expect("it is rated");
}

async fn run_a_workflow(hub: &Hub, conversation: domain::id::ConversationId) {
    use domain::workflow::command::{self, New};
    let draft = json!({"start": "end", "steps": [{"id": "end", "kind": "END"}]});
    let draft = Ok(serde_json::from_value(draft).expect("a definition"));
    let new = New { key: "w".into(), name: "w", draft };
    let (id, _) = command::create(&hub.env, &hub.actor, new).await.expect("a workflow");
    command::publish(&hub.env, &hub.actor, id, None, None).await.expect("a version");
    let started = domain::workflow::live::command::start(&hub.env, &hub.actor, id, conversation, Vec::new());
    started.await.expect("a run");
}

fn table(prefix: &str) -> &str {
    match prefix {
        "token" => "api_token",
        "conv" => "conversation",
        "wait" => "human_wait",
        "msg" => "message",
        "doc" => "document",
        "docver" => "document_version",
        "wfver" => "workflow_version",
        "run" => "workflow_run",
        "ticket" => "training_ticket",
        same => same,
    }
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

/// So many ids of each of these types that exist nowhere.
pub fn random<P: AsRef<str>>(of_each: usize, prefixes: &[P]) -> impl Iterator<Item = String> {
    prefixes.iter().flat_map(move |prefix| (0..of_each).map(move |_| one(prefix.as_ref())))
}

/// An id that exists nowhere.
pub fn one(prefix: &str) -> String {
    format!("{prefix}_{}", digits(&mut rand::rng()))
}

/// Texts that are no id at all.
pub fn junk() -> impl Iterator<Item = String> {
    ["", "conv_", "nonsense", "conv_8zzzzzzzzzzzzzzzzzzzzzzzzz", "ＣＯＮＶ_1"].into_iter().map(str::to_owned)
}

fn digits(rng: &mut impl Rng) -> String {
    let alphabet: Vec<char> = "0123456789abcdefghjkmnpqrstvwxyz".chars().collect();
    let first = ['0', '1', '2', '3', '4', '5', '6', '7'].choose(rng).copied().unwrap();
    std::iter::once(first).chain((0..25).map(|_| *alphabet.choose(rng).unwrap())).collect()
}
