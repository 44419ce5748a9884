//! A run at work that dies anywhere goes on where it was: what it does in the database happens once, what it calls is
//! called once or again with the same key, what it sends arrives once or is declared unknown.

mod scene;

use std::time::Duration;

use domain::id::ConversationId;
use domain::seam::{Seam, Watch};
use rand::Rng;
use tests::Hub;
use tests::program::Program;
use tests::wait::until;

use scene::{check, closes, ground, play, says};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn work_that_dies_at_any_seam_goes_on_and_nothing_happens_twice() {
    let (hub, shop) = ground().await;
    let watch = Watch::over(hub.actor.workspace);
    play(&hub, &hub.customer("all is well")).await;
    hub.quiet().await;
    let long = std::env::var_os("COLLOQUY_LONG").is_some();
    let every = if long { 1 } else { 8 };
    let (mut played, mut planned) = (0, 0);
    for (seam, times) in Seam::ALL.map(|seam| (seam, watch.taken(seam))) {
        assert!(times > 0, "{seam:?} is not taken");
        let first = rand::rng().random_range(0..every.min(times));
        for nth in (first..times).step_by(every) {
            let ada = hub.customer(&format!("{seam:?} {nth}"));
            watch.die_at(seam, nth);
            let id = play(&hub, &ada).await;
            hub.quiet().await;
            check(&hub, &shop, (id, &ada), &format!("died at {seam:?}, time {nth}")).await;
            planned += 1;
            played += usize::from(watch.has_died());
        }
    }
    println!("died at {played} seams of {planned}");
    // Not every play takes as many: which events are written together differs.
    assert!(played >= 8 && played * 10 >= planned * 8, "{played} of {planned}");
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
        let in_call = kill % 2 == 0;
        shop.hold(in_call);
        tokio::time::sleep(Duration::from_millis(pause)).await;
        if !in_call {
            program.kill();
            program = Program::start("serve", &hub.settings());
        }
        let id = ConversationId(hub.stored(&wamid).await.conversation_id);
        says(&hub, id, 1).await;
        hub.says(&ada, &name).await;
        says(&hub, id, 2).await;
        hub.says(&ada, "2").await;
        if in_call {
            until(&format!("{name}: it calls"), async || {
                shop.came().iter().any(|came| came.order == name).then_some(())
            })
            .await;
        } else {
            tokio::time::sleep(Duration::from_millis(pause)).await;
        }
        program.kill();
        shop.hold(false);
        program = Program::start("serve", &hub.settings());
        closes(&hub, id).await;
        until(&format!("{name}: it is over"), async || {
            let scope = hub.scope();
            let all = scope.find::<entity::workflow_run::Entity>().all(scope.reader()).await.unwrap();
            all.iter().all(|run| run.ended_at.is_some()).then_some(())
        })
        .await;
        ready(&hub).await;
        check(&hub, &shop, (id, &ada), &name).await;
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
