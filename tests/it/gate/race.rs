//! Calls that were on their way when something closed or was mended: what they bring is old news.

use std::time::Duration;

use chrono::TimeDelta;
use domain::id::ConversationId;
use simulator::Fault;
use tests::knowledge::QUESTION;
use tests::wait::until;
use tests::{Hub, Options};

use super::{conversations, people_only, sent_and_refused};

/// Waits until so many sends reached Meta, be they refused.
async fn tried(hub: &Hub, number: usize) {
    until(&format!("{number} sends reach Meta"), async || {
        (hub.simulator.sends().len() == number).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_send_that_began_before_a_throttle_does_not_end_it() {
    let hub = Hub::with(people_only()).await;
    let ids = conversations(&hub, 3).await;
    hub.simulator.script().statuses(false);
    hub.simulator.hold_sends();
    hub.replies(ids[0], "slow").await;
    tried(&hub, 1).await;
    hub.simulator.script().fail_next(1, Fault::throttled().retry_after(60));
    hub.replies(ids[1], "refused").await;
    hub.stand(ids[1], &[("QUEUED", 1)]).await;
    hub.simulator.release_sends();
    hub.stand(ids[0], &[("SENT", 1)]).await;
    hub.settle().await;
    hub.replies(ids[2], "another").await;
    hub.settle().await;
    assert_eq!(sent_and_refused(&hub), (1, 1), "a minute of rest, and it has just begun");
    hub.advance(TimeDelta::seconds(61));
    hub.settle().await;
    assert_eq!(sent_and_refused(&hub), (3, 1));
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_later_refusal_does_not_shorten_the_pause_but_may_prolong_it() {
    let hub = Hub::with(people_only()).await;
    let ids = conversations(&hub, 3).await;
    hub.simulator
        .script()
        .statuses(false)
        .answer_delay(Duration::from_millis(1_500))
        .fail_next(1, Fault::throttled().retry_after(20))
        .fail_next(1, Fault::throttled().retry_after(1))
        .fail_next(1, Fault::throttled().retry_after(40));
    for (n, id) in ids.iter().enumerate() {
        hub.replies(*id, "hello").await;
        tried(&hub, n + 1).await;
    }
    for id in &ids {
        hub.stand(*id, &[("QUEUED", 1)]).await;
    }
    for seconds in [5, 30] {
        hub.advance(TimeDelta::seconds(seconds));
        hub.settle().await;
        assert_eq!(sent_and_refused(&hub), (0, 3), "40 s were asked for, and fewer are over");
    }
    hub.simulator.script().answer_delay(Duration::ZERO);
    hub.advance(TimeDelta::seconds(6));
    hub.settle().await;
    assert_eq!(sent_and_refused(&hub), (3, 3));
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lanes_before_two_gates_do_not_go_in_a_circle() {
    let hub = Hub::with(people_only()).await;
    let ids = conversations(&hub, 8).await;
    hub.simulator
        .script()
        .statuses(false)
        .answer_delay(Duration::from_secs(4))
        .fail_next(1, Fault::account_throttled().retry_after(8));
    hub.replies(ids[0], "slow").await;
    tried(&hub, 1).await;
    let script = hub.simulator.script();
    script.answer_delay(Duration::ZERO).fail_next(1, Fault::throttled().retry_after(7));
    hub.replies(ids[1], "throttled").await;
    hub.stand(ids[1], &[("QUEUED", 1)]).await;
    for id in &ids[2..] {
        hub.replies(*id, "waits").await;
    }
    hub.stand(ids[0], &[("QUEUED", 1)]).await;
    hub.settle().await;
    // Both rest, with lanes before each; from now on Meta takes everything.
    for _ in 0..20 {
        hub.advance(TimeDelta::seconds(1));
        hub.settle().await;
    }
    assert_eq!(sent_and_refused(&hub), (8, 2));
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bot_message_is_not_sent_after_its_ten_minutes_whoever_comes_first() {
    let hub = Hub::with(Options { movable_clock: true, ..Options::default() }).await;
    // All of them may be on the wire before the first refusal closes the gate.
    hub.simulator.script().statuses(false).fail_next(5, Fault::throttled().retry_after(660));
    let mut ids = Vec::new();
    for n in 0..5 {
        let wamid = hub.says(&hub.customer(&format!("Ada {n}")), QUESTION).await;
        ids.push(ConversationId(hub.stored(&wamid).await.conversation_id));
    }
    for id in &ids {
        let is_queued = async || hub.states(*id).await.first().is_some_and(|(state, _)| state == "QUEUED");
        until("it is queued", async || is_queued().await.then_some(())).await;
    }
    hub.settle().await;
    // As after a process that was down: the gate opens and the ten minutes end with the same look.
    hub.advance(TimeDelta::minutes(15));
    hub.settle().await;
    for id in &ids {
        assert_eq!(hub.states(*id).await[0].0, "CANCELLED");
        assert_eq!(hub.wait_reasons(*id).await, ["CHANNEL_UNAVAILABLE"]);
    }
    assert_eq!(sent_and_refused(&hub).0, 0, "nobody wants an answer of a quarter of an hour ago");
    hub.finish().await;
}
