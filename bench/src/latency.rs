//! From Meta's POST to a subscriber's screen: one message at a time, over HTTP in and a socket out.

use std::time::Instant;

use domain::database::Durability;
use serde_json::json;
use tests::socket::Subscriber;
use tests::{Hub, Options};

use crate::{Sample, line, webhooks};

const MESSAGES: usize = 300;

pub async fn run() {
    let hub = Hub::with(Options { bot: false, durability: Durability::PowerCut, ..Options::default() }).await;
    let query = "subscription { events(filter: {kinds: [MESSAGE_RECEIVED]}) { node { __typename } } }";
    let mut subscriber = Subscriber::open(&hub.client, query, json!({})).await;
    let mut each = Vec::new();
    let whole = Instant::now();
    for n in 0..MESSAGES {
        let body = webhooks::body(&hub, n);
        let began = Instant::now();
        assert_eq!(hub.simulator.post_raw(&hub.number.app, body).await, 200);
        while subscriber.data().await["events"]["node"].is_null() {}
        each.push(began.elapsed());
    }
    let sample = Sample { each, total: whole.elapsed() };
    webhooks::nothing_was_lost(&hub, MESSAGES).await;
    drop(subscriber);
    hub.finish().await;
    line("message in -> subscriber, one at a time", &sample.percentiles());
}
