//! What operators see on `/metrics`: counters that count, and gauges that fall back to zero.

use std::collections::BTreeMap;

use tests::knowledge::QUESTION;
use tests::program::Program;
use tests::wait::until;
use tests::{Hub, Options};

/// The lines of the page by what stands before the value.
async fn page(address: &str) -> Option<BTreeMap<String, f64>> {
    let text = tests::client::http()
        .get(format!("http://{address}/metrics"))
        .send()
        .await
        .ok()?
        .text()
        .await
        .ok()?;
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    Some(
        lines
            .filter_map(|line| line.rsplit_once(' '))
            .filter_map(|(name, value)| Some((name.to_owned(), value.parse().ok()?)))
            .collect(),
    )
}

fn free_address() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_counts_what_happened_and_shows_that_nothing_waits() {
    let mut hub = Hub::with(Options::default()).await;
    hub.stop().await;
    let address = free_address();
    let metrics = ("COLLOQUY_METRICS_ADDR", address.clone());
    let settings: Vec<_> = hub.settings().into_iter().chain([metrics]).collect();
    let _program = Program::start("serve", &settings);
    hub.reopen().await;
    until("the page is there", async || page(&address).await).await;
    let app = hub.number.app.clone();
    until("the webhooks are taken", async || {
        (hub.simulator.post_raw(&app, b"{".to_vec()).await == 200).then_some(())
    })
    .await;
    hub.stored(&hub.says(&hub.customer("Ada"), QUESTION).await).await;
    hub.simulator.wait_for_send(|_| true, tests::wait::LONG).await.expect("the bot answers");
    hub.quiet().await;

    let wanted = [
        (format!("colloquy_webhooks_total{{app=\"{app}\",outcome=\"stored\"}}"), 2.0..f64::MAX),
        ("colloquy_inbound_elements_total{outcome=\"quarantined\"}".into(), 1.0..2.0),
        ("colloquy_inbound_elements_total{outcome=\"applied\"}".into(), 1.0..f64::MAX),
        ("colloquy_sends_total{outcome=\"accepted\"}".into(), 1.0..2.0),
        ("colloquy_ledger_waiting".into(), 0.0..1.0),
        ("colloquy_ledger_lag_seconds".into(), 0.0..1.0),
        ("colloquy_lanes{kind=\"INBOUND\",state=\"IDLE\"}".into(), 1.0..f64::MAX),
        ("colloquy_lanes{kind=\"INBOUND\",state=\"READY\"}".into(), 0.0..1.0),
        ("colloquy_lanes_oldest_seconds{kind=\"DELIVERY\"}".into(), 0.0..1.0),
        ("colloquy_jobs_waiting{queue=\"outside\"}".into(), 0.0..1.0),
        ("colloquy_jobs_oldest_seconds{queue=\"short\"}".into(), 0.0..1.0),
        ("colloquy_jobs_dead{queue=\"upkeep\"}".into(), 0.0..1.0),
        ("colloquy_subscriptions_open".into(), 0.0..1.0),
        ("colloquy_numbers{state=\"CONNECTED\"}".into(), 1.0..2.0),
        ("colloquy_numbers{state=\"NEEDS_REAUTH\"}".into(), 0.0..1.0),
    ];
    // The gauges are looked up every five seconds.
    for (name, range) in wanted {
        let shown = until(&name, async || {
            page(&address).await?.get(&name).copied().filter(|value| range.contains(value))
        });
        shown.await;
    }
    let latency = page(&address).await.unwrap().into_keys().any(|name| {
        name.starts_with("colloquy_request_seconds")
            && name.contains("/webhooks/whatsapp")
            && name.contains("200")
    });
    assert!(latency, "requests are measured");
}
