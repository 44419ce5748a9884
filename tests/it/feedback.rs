//! What members think of answers, and what the bot learns from it.

use domain::document::{Kind, NewDocument, NewVersion};
use domain::id::{ConversationId, MessageId};
use domain::training;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use tests::client::Client;
use tests::knowledge::{QUESTION, SHIPPING};
use tests::socket::Subscriber;
use tests::{Hub, Options};

const TICKET: &str = "id state question wrong answer failure message { id } member { name } \
                      documents { document { id title } version { number active text } }";
const RIGHT: &str = "Shipping inside the country is free since May.";

/// A customer's question, and the bot's answer to it.
async fn answered(hub: &Hub, name: &str) -> (ConversationId, String) {
    let asked = hub.stored(&hub.says(&hub.customer(name), QUESTION).await).await;
    let conversation = ConversationId(asked.conversation_id);
    hub.settle().await;
    let query = "query ($id: ID!) { node(id: $id) { ... on Conversation { messages { nodes { id text author { kind } } } } } }";
    let shown = hub.client.data(query, json!({"id": conversation.to_string()})).await;
    let answer = &shown["node"]["messages"]["nodes"][1];
    assert_eq!(answer["author"]["kind"], "BOT", "{shown}");
    (conversation, answer["id"].as_str().unwrap().to_owned())
}

async fn document(client: &Client, kind: &str) -> String {
    let all = client.data("{ documents { nodes { id kind } } }", json!({})).await;
    let nodes = all["documents"]["nodes"].as_array().unwrap();
    nodes.iter().find(|node| node["kind"] == kind).unwrap()["id"].as_str().unwrap().to_owned()
}

async fn tickets(client: &Client, states: Value) -> Vec<Value> {
    let query = format!(
        "query ($states: [TrainingTicketState!]) {{ trainingTickets(states: $states) {{ nodes {{ {TICKET} }} }} }}"
    );
    let data = client.data(&query, json!({"states": states})).await;
    data["trainingTickets"]["nodes"].as_array().unwrap().clone()
}

