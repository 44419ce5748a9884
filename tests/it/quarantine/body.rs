//! One body that cannot be taken in: its batch is tried body by body, it is set aside whole, and the operator's
//! replay brings every element of it.

use serde_json::{Value, json};
use tests::program::Program;
use tests::{Hub, Options, poison};

use super::elements;

fn message(n: usize, text: &str) -> Value {
    json!({"from": format!("88691100000{n}"), "id": format!("wamid.BODY{n}"), "timestamp": "1795300000", "type": "text",
           "text": {"body": text}})
}

async fn post(hub: &Hub, messages: &[Value]) {
    hub.meta_posts("messages", json!({"messages": messages})).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_cannot_be_taken_in_holds_up_nobody_and_can_be_replayed_whole() {
    let mut hub = Hub::with(Options { bot: false, ..Options::default() }).await;
    poison::lay(&hub.env, "inbound_element", "content").await;
    hub.stop().await;
    // Without workers, so that all of them are one batch.
    hub.restart(false).await;
    for n in [0, 1] {
        post(&hub, &[message(n, "a sound body")]).await;
    }
    post(&hub, &[message(2, "its first element"), message(3, "poison")]).await;
    post(&hub, &[message(4, "a sound body behind it")]).await;
    hub.stop().await;
    hub.restart(true).await;
    for n in [0, 1, 4] {
        hub.stored(&format!("wamid.BODY{n}")).await;
    }
    hub.quiet().await;
    let set_aside: Vec<_> =
        elements(&hub).await.into_iter().filter(|e| e.outcome.as_deref() == Some("QUARANTINED")).collect();
    assert_eq!(set_aside.len(), 1, "one row stands for the whole body");
    assert_eq!((set_aside[0].reason.as_deref(), set_aside[0].workspace_id), (Some("FAILED"), None));

    let listed = Program::output("ledger list", &hub.settings());
    let id =
        listed.split_whitespace().find(|word| word.starts_with("element_")).expect("it is listed").to_owned();
    assert!(listed.contains("FAILED") && listed.contains("1 quarantined."), "{listed}");
    poison::lift(&hub.env, "inbound_element").await;
    let replayed = Program::output(&format!("ledger replay {id}"), &hub.settings());
    assert!(replayed.contains("was read again"), "{replayed}");
    for n in [2, 3] {
        hub.stored(&format!("wamid.BODY{n}")).await;
    }
    hub.quiet().await;
    assert!(Program::output("ledger list", &hub.settings()).contains("0 quarantined."));
    hub.finish().await;
}
