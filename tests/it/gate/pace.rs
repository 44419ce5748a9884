//! Sends follow Meta's own limits, so that Meta has nothing to refuse.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::widget;
use sea_orm::{ConnectionTrait, Statement};
use tests::Hub;
use tests::wait::until;

use super::{conversations, people_only, sent_and_refused};

/// When the gates are to be looked at next, as stored.
async fn next_release(hub: &Hub) -> Option<DateTime<Utc>> {
    let db = hub.env.database.reader();
    let sql = "SELECT MIN(release_at) AS at FROM send_gate WHERE waiting";
    let row =
        db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap().unwrap();
    row.try_get("", "at").unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_queue_uses_what_meta_allows_beside_what_comes_in_and_is_never_throttled() {
    const SECONDS: i64 = 20;
    const INBOUND_EVERY_MS: i64 = 250;
    let hub = Hub::with(people_only()).await;
    let ids = conversations(&hub, 30).await;
    hub.simulator
        .script()
        .statuses(false)
        .throughput(Some(20))
        .pair_limit(Some((Duration::from_secs(6), 45)));
    hub.advance(TimeDelta::seconds(10));
    hub.settle().await;
    let start = hub.env.clock.now();
    for round in 0..15 {
        for id in &ids {
            hub.replies(*id, &format!("answer {round}")).await;
        }
    }
    hub.settle().await;
    let passers_by: Vec<_> = (0..8).map(|n| hub.customer(&format!("Passer-by {n}"))).collect();
    let (mut next_inbound, mut inbound) = (start + TimeDelta::milliseconds(INBOUND_EVERY_MS), 0);
    let end = start + TimeDelta::seconds(SECONDS);
    loop {
        let release = next_release(&hub).await.expect("the queue is full");
        let now = release.max(hub.env.clock.now()).min(next_inbound);
        if now >= end {
            break;
        }
        hub.set_clock(now);
        if now == next_inbound {
            hub.says(&passers_by[inbound % passers_by.len()], "what about me?").await;
            inbound += 1;
            next_inbound += TimeDelta::milliseconds(INBOUND_EVERY_MS);
        }
        hub.settle().await;
    }
    let (sent, refused) = sent_and_refused(&hub);
    let allowed = 20 * usize::try_from(SECONDS).unwrap() - inbound;
    println!("{sent} of {allowed} messages in {SECONDS} s, beside {inbound} that came in");
    assert_eq!(refused, 0, "Meta had nothing to refuse");
    assert!(sent * 100 >= allowed * 95, "{sent} of {allowed}");
    assert!(next_release(&hub).await.is_some(), "the queue was full to the end");
    let served = rounds(&hub);
    let (least, most) = (served.values().min().unwrap(), served.values().max().unwrap());
    assert!(served.len() == 30 && most - least <= 2, "everybody in turn: {served:?}");
    drain(&hub, 450).await;
    assert_eq!(sent_and_refused(&hub), (450, 0));
    assert_eq!(rounds(&hub).into_values().collect::<Vec<_>>(), [15; 30]);
    hub.finish().await;
}

/// How many messages each customer got, which came in the order of their thread.
fn rounds(hub: &Hub) -> BTreeMap<String, usize> {
    let mut rounds = BTreeMap::new();
    for sent in hub.simulator.sends() {
        let round: usize = sent.text.trim_start_matches("answer ").parse().unwrap();
        let next: &mut usize = rounds.entry(sent.to.unwrap()).or_default();
        assert_eq!(round, *next, "in the order of the thread");
        *next += 1;
    }
    rounds
}

async fn drain(hub: &Hub, all: usize) {
    let mut steps = 0;
    while sent_and_refused(hub).0 < all {
        let Some(at) = next_release(hub).await else { break };
        hub.set_clock(at.max(hub.env.clock.now()));
        hub.settle().await;
        steps += 1;
        assert!(steps < 200, "only {:?} of {all}", sent_and_refused(hub));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waited_longest_goes_first() {
    let hub = Hub::with(people_only()).await;
    let ids = conversations(&hub, 45).await;
    hub.simulator.script().statuses(false);
    hub.advance(TimeDelta::seconds(10));
    for (n, id) in ids.iter().enumerate() {
        hub.replies(*id, &format!("answer {n}")).await;
        // Let each reach the gate before the next one comes.
        hub.settle().await;
        if n >= 20 {
            hub.advance(TimeDelta::milliseconds(1));
        }
    }
    drain(&hub, 45).await;
    let order: Vec<String> = hub.simulator.sends().into_iter().map(|sent| sent.text).collect();
    let number = |text: &String| text.trim_start_matches("answer ").parse::<usize>().unwrap() / 20;
    assert!(order.iter().map(number).is_sorted(), "twenty by twenty: {order:?}");
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_customer_gets_a_burst_and_then_one_message_in_six_seconds() {
    let hub = Hub::with(people_only()).await;
    let id = conversations(&hub, 1).await[0];
    let meta = hub.simulator.script();
    meta.statuses(false).throughput(Some(20)).pair_limit(Some((Duration::from_secs(6), 45)));
    hub.advance(TimeDelta::seconds(10));
    for n in 0..23 {
        hub.replies(id, &format!("answer {n}")).await;
    }
    until("the burst is out", async || (sent_and_refused(&hub).0 == 20).then_some(())).await;
    hub.advance(TimeDelta::seconds(5));
    hub.settle().await;
    assert_eq!(sent_and_refused(&hub), (20, 0), "not before its time");
    for expected in 21..=23 {
        let step = if expected == 21 { 1 } else { 6 };
        hub.advance(TimeDelta::seconds(step));
        until("the next one is out", async || (sent_and_refused(&hub).0 == expected).then_some(())).await;
        hub.settle().await;
        assert_eq!(sent_and_refused(&hub), (expected, 0));
    }
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_that_is_on_no_phone_may_send_faster() {
    let hub = Hub::with(people_only()).await;
    let per_second = async |on_phone: bool| {
        hub.simulator.script().on_business_app(on_phone);
        widget::reconnect(&hub.env, &hub.actor, hub.widget, None).await.unwrap();
        let health = domain::health::of(&hub.scope(), &[hub.widget]).await.unwrap();
        health[&hub.widget].sending.per_second
    };
    assert_eq!((per_second(false).await, per_second(true).await), (80, 20));
    hub.finish().await;
}
