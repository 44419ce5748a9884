//! Streams of events: each workspace has a feed of its own, and only that one is told of.

use serde_json::{Value, json};
use tests::socket::Subscriber;
use tests::{Hub, Options, hub};

use super::{ids, stranger};

/// Both streams that need no id, with the name of their field.
const STREAMS: [(&str, &str); 2] = [
    ("events", "subscription ($after: Cursor) { events(after: $after) { cursor node { __typename } } }"),
    (
        "conversationChanged",
        "subscription ($after: Cursor) { conversationChanged(after: $after) { cursor node { id } event { __typename } } }",
    ),
];

const HERE: &str = "{ workspace { eventCursor } }";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_that_was_open_before_tells_a_stranger_nothing_of_what_happens_elsewhere() {
    let hub = Hub::start().await;
    let other = stranger(&hub).await;
    let theirs_before = hub.client.data(HERE, json!({})).await;
    let before = other.data(HERE, json!({})).await["workspace"]["eventCursor"].take();
    let mut streams = Vec::new();
    for (field, query) in STREAMS {
        let mut stream = Subscriber::open(&other, query, json!({})).await;
        // Only the first sign of progress proves that it is open.
        assert_eq!(stream.data().await[field]["cursor"], before);
        streams.push(tokio::spawn(until_it_moves(stream, field, before.clone())));
    }
    ids::everything(&hub).await;
    assert_ne!(hub.client.data(HERE, json!({})).await, theirs_before, "a lot happened over there");
    assert_eq!(other.data(HERE, json!({})).await["workspace"]["eventCursor"], before, "and nothing here");
    // What the stranger does itself is the first thing that its streams tell of.
    let actor = domain::token::authenticate(&hub.env, &other.token).await.unwrap().unwrap();
    let number = hub::unique_number("http://127.0.0.1:1/unused");
    hub.simulator.add_number(number.clone());
    hub::link(&hub.env, &actor, &number, &Options { bot: false, ..Options::default() }).await;
    let mut streams = streams.into_iter();
    let first = streams.next().unwrap().await.unwrap();
    assert!(
        ["ChannelChanged", "WidgetChanged"]
            .contains(&first["node"]["__typename"].as_str().unwrap_or_default()),
        "{first}"
    );
    // It has no conversation, so its other stream goes on without an event.
    let passed = streams.next().unwrap().await.unwrap();
    assert_eq!((&passed["node"], &passed["event"]), (&Value::Null, &Value::Null), "{passed}");
    hub.finish().await;
}

/// Reads signs of progress, which must all stand still, until the stream goes on; gives back that edge.
async fn until_it_moves(mut stream: Subscriber, field: &str, before: Value) -> Value {
    loop {
        let edge = stream.data().await[field].take();
        if edge["cursor"] != before {
            return edge;
        }
        assert_eq!((&edge["node"], &edge["event"]), (&Value::Null, &Value::Null), "{edge}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cursor_of_another_workspace_is_refused() {
    let hub = Hub::start().await;
    let other = stranger(&hub).await;
    let cursor = hub.client.data(HERE, json!({})).await["workspace"]["eventCursor"].take();
    for (field, query) in STREAMS {
        let mut stream = Subscriber::open(&other, query, json!({"after": cursor})).await;
        let answer = stream.receive().await;
        assert!(answer["payload"]["data"][field].is_null(), "{answer}");
        assert!(answer["payload"].to_string().contains("RESYNC_REQUIRED"), "{answer}");
        // Its owner may follow it.
        let mut stream = Subscriber::open(&hub.client, query, json!({"after": cursor})).await;
        assert_eq!(stream.data().await[field]["cursor"], cursor);
    }
    hub.finish().await;
}