async fn becomes(client: &Client, id: &Value, state: &str) -> Value {
    let query = format!("query ($id: ID!) {{ node(id: $id) {{ ... on TrainingTicket {{ {TICKET} }} }} }}");
    tests::wait::until(state, async || {
        let shown = client.data(&query, json!({"id": id})).await["node"].take();
        (shown["state"] == state).then_some(shown)
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_bot_learns_the_right_answer_from_a_bad_rating() {
    let hub = Hub::start().await;
    let (_, answer) = answered(&hub, "Ada").await;
    let faq = document(&hub.client, "FAQ").await;
    let down = json!({"messageId": answer, "rating": "DOWN", "wrong": " It is free now. ", "answer": RIGHT, "documentIds": [faq, faq]});
    let pick = format!(
        "feedback {{ rating member {{ name }} message {{ feedback {{ rating }} }} }} ticket {{ {TICKET} }} eventCursor"
    );
    let rated = hub.client.mutate("messageRate", down, &pick).await;
    let feedback =
        json!({"rating": "DOWN", "member": {"name": "Owner"}, "message": {"feedback": [{"rating": "DOWN"}]}});
    assert_eq!(rated["feedback"], feedback);
    let ticket = &rated["ticket"];
    assert_eq!((&ticket["state"], &ticket["question"]), (&json!("PENDING"), &json!(QUESTION)));
    assert_eq!((&ticket["wrong"], &ticket["answer"]), (&json!("It is free now."), &json!(RIGHT)));
    assert_eq!(ticket["documents"], json!([{"document": {"id": faq, "title": "Faq"}, "version": null}]));
    assert_eq!(tickets(&hub.client, json!(["PENDING"])).await, std::slice::from_ref(ticket));

    let train = json!({"ticketId": ticket["id"]});
    let trained = hub.client.mutate("trainingTicketTrain", train.clone(), "ticket { state }").await;
    assert!(["TRAINING", "TRAINED"].contains(&trained["ticket"]["state"].as_str().unwrap()), "{trained}");
    let done = becomes(&hub.client, &ticket["id"], "TRAINED").await;
    let version = &done["documents"][0]["version"];
    assert_eq!((&version["number"], &version["active"]), (&json!(2), &json!(true)));
    let text = version["text"].as_str().unwrap();
    assert!(
        text.ends_with(&format!("# {QUESTION}\n\n~~~\n{RIGHT}\n~~~\n")) && text.contains(SHIPPING),
        "{text}"
    );
    // The next customer gets it.
    let (conversation, _) = answered(&hub, "Bo").await;
    let query = "query ($id: ID!) { node(id: $id) { ... on Conversation { messages { nodes { text } } } } }";
    let shown = hub.client.data(query, json!({"id": conversation.to_string()})).await;
    assert_eq!(shown["node"]["messages"]["nodes"][1]["text"], RIGHT);

    for (mutation, input) in [
        ("trainingTicketTrain", train.clone()),
        ("trainingTicketUpdate", json!({"ticketId": ticket["id"], "answer": "another"})),
    ] {
        let (_, errors) = hub.client.attempt(mutation, input, "ticket { state }").await;
        assert_eq!(errors[0]["code"], "INVALID_TRANSITION", "{mutation}");
    }
    // What it learned stays when the rating goes.
    let withdraw = json!({"messageId": answer});
    let gone = hub.client.mutate("messageRatingWithdraw", withdraw, "message { feedback { rating } }").await;
    assert_eq!(gone["message"]["feedback"], json!([]));
    assert_eq!(tickets(&hub.client, json!([])).await.len(), 1);
    let deleted = hub.client.mutate("trainingTicketDelete", train, "deletedTicketId").await;
    assert_eq!(deleted["deletedTicketId"], ticket["id"]);
    assert_eq!(tickets(&hub.client, json!(null)).await, Vec::<Value>::new());
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_waiting_ticket_follows_its_rating() {
    let hub = Hub::start().await;
    let (_, answer) = answered(&hub, "Ada").await;
    let (faq, company) = (document(&hub.client, "FAQ").await, document(&hub.client, "COMPANY").await);
    let query = "subscription { events(filter: { kinds: [MESSAGE_RATED, TRAINING_TICKET_CHANGED] }) { node { __typename \
                 ... on MessageRated { rating member { name } } ... on TrainingTicketChanged { to ticket { answer } } } } }";
    let mut events = Subscriber::open(&hub.client, query, json!({})).await;
    let down = |answer_now: &str, document: &str| json!({"messageId": answer, "rating": "DOWN", "wrong": "no", "answer": answer_now, "documentIds": [document]});
    let pick = "feedback { rating } ticket { id answer documents { document { id } } }";
    let first = hub.client.mutate("messageRate", down("one", &faq), pick).await;
    let second = hub.client.mutate("messageRate", down("two", &company), pick).await;
    assert_eq!(first["ticket"]["id"], second["ticket"]["id"]);
    assert_eq!(second["ticket"]["documents"], json!([{"document": {"id": company}}]));
    let up = hub.client.mutate("messageRate", json!({"messageId": answer, "rating": "UP"}), pick).await;
    assert_eq!((&up["feedback"]["rating"], &up["ticket"]), (&json!("UP"), &Value::Null));
    assert_eq!(tickets(&hub.client, json!([])).await, Vec::<Value>::new());
    hub.client.mutate("messageRatingWithdraw", json!({"messageId": answer}), "message { id }").await;
    let again = json!({"messageId": answer});
    let nothing = hub.client.mutate("messageRatingWithdraw", again, "message { id } eventCursor").await;
    assert_eq!(nothing["eventCursor"], Value::Null);
    let mut told = Vec::new();
    while told.len() < 6 {
        let node = events.data().await["events"]["node"].take();
        if !node.is_null() {
            told.push(node);
        }
    }
    let owner = json!({"name": "Owner"});
    let rated = |rating: Value| json!({"__typename": "MessageRated", "rating": rating, "member": owner});
    let changed = |to: Value| json!({"__typename": "TrainingTicketChanged", "to": to, "ticket": null});
    for event in &mut told {
        // It shows what the ticket is now, which is gone or not yet.
        if event["__typename"] == "TrainingTicketChanged" {
            event["ticket"] = Value::Null;
        }
    }
    let expected = [
        changed(json!("PENDING")),
        rated(json!("DOWN")),
        changed(json!("PENDING")),
        changed(Value::Null),
        rated(json!("UP")),
        rated(Value::Null),
    ];
    assert_eq!(told, expected);
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_rated_or_taught_is_refused_with_what_to_do() {
    let hub = Hub::start().await;
    let (conversation, answer) = answered(&hub, "Ada").await;
    let faq = document(&hub.client, "FAQ").await;
    let query = "query ($id: ID!) { node(id: $id) { ... on Conversation { messages { nodes { id } } } } }";
    let shown = hub.client.data(query, json!({"id": conversation.to_string()})).await;
    let question = shown["node"]["messages"]["nodes"][0]["id"].clone();
    let long = "x".repeat(801);
    let refused = [
        (json!({"messageId": question, "rating": "UP"}), "CANNOT_BE_RATED", "only what the bot"),
        (json!({"messageId": answer, "rating": "DOWN"}), "INVALID_INPUT", "say what is wrong"),
        (json!({"messageId": answer, "rating": "UP", "wrong": "x"}), "INVALID_INPUT", "takes no correction"),
        (
            json!({"messageId": answer, "rating": "DOWN", "wrong": "x", "answer": "y"}),
            "INVALID_INPUT",
            "name the documents",
        ),
        (
            json!({"messageId": answer, "rating": "DOWN", "wrong": " ", "answer": "y", "documentIds": [faq]}),
            "INVALID_INPUT",
            "1 to 2000",
        ),
        (
            json!({"messageId": answer, "rating": "DOWN", "wrong": "x", "answer": long, "documentIds": [faq]}),
            "INVALID_INPUT",
            "801",
        ),
        (
            json!({"messageId": answer, "rating": "DOWN", "wrong": "x", "answer": "Is it free?\nYes.", "documentIds": [faq]}),
            "INVALID_INPUT",
            "reads like a question",
        ),
    ];
    for (input, code, message) in refused {
        let (_, errors) = hub.client.attempt("messageRate", input.clone(), "feedback { rating }").await;
        let told = errors[0]["message"].as_str().unwrap_or_default();
        assert!(errors[0]["code"] == code && told.contains(message), "{input}: {errors:?}");
    }
    assert_eq!(tickets(&hub.client, json!([])).await, Vec::<Value>::new(), "a refusal leaves nothing");
    hub.finish().await;
}

/// A ticket that was being taught when the member rated again, and failed then: both go with the rating.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_ticket_outlives_its_rating_but_what_was_taught() {
    let hub = Hub::start().await;
    let (_, answer) = answered(&hub, "Ada").await;
    let faq = document(&hub.client, "FAQ").await;
    let down =
        json!({"messageId": answer, "rating": "DOWN", "wrong": "no", "answer": "yes", "documentIds": [faq]});
    let db = hub.env.database.writer();
    for state in ["TRAINING", "FAILED"] {
        hub.client.mutate("messageRate", down.clone(), "ticket { id }").await;
        db.execute_unprepared(&format!("UPDATE training_ticket SET state = '{state}'")).await.unwrap();
    }
    assert_eq!(tickets(&hub.client, json!(["FAILED"])).await.len(), 2);
    let third = hub.client.mutate("messageRate", down, "ticket { id state }").await;
    let left = tickets(&hub.client, json!([])).await;
    assert_eq!((left.len(), &left[0]["id"]), (1, &third["ticket"]["id"]), "the newest goes on");
    hub.client.mutate("messageRatingWithdraw", json!({"messageId": answer}), "message { id }").await;
    assert_eq!(tickets(&hub.client, json!([])).await, Vec::<Value>::new());
    hub.finish().await;
}

/// A document that cannot take it fails the ticket and leaves every document as it was; mended, it is taught.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ticket_that_failed_says_why_and_can_be_tried_again() {
    let hub = Hub::start().await;
    let faq = document(&hub.client, "FAQ").await;
    // It takes no more.
    let version = NewVersion { language: "en".into(), text: "word ".repeat(209_715) };
    let full = NewDocument { kind: Kind::Other, title: "A full one".into(), version };
    let (full, version, _) = domain::document::create(&hub.env, &hub.actor, &full).await.unwrap();
    let new = json!({"question": "When do you\nopen?", "answer": "At nine.", "documentIds": [full.to_string(), faq]});
    let ticket = hub.client.mutate("trainingTicketCreate", new, &format!("ticket {{ {TICKET} }}")).await;
    let id = &ticket["ticket"]["id"];
    assert_eq!(
        (&ticket["ticket"]["question"], &ticket["ticket"]["wrong"]),
        (&json!("When do you open?"), &Value::Null)
    );
    let train = json!({"ticketId": id});
    hub.client.mutate("trainingTicketTrain", train.clone(), "ticket { id }").await;
    let failed = becomes(&hub.client, id, "FAILED").await;
    assert!(
        failed["failure"].as_str().unwrap().contains("A full one has no active version: activate one"),
        "{failed}"
    );
    domain::document::activate(&hub.env, &hub.actor, version).await.unwrap();
    hub.client.mutate("trainingTicketTrain", train.clone(), "ticket { id }").await;
    let failed = becomes(&hub.client, id, "FAILED").await;
    assert!(
        failed["failure"].as_str().unwrap().contains("A full one cannot take it"),
        "{}",
        failed["failure"]
    );
    let versions = "query ($id: ID!) { node(id: $id) { ... on Document { activeVersion { number } } } }";
    let of = hub.client.data(versions, json!({"id": faq})).await;
    assert_eq!(of["node"]["activeVersion"]["number"], 1, "all of them or none");
    let update = json!({"ticketId": id, "documentIds": [faq]});
    let mended = hub.client.mutate("trainingTicketUpdate", update, "ticket { state failure }").await;
    assert_eq!(mended["ticket"], json!({"state": "PENDING", "failure": null}));
    hub.client.mutate("trainingTicketTrain", train, "ticket { id }").await;
    let done = becomes(&hub.client, id, "TRAINED").await;
    assert_eq!(done["documents"][0]["version"]["number"], 2);
    hub.finish().await;
}

/// The job of a ticket that was being taught was lost with its process: the ticker finds it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ticket_whose_job_was_lost_is_taught_all_the_same() {
    let hub = Hub::start().await;
    let faq = document(&hub.client, "FAQ").await;
    let new = json!({"question": "When do you open?", "answer": "At nine.", "documentIds": [faq]});
    let ticket = hub.client.mutate("trainingTicketCreate", new, "ticket { id }").await;
    let db = hub.env.database.writer();
    db.execute_unprepared(
        "UPDATE training_ticket SET state = 'TRAINING', changed_at = '2020-01-01T00:00:00+00:00'",
    )
    .await
    .unwrap();
    becomes(&hub.client, &ticket["ticket"]["id"], "TRAINED").await;
    // Twice, late: nothing more happens.
    let id = ticket["ticket"]["id"].as_str().unwrap().parse().unwrap();
    training::teach(&hub.env, hub.actor.workspace, id).await.unwrap();
    let versions = "query ($id: ID!) { node(id: $id) { ... on Document { versions { nodes { number } } } } }";
    let of = hub.client.data(versions, json!({"id": faq})).await;
    assert_eq!(of["node"]["versions"]["nodes"].as_array().unwrap().len(), 2);
    hub.finish().await;
}

/// Everybody may rate; what the bot says is for administrators to decide. Two members have a rating each.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn plain_members_rate_and_administrators_teach() {
    let hub = Hub::with(Options::default()).await;
    let (_, answer) = answered(&hub, "Ada").await;
    let message: MessageId = answer.parse().unwrap();
    let member = hub.colleague("Bo").await;
    let (env, documents) = (&hub.env, vec![document(&hub.client, "FAQ").await.parse().unwrap()]);
    let correction = domain::feedback::Correction {
        question: None,
        wrong: "It is free".into(),
        answer: RIGHT.into(),
        documents: documents.clone(),
    };
    let down = domain::feedback::Rating::Down;
    let rated = domain::feedback::rate(env, &member, message, down, Some(&correction)).await.unwrap();
    domain::feedback::rate(env, &hub.actor, message, domain::feedback::Rating::Up, None).await.unwrap();
    let query = "query ($id: ID!) { node(id: $id) { ... on Message { feedback { rating } } } }";
    let shown = hub.client.data(query, json!({"id": answer})).await;
    assert_eq!(shown["node"]["feedback"], json!([{"rating": "DOWN"}, {"rating": "UP"}]));
    let ticket = rated.1.expect("a ticket");
    let new = training::New { question: "q".into(), answer: "a".into(), documents };
    let denied = [
        training::train(env, &member, ticket).await.map(drop),
        training::update(env, &member, ticket, &training::Changes::default()).await.map(drop),
        training::delete(env, &member, ticket).await.map(drop),
        training::create(env, &member, &new).await.map(drop),
    ];
    assert!(denied.iter().all(|denied| matches!(denied, Err(domain::Error::Denied))), "{denied:?}");
    hub.finish().await;
}
