//! Trying a workflow out shows what it will do: random graphs in random scenes, run by a hub on a database and by the
//! simulator, agree step by step. A replay of the journal gives the same.

mod compare;
mod graph;
mod scene;

use std::sync::Arc;

use chrono::TimeDelta;
use domain::id::WorkflowId;
use domain::workflow::definition::Key;
use domain::workflow::{Definition, Library, command, live};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use simulator::Delay;
use tests::{Hub, Options};

use super::shop::Shop;
use scene::Scene;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_does_what_the_simulator_shows() {
    let seed = std::env::var("COLLOQUY_AGREE_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed: u64 = seed.unwrap_or_else(rand::random);
    println!("COLLOQUY_AGREE_SEED={seed}");
    let scenes = if std::env::var_os("COLLOQUY_LONG").is_some() { 150 } else { 40 };
    let hub = Hub::with(Options { movable_clock: true, ..Options::default() }).await;
    // Whatever comes twice or late changes nothing.
    hub.simulator.script().duplicates(0.4, Delay::millis(0, 20)).reorder(0.3, Delay::millis(0, 20));
    let shop = Shop::open().await;
    let child = publish(&hub, "child", serde_json::from_value(graph::child()).unwrap()).await;
    let mut library = Library::default();
    library.publish(Key::from("child"), 1, Arc::new(child.1));
    let (mut steps, mut acts, mut runs, mut together) = (0, 0, 0, 0);
    for scene in 0..scenes {
        let mut rng = StdRng::seed_from_u64(seed.wrapping_add(scene));
        let definition = graph::sound(&mut rng, &shop.base, &library);
        // What the run does next may have to wait for the shop while more happens.
        shop.hold(rng.random_bool(0.5));
        let mut played = Scene::begin(&hub, &shop, &library, (&format!("graph-{scene}"), definition)).await;
        played.settle(&mut rng).await;
        for _ in 0..rng.random_range(1..15) {
            if played.is_over() {
                break;
            }
            // A clock that stands still would let Meta's pace hold back what is said.
            played.pass(TimeDelta::seconds(2)).await;
            if played.is_over() {
                break;
            }
            let act = played.some_act(&mut rng);
            shop.hold(rng.random_bool(0.5));
            played.act(act).await;
            played.settle(&mut rng).await;
        }
        played.agree().await;
        let (numbers, mut replayed) = (played.numbers().await, Vec::new());
        for row in played.runs().await {
            let (state, entries) = live::replay(&hub.scope(), &row).await.unwrap();
            assert_eq!(state, live::state(&row).unwrap());
            replayed.extend(entries.into_iter().map(|entry| numbers.entry(entry)));
            runs += 1;
        }
        let done = played.journal().await;
        assert_eq!(replayed, done);
        steps += done.len();
        acts += played.story.len();
        together += played.together;
    }
    println!("{scenes} scenes, {runs} runs, {acts} acts ({together} beside a call), {steps} steps agree");
    assert!(
        runs * 20 > scenes as usize * 21 && together > 0,
        "too little began anew, or happened beside a call"
    );
    assert!(steps > 2 * scenes as usize, "too little happened");
    hub.finish().await;
}

async fn publish(hub: &Hub, key: &str, definition: Definition) -> (WorkflowId, Definition) {
    let new = command::New { key: Key::from(key), name: key, draft: Ok(definition.clone()) };
    let (id, _) = command::create(&hub.env, &hub.actor, new).await.unwrap();
    command::publish(&hub.env, &hub.actor, id, None, None).await.unwrap();
    (id, definition)
}
