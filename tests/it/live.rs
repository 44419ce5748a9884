//! Subscriptions over a real socket: catch-up meets live, cursors hold, documents are guarded.

use serde_json::{Value, json};
use tests::socket::Subscriber;
use tests::{Hub, Options};

const EVENTS: &str = "subscription ($after: Cursor) { events(after: $after) { cursor node { __typename } } }";

fn quiet() -> Options {
    Options { bot: false, ..Options::default() }
}

fn position(edge: &Value) -> i64 {
    edge["cursor"]
        .as_str()
        .and_then(|cursor| cursor.rsplit('.').next())
        .and_then(|n| n.parse().ok())
        .expect("a position")
}

/// The next event, signs of progress passed over.
async fn next(subscriber: &mut Subscriber) -> Value {
    loop {
        let mut edge = subscriber.data().await["events"].take();
        if !edge["node"].is_null() {
            return edge.take();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn catch_up_and_live_meet_without_a_gap_or_a_repeat() {
    let hub = Hub::with(quiet()).await;
    let ada = hub.customer("Ada");
    let first = hub.says(&ada, "number 0").await;
    hub.stored(&first).await;
    let head = domain::feed::head(&hub.scope()).await.unwrap();
    let start =
        domain::feed::Cursor { workspace: hub.actor.workspace, generation: head.generation, position: 0 };
    // While others write, a subscriber starts at the very beginning.
    let writing = {
        let (simulator, number, ada) =
            (hub.simulator.clone(), hub.number.phone_number_id.clone(), ada.clone());
        tokio::spawn(async move {
            for n in 1..40 {
                simulator.customer_says(&number, &ada, &format!("number {n}")).await;
                tokio::time::sleep(std::time::Duration::from_millis(8)).await;
            }
        })
    };
    let mut subscriber = Subscriber::open(&hub.client, EVENTS, json!({"after": start.to_string()})).await;
    let mut received = 0;
    let mut last = 0;
    let mut resumed = false;
    while received < 40 {
        let edge = next(&mut subscriber).await;
        assert_eq!(position(&edge), last + 1, "nothing is missed, nothing comes twice");
        last = position(&edge);
        received += i32::from(edge["node"]["__typename"] == "MessageReceived");
        if received == 15 && !resumed {
            // A client that lost its connection goes on from its cursor.
            resumed = true;
            subscriber = Subscriber::open(&hub.client, EVENTS, json!({"after": edge["cursor"]})).await;
        }
    }
    writing.await.unwrap();
    drop(subscriber);
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cursor_that_cannot_be_followed_ends_with_resync_required() {
    let hub = Hub::with(quiet()).await;
    let head = domain::feed::head(&hub.scope()).await.unwrap();
    let good = domain::feed::Cursor {
        workspace: hub.actor.workspace,
        generation: head.generation,
        position: head.last,
    };
    let future = domain::feed::Cursor { position: head.last + 5, ..good };
    let reborn = domain::feed::Cursor { generation: uuid::Uuid::new_v4(), ..good };
    let foreign = domain::feed::Cursor { workspace: domain::id::WorkspaceId::new(), ..good };
    for cursor in [future.to_string(), reborn.to_string(), foreign.to_string(), "garbage".into()] {
        let mut subscriber = Subscriber::open(&hub.client, EVENTS, json!({"after": cursor})).await;
        let message = subscriber.receive().await;
        assert!(message.to_string().contains("RESYNC_REQUIRED"), "{cursor}: {message}");
    }
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn documents_beyond_the_limits_are_refused_on_every_way_in_and_the_server_lives() {
    let hub = Hub::with(quiet()).await;
    let nested = format!("{{ a(x: {}{}) }}", "[".repeat(1_500), "]".repeat(1_500));
    let objects = format!("{{ a(x: {}1{}) }}", "{a:".repeat(1_500), "}".repeat(1_500));
    let defaults = format!("query ($v: [Int] = {}{}) {{ __typename }}", "[".repeat(1_500), "]".repeat(1_500));
    let fragments = doubling(22);
    for document in [nested, objects, defaults, fragments] {
        let answer = tests::client::http()
            .post(format!("{}/graphql", hub.client.base))
            .bearer_auth(&hub.client.token)
            .json(&json!({"query": document}))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 400);
        let body: Value = answer.json().await.unwrap();
        assert_eq!(body["errors"][0]["extensions"]["code"], "QUERY_TOO_EXPENSIVE", "{body}");
        let mut subscriber = Subscriber::open(&hub.client, &document, json!({})).await;
        let refusal = subscriber.receive().await;
        assert_eq!(
            (&refusal["type"], &refusal["payload"][0]["extensions"]["code"]),
            (&json!("error"), &json!("QUERY_TOO_EXPENSIVE"))
        );
    }
    assert!(hub.client.data("{ workspace { id } }", json!({})).await["workspace"]["id"].is_string());
    hub.finish().await;
}

/// Fragments that each spread the next one twice.
fn doubling(levels: usize) -> String {
    let mut document = "{ ...F1 ...F1 }".to_owned();
    for level in 1..levels {
        document += &format!(" fragment F{level} on Query {{ ...F{next} ...F{next} }}", next = level + 1);
    }
    document + &format!(" fragment F{levels} on Query {{ __typename }}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_valid_token_nothing_is_told() {
    let hub = Hub::with(quiet()).await;
    let url = format!("{}/graphql", hub.client.base);
    let ask = json!({"query": "{ workspace { id } }"});
    for request in
        [tests::client::http().post(&url), tests::client::http().post(&url).bearer_auth("clq_wrong")]
    {
        let answer = request.json(&ask).send().await.unwrap();
        assert_eq!(answer.status(), 401);
        let body: Value = answer.json().await.unwrap();
        assert_eq!(body["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "{body}");
    }
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revoked_token_ends_its_streams() {
    let hub = Hub::with(quiet()).await;
    let mut subscriber = Subscriber::open(&hub.client, EVENTS, json!({})).await;
    domain::token::revoke(&hub.env, &hub.actor, hub.actor.token.unwrap()).await.unwrap();
    let code = subscriber.closed().await;
    assert_eq!(code, 4403);
    let answer = hub.client.send("{ workspace { id } }", json!({})).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    hub.finish().await;
}
