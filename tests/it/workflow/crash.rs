//! A run at work that dies anywhere goes on where it was: what it does in the database happens once, what it calls is
//! called once or again with the same key.

use std::collections::BTreeSet;
use std::time::Duration;

use domain::id::ConversationId;
use domain::seam::{Seam, Watch};
use rand::Rng;
use serde_json::{Value, json};
use tests::program::Program;
use tests::wait::until;
use tests::{Hub, Options};

use super::running::{publish, runs, said, set};
use super::shop::Shop;

/// Every kind of step.
fn everything(shop: &Shop) -> Value {
    let url = format!("{}/{{{{ vars.order|urlencode }}}}", shop.base);
    json!({"variables": [{"name": "order"}, {"name": "found"}, {"name": "got"}, {"name": "tries", "initial": "0"}],
        "start": "hello", "steps": [
        {"id": "hello", "action": {"send": {"text": "Hello.", "next": "know", "failed": "end"}}},
        {"id": "know", "action": {"answer": {"answered": "ask", "unsure": "ask", "failed": "ask"}}},
        {"id": "ask", "action": {"ask": {"text": "Which order?", "saveAs": "order", "answered": "count", "failed": "end"}}},
        {"id": "count", "action": {"set": {"assignments": [{"variable": "tries", "value": "vars.tries + 1"}], "next": "look"}}},
        {"id": "look", "action": {"http": {"method": "GET", "url": url, "timeoutSeconds": 1, "headers": [],
            "saveAs": "found", "succeeded": "which", "failed": "end", "timedOut": "end"}}},
        {"id": "which", "action": {"branch": {"cases": [{"when": "vars.tries > 5", "then": "end"}], "otherwise": "tag"}}},
        {"id": "tag", "action": {"tag": {"add": ["Order"], "next": "other"}}},
        {"id": "other", "action": {"call": {"workflow": "other", "inputs": [], "saveAs": "got", "returned": "rest", "failed": "end"}}},
        {"id": "rest", "action": {"wait": {"until": {"afterSeconds": 1}, "elapsed": "person"}}},
        {"id": "person", "action": {"handOver": {"note": "{{ vars.order }}", "next": "back"}}},
        {"id": "back", "action": {"handBack": {"next": "tell"}}},
        {"id": "tell", "action": {"send": {"text": "{{ vars.found.body.state }}, {{ vars.got }}, {{ vars.tries }}", "next": "close", "failed": "close"}}},
        {"id": "close", "action": {"close": {}}},
        {"id": "end", "action": {"end": {}}},
    ]})
}

const SAID: [&str; 3] = ["Hello.", "Which order?", "on its way, 7, 1"];

async fn ground() -> (Hub, Shop) {
    let hub = Hub::with(Options::default()).await;
    let shop = Shop::open().await;
    let other = json!({"start": "end", "steps": [{"id": "end", "action": {"end": {"result": "7"}}}]});
    publish(&hub, "other", other).await;
    let workflow = publish(&hub, "everything", everything(&shop)).await;
    set(&hub, &workflow).await;
    (hub, shop)
}

/// A customer goes through all of it.
async fn play(hub: &Hub, name: &str) -> ConversationId {
    let ada = hub.customer(name);
    let id = ConversationId(hub.stored(&hub.says(&ada, "nothing that is known").await).await.conversation_id);
    until(&format!("{name}: it asks"), async || {
        said(hub, id).await.contains(&SAID[1].to_owned()).then_some(())
    })
    .await;
    hub.says(&ada, name).await;
    until(&format!("{name}: it closes"), async || {
        (hub.conversation(id).await.status == "CLOSED").then_some(())
    })
    .await;
    id
}

