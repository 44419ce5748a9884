use chrono::{DateTime, TimeDelta, Utc};
use simulator::{Delay, Fault, Outage, Outcome, Simulator};

use crate::{
    caller::{client, error, get, request, send, text},
    receiver::{LONG, NUMBER, SECOND, WABA, pair},
};

#[tokio::test]
async fn a_scripted_error_comes_as_often_as_ordered() {
    let (simulator, _receiver) = pair().await;
    simulator.script().fail_next(2, Fault::throttled().retry_after(3)).fail_next(1, Fault::transient());
    for code in [130_429, 130_429, 131_016] {
        let response = send(&simulator, &text("x", "r")).await;
        assert_eq!(response.headers().contains_key("retry-after"), code == 130_429);
        assert_eq!(error(response).await.1["code"], code);
    }
    assert_eq!(send(&simulator, &text("x", "r")).await.status(), 200);
    let outcomes: Vec<_> = simulator.sends().iter().map(|sent| sent.outcome).collect();
    let throttled = Outcome::Refused(130_429);
    assert_eq!(outcomes, [throttled, throttled, Outcome::Refused(131_016), Outcome::Accepted]);
}

#[tokio::test]
async fn a_dropped_answer_and_a_lying_error_still_deliver() {
    let (simulator, receiver) = pair().await;
    simulator.script().drop_next(1).fail_next(1, Fault::unknown().after_accept());
    // The first call uses up both: the cut wins over the error.
    let failure = request(&simulator, &text("one", "r1")).send().await.unwrap_err();
    assert!(!failure.is_connect(), "the request had been written");
    assert_eq!(send(&simulator, &text("two", "r2")).await.status(), 200);
    simulator.script().fail_next(1, Fault::unknown().after_accept());
    let (status, fault) = error(send(&simulator, &text("three", "r3")).await).await;
    assert_eq!((status, fault["code"].as_i64()), (500, Some(131_000)));
    let outcomes: Vec<_> = simulator.sends().iter().map(|sent| sent.outcome).collect();
    assert_eq!(outcomes, [Outcome::DroppedAfterAccept, Outcome::Accepted, Outcome::DroppedAfterAccept]);
    assert!(simulator.settled(LONG).await);
    assert_eq!(receiver.elements("statuses").len(), 9);
}

#[tokio::test]
async fn outages_of_each_kind_begin_and_end() {
    let (simulator, _receiver) = pair().await;
    let keeping = client();
    let url = format!("{}/{NUMBER}", simulator.graph_url());
    let call = || keeping.get(&url).bearer_auth("simulator-token").send();
    assert_eq!(call().await.unwrap().status(), 200);
    simulator.script().outage(Some(Outage::Refused));
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    assert!(call().await.unwrap_err().is_connect());
    simulator.script().outage(Some(Outage::HangUp));
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    assert!(!call().await.unwrap_err().is_connect());
    simulator.script().outage(Some(Outage::Unavailable));
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    let response = send(&simulator, &text("x", "r")).await;
    assert_eq!(response.status(), 503);
    assert!(response.bytes().await.unwrap().is_empty());
    assert_eq!(simulator.sends()[0].outcome, Outcome::Refused(0));
    simulator.script().calm();
    assert_eq!(call().await.unwrap().status(), 200);
}

#[tokio::test]
async fn an_expired_token_is_refused_everywhere_until_renewed() {
    let (simulator, _receiver) = pair().await;
    simulator.script().expire_tokens(true);
    for response in
        [send(&simulator, &text("x", "r")).await, get(&simulator, NUMBER).await, get(&simulator, WABA).await]
    {
        let (status, fault) = error(response).await;
        assert_eq!(
            (status, fault["code"].as_i64(), fault["error_subcode"].as_i64()),
            (401, Some(190), Some(463))
        );
    }
    simulator.script().expire_tokens(false);
    assert_eq!(send(&simulator, &text("x", "r")).await.status(), 200);
}

