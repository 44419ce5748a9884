//! Webhooks that got their 200: signed, over real HTTP, each a row that survives a power cut.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use domain::database::Durability;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;
use tests::{Hub, Options};

use crate::{CONNECTIONS, MANY, Sample};

/// A body with one message of one of 200 customers.
pub fn body(hub: &Hub, n: usize) -> Vec<u8> {
    let phone = format!("88697{:07}", n % 200);
    let now = hub.env.clock.now().timestamp();
    let message = json!({"from": phone, "id": format!("wamid.BENCH{n:08}"), "timestamp": now.to_string(), "type": "text",
        "text": {"body": "Is the shop open on Sunday?"}});
    let contact = json!({"profile": {"name": "Bench"}, "wa_id": phone});
    hub.webhook("messages", json!({"contacts": [contact], "messages": [message]}))
}

pub async fn run() -> Sample {
    let hub = Hub::with(Options { bot: false, durability: Durability::PowerCut, ..Options::default() }).await;
    let bodies: Arc<Vec<Vec<u8>>> = Arc::new((0..MANY).map(|n| body(&hub, n)).collect());
    let next = Arc::new(AtomicUsize::new(0));
    let began = Instant::now();
    let posters: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let (meta, app) = (hub.simulator.clone(), hub.number.app.clone());
            let (bodies, next) = (bodies.clone(), next.clone());
            tokio::spawn(async move {
                let mut each = Vec::new();
                while let Some(body) = bodies.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let began = Instant::now();
                    assert_eq!(meta.post_raw(&app, body.clone()).await, 200);
                    each.push(began.elapsed());
                }
                each
            })
        })
        .collect();
    let mut each: Vec<Duration> = Vec::new();
    for poster in posters {
        each.extend(poster.await.expect("a poster"));
    }
    let total = began.elapsed();
    nothing_was_lost(&hub, MANY).await;
    hub.finish().await;
    Sample { each, total }
}

/// Every body became one message.
pub async fn nothing_was_lost(hub: &Hub, wanted: usize) {
    let db = hub.env.database.reader();
    let sql = "SELECT COUNT(*) AS n FROM message WHERE author = 'CUSTOMER'";
    let began = Instant::now();
    loop {
        let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await;
        let n: i64 = row.expect("the database answers").expect("a row").try_get("", "n").expect("a number");
        if n == wanted as i64 {
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(300), "{n} of {wanted} messages are there");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
