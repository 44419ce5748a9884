//! One element that cannot be applied: tried with back-off, overtaken after five seconds, quarantined after ten
//! tries, and applied by a replay.

use chrono::TimeDelta;
use domain::id::ConversationId;
use domain::lane;
use serde_json::json;
use tests::hub::start_of_time;
use tests::wait::until;
use tests::{Hub, Options, poison};

use super::elements;

async fn tries(hub: &Hub) -> i64 {
    elements(hub).await.first().map_or(0, |element| element.attempts)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failing_element_is_overtaken_then_quarantined_and_applied_by_a_replay() {
    let hub = Hub::with(Options { movable_clock: true, bot: false, ..Options::default() }).await;
    poison::lay(&hub.env, "message", "text").await;
    let ada = hub.customer("Ada");
    let poisoned = hub.says(&ada, "a poisoned message").await;
    until("it is tried", async || (tries(&hub).await == 1).then_some(())).await;
    let behind = hub.says(&ada, "the message behind it").await;
    until("both are elements", async || (elements(&hub).await.len() == 2).then_some(())).await;

    hub.set_clock(start_of_time() + TimeDelta::milliseconds(200));
    until("it is tried again", async || (tries(&hub).await == 2).then_some(())).await;
    hub.set_clock(start_of_time() + TimeDelta::milliseconds(4_999));
    until("and again", async || (tries(&hub).await == 3).then_some(())).await;
    assert!(hub.message(&behind).await.is_none(), "for five seconds the order is kept");
    hub.set_clock(start_of_time() + TimeDelta::milliseconds(5_000));
    let behind = hub.stored(&behind).await;
    assert_eq!(behind.number, 1);
    // While it waits for its next try, what comes is applied at once.
    hub.set_clock(start_of_time() + TimeDelta::milliseconds(9_500));
    until("it is tried once more", async || (tries(&hub).await == 4).then_some(())).await;
    until("its lane waits for the next try", async || {
        let lanes = lane::census(&hub.env).await.unwrap();
        lanes.contains(&(lane::LaneKind::Inbound, "PARKED", 1)).then_some(())
    })
    .await;
    let later = hub.says(&ada, "a later message").await;
    assert_eq!(hub.stored(&later).await.number, 2);

    until("ten tries are enough", async || {
        hub.advance(TimeDelta::seconds(64));
        elements(&hub).await[0].outcome.clone()
    })
    .await;
    let element = elements(&hub).await.remove(0);
    assert_eq!(
        (element.outcome.as_deref(), element.reason.as_deref()),
        (Some("QUARANTINED"), Some("FAILED"))
    );
    assert_eq!(element.attempts, 10);
    assert!(hub.message(&poisoned).await.is_none());

    poison::lift(&hub.env, "message").await;
    let list = "{ quarantinedElements { nodes { id reason traceId } } }";
    let listed = hub.client.data(list, json!({})).await["quarantinedElements"]["nodes"].take();
    assert_eq!((listed.as_array().unwrap().len(), &listed[0]["reason"]), (1, &json!("FAILED")));
    let input = json!({"quarantinedElementId": listed[0]["id"]});
    hub.client.mutate("quarantinedElementReplay", input, "quarantinedElement { id }").await;
    let replayed = hub.stored(&poisoned).await;
    assert_eq!(
        (replayed.number, replayed.conversation_id),
        (3, behind.conversation_id),
        "late, but not lost"
    );
    hub.quiet().await;
    assert_eq!(elements(&hub).await[0].outcome.as_deref(), Some("APPLIED"));
    assert_eq!(hub.messages(ConversationId(behind.conversation_id)).await.len(), 3);
    hub.finish().await;
}