/// What must be so however often it died.
async fn check(hub: &Hub, shop: &Shop, id: ConversationId, name: &str, what: &str) {
    assert_eq!(said(hub, id).await, SAID, "{what}");
    let runs = runs(hub, id).await;
    assert_eq!(runs.len(), 1, "{what}: {runs:#?}");
    assert_eq!(runs[0]["status"], "COMPLETED", "{what}");
    let steps = runs[0]["journal"]["nodes"].as_array().unwrap();
    let done: Vec<String> =
        steps.iter().map(|step| format!("{} {}", step["step"], step["outcome"])).collect();
    let once: BTreeSet<&String> = done.iter().collect();
    assert_eq!(once.len(), done.len(), "{what}: {done:?}");
    let came: Vec<_> = shop.came().into_iter().filter(|came| came.order == name).collect();
    let keys: BTreeSet<_> = came.iter().map(|came| &came.key).collect();
    assert_eq!(keys.len(), 1, "{what}: {came:?}");
    let shown =
        "query ($id: ID!) { node(id: $id) { ... on Conversation { tags { name } timeline { nodes { __typename
        ... on Note { text } } } } } }";
    let node = hub.client.data(shown, json!({"id": id.to_string()})).await["node"].take();
    assert_eq!(node["tags"], json!([{"name": "Order"}]), "{what}");
    let notes =
        node["timeline"]["nodes"].as_array().unwrap().iter().filter(|entry| entry["__typename"] == "Note");
    assert_eq!(notes.count(), 1, "{what}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn work_that_dies_at_any_seam_goes_on_and_nothing_happens_twice() {
    let (hub, shop) = ground().await;
    let watch = Watch::over(hub.actor.workspace);
    play(&hub, "all is well").await;
    hub.quiet().await;
    let long = std::env::var_os("COLLOQUY_LONG").is_some();
    let every = if long { 1 } else { 8 };
    let mut played = 0;
    for (seam, times) in Seam::ALL.map(|seam| (seam, watch.taken(seam))) {
        assert!(times > 0, "{seam:?} is not taken");
        let first = rand::rng().random_range(0..every.min(times));
        for nth in (first..times).step_by(every) {
            let (name, what) = (format!("{seam:?} {nth}"), format!("died at {seam:?}, time {nth}"));
            watch.die_at(seam, nth);
            let id = play(&hub, &name).await;
            hub.quiet().await;
            check(&hub, &shop, id, &name, &what).await;
            played += usize::from(watch.has_died());
        }
    }
    println!("died at {played} seams");
    assert!(played >= if long { 60 } else { 8 }, "{played}");
    drop(watch);
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn runs_survive_kills_at_random_moments() {
    let (mut hub, shop) = ground().await;
    hub.quiet().await;
    hub.stop().await;
    hub.reopen().await;
    hub.simulator.set_callback(&hub.number.app, &format!("{}/webhooks/whatsapp", hub.client.base));
    let kills = if std::env::var_os("COLLOQUY_LONG").is_some() { 20 } else { 4 };
    let mut program = Program::start("serve", &hub.settings());
    for kill in 0..kills {
        ready(&hub).await;
        let name = format!("kill {kill}");
        let (ada, pause) = (hub.customer(&name), rand::rng().random_range(0..400));
        let wamid = hub.says(&ada, "nothing that is known").await;
        // Every other one dies while it waits for the shop.
        shop.hold(kill % 2 == 0);
        tokio::time::sleep(Duration::from_millis(pause)).await;
        if kill % 2 == 1 {
            program.kill();
            program = Program::start("serve", &hub.settings());
        }
        let id = ConversationId(hub.stored(&wamid).await.conversation_id);
        until(&format!("{name}: it asks"), async || {
            said(&hub, id).await.contains(&SAID[1].to_owned()).then_some(())
        })
        .await;
        hub.says(&ada, &name).await;
        if kill % 2 == 0 {
            until(&format!("{name}: it calls"), async || {
                shop.came().iter().any(|came| came.order == name).then_some(())
            })
            .await;
            program.kill();
            shop.hold(false);
            program = Program::start("serve", &hub.settings());
        } else {
            tokio::time::sleep(Duration::from_millis(pause)).await;
            program.kill();
            program = Program::start("serve", &hub.settings());
        }
        until(&format!("{name}: it closes"), async || {
            (hub.conversation(id).await.status == "CLOSED").then_some(())
        })
        .await;
        until(&format!("{name}: it is over"), async || {
            let scope = hub.scope();
            let all = scope.find::<entity::workflow_run::Entity>().all(scope.reader()).await.unwrap();
            all.iter().all(|run| run.ended_at.is_some()).then_some(())
        })
        .await;
        ready(&hub).await;
        check(&hub, &shop, id, &name, &name).await;
    }
    program.kill();
}

async fn ready(hub: &Hub) {
    let address = format!("{}/readyz", hub.client.base);
    until("the server is ready", async || {
        tests::client::http().get(&address).send().await.ok().filter(|answer| answer.status() == 200)
    })
    .await;
}