#[tokio::test]
async fn limits_are_measured_by_the_providers_clock() {
    let (simulator, receiver) = pair().await;
    let start = DateTime::<Utc>::from_timestamp(1_760_000_000, 0).unwrap();
    let script = simulator.script();
    script.set_now(Some(start)).throughput(Some(2)).enforce_window(true);
    assert_eq!(error(send(&simulator, &text("x", "r")).await).await.1["code"], 131_047);
    let ada = simulator.customer(Some("16505551234"), None, "Ada");
    simulator.customer_says(NUMBER, &ada, "hello").await;
    assert_eq!(send(&simulator, &text("x", "r")).await.status(), 200);
    assert_eq!(error(send(&simulator, &text("x", "r")).await).await.1["code"], 130_429);
    script.set_now(Some(start + TimeDelta::hours(24)));
    assert_eq!(error(send(&simulator, &text("x", "r")).await).await.1["code"], 131_047);
    script.set_now(Some(start + TimeDelta::hours(24) - TimeDelta::microseconds(1)));
    assert_eq!(send(&simulator, &text("x", "r")).await.status(), 200);
    assert!(simulator.settled(LONG).await);
    assert_eq!(receiver.elements("messages")[0]["timestamp"], "1760000000");
    assert_eq!(receiver.elements("statuses").last().unwrap()["timestamp"], "1760086399");
}

#[tokio::test]
async fn webhooks_are_doubled_bundled_reordered_and_haunted_without_a_loss() {
    let (simulator, receiver) = pair().await;
    simulator
        .script()
        .duplicates(0.3, Delay::millis(0, 50))
        .reorder(0.2, Delay::millis(10, 100))
        .ghosts(0.2, Delay::millis(0, 30))
        .webhook_delay(Delay::millis(0, 5))
        .batch(8);
    let ada = simulator.customer(None, None, "Ada");
    let mut written = Vec::new();
    for n in 0..200 {
        written.push(simulator.customer_says(NUMBER, &ada, &format!("message {n}")).await);
    }
    assert!(simulator.settled(LONG * 3).await);
    let seen = receiver.elements("messages");
    let ghosts = seen.iter().filter(|message| message["errors"][0]["code"] == 131_060).count();
    let real: Vec<&str> =
        seen.iter().filter(|m| m["type"] == "text").map(|m| m["id"].as_str().unwrap()).collect();
    let mut once = real.clone();
    once.sort_unstable();
    once.dedup();
    written.sort_unstable();
    assert_eq!(once, written, "each at least once");
    assert!(real.len() > written.len(), "some twice");
    assert!(ghosts > 0 && receiver.bodies().len() < seen.len());
    let order: Vec<&str> =
        seen.iter().filter(|m| m["type"] == "text").map(|m| m["text"]["body"].as_str().unwrap()).collect();
    let numbers: Vec<u32> = order.iter().map(|text| text[8..].parse().unwrap()).collect();
    assert!(!numbers.is_sorted());
}

#[tokio::test]
async fn a_stalled_call_meets_what_was_switched_meanwhile() {
    let (simulator, _receiver) = pair().await;
    let script = simulator.script();
    script.stall(true);
    let waiting = tokio::spawn(request(&simulator, &text("one", "r1")).send());
    stalled(&simulator, 1).await;
    assert!(simulator.sends().is_empty(), "nobody looked at it");
    script.fail_next(1, Fault::throttled()).stall(false);
    assert_eq!(waiting.await.unwrap().unwrap().status(), 429);
    script.stall(true);
    assert!(request(&simulator, &text("two", "r2")).timeout(SECOND / 4).send().await.is_err());
    stalled(&simulator, 0).await;
    script.calm();
    assert_eq!(simulator.sends().len(), 1, "who gives up has asked nothing");
}

async fn stalled(simulator: &Simulator, number: usize) {
    let wait = async {
        while simulator.stalled() != number {
            tokio::time::sleep(SECOND / 100).await;
        }
    };
    tokio::time::timeout(LONG, wait).await.expect("so many calls wait on the wire");
}
