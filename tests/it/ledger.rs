//! The ledger under fire: everything that was answered with 200 becomes exactly one message, whatever
//! is sent twice, shuffled, malformed, or killed in between.

mod bodies;
mod check;
mod volleys;

use std::time::Duration;

use rand::SeedableRng;
use rand::rngs::StdRng;
use sea_orm::{ConnectionTrait, Statement};
use tests::hub::{self, link, unique_number};
use tests::program::Program;
use tests::wait::until;
use tests::{Hub, Options};

use bodies::Plan;
use volleys::Volleys;

/// How much and how often.
struct Size {
    valid: usize,
    malformed: usize,
    conversations: usize,
    kills: usize,
}

fn size() -> Size {
    if std::env::var_os("COLLOQUY_LONG").is_some() {
        Size { valid: 20_000, malformed: 200, conversations: 200, kills: 5 }
    } else {
        Size { valid: 2_000, malformed: 200, conversations: 200, kills: 3 }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_doubled_or_disordered_although_the_process_is_killed() {
    let size = size();
    let seed = rand::random();
    println!("seed {seed}");
    let mut rng = StdRng::seed_from_u64(seed);
    // The hub prepares the company and then leaves the database to the child process.
    let mut hub = Hub::with(Options { bot: true, ..Options::default() }).await;
    let mut numbers = vec![(hub.number.clone(), hub.widget)];
    for _ in 1..4 {
        let number = unique_number("http://127.0.0.1:1/unused");
        hub.simulator.add_number(number.clone());
        let quiet = Options { bot: false, ..Options::default() };
        let widget = link(&hub.env, &hub.actor, &number, &quiet).await;
        numbers.push((number, widget));
    }
    hub.quiet().await;
    hub.stop().await;
    hub.reopen().await;

    let callback = format!("{}/webhooks/whatsapp", hub.client.base);
    hub.simulator.set_callback(&hub.number.app, &callback);
    // Meta takes its time, so that the first kill meets sends whose answer is still to come.
    hub.simulator.script().answer_delay(simulator::Delay::millis(400, 2_000));
    let plan = Plan::make(&mut rng, &numbers, &size);
    let mut volleys = Volleys::new(&hub, &plan.posts, size.kills * 3);
    let mut program = start(&hub);
    until("the server is ready", async || ready(&hub).await.then_some(())).await;

    volleys.fire();
    let mut sending_at_kills = 0;
    for kill in 0..size.kills {
        until("enough is left to do for a kill", async || {
            let on_the_wire = kill > 0 || sending(&hub).await > 0;
            let waiting = waiting(&hub).await;
            if on_the_wire && waiting < 100 && volleys.is_posted() {
                volleys.fire();
            }
            (on_the_wire && waiting >= 100).then_some(())
        })
        .await;
        program.kill();
        hub.simulator.script().answer_delay(simulator::Delay::millis(20, 400));
        // Only what is still waiting after the process is gone proves that it was killed in the middle.
        let left = waiting(&hub).await;
        assert!(left >= 100, "kill {kill}: only {left} elements had no outcome");
        sending_at_kills += sending(&hub).await;
        program = start(&hub);
        until("the server is ready again", async || ready(&hub).await.then_some(())).await;
        // The next kill must find other work than this one.
        until("work goes on", async || (waiting(&hub).await <= left - 60).then_some(())).await;
    }
    volleys.finish().await;
    until_done(&hub).await;
    program.kill();
    check::everything(&hub, &plan, &size, sending_at_kills).await;
}

fn start(hub: &Hub) -> Program {
    Program::start("serve", &hub.settings())
}

async fn ready(hub: &Hub) -> bool {
    let answer = tests::client::http().get(format!("{}/readyz", hub.client.base)).send().await;
    answer.is_ok_and(|answer| answer.status() == 200)
}

async fn number_of(hub: &Hub, sql: &str) -> i64 {
    let db = hub.env.database.reader();
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await;
    row.expect("the database answers").expect("a row").try_get("", "n").expect("a number")
}

/// Elements without an outcome.
async fn waiting(hub: &Hub) -> usize {
    let n = number_of(hub, "SELECT COUNT(*) AS n FROM inbound_element WHERE outcome IS NULL").await;
    usize::try_from(n).expect("a count")
}

async fn sending(hub: &Hub) -> i64 {
    number_of(hub, "SELECT COUNT(*) AS n FROM delivery WHERE state = 'SENDING'").await
}

async fn until_done(hub: &Hub) {
    let began = std::time::Instant::now();
    let patience = Duration::from_secs(if std::env::var_os("COLLOQUY_LONG").is_some() { 1_200 } else { 240 });
    let mut quiet = 0;
    while quiet < 3 {
        assert!(began.elapsed() < patience, "still {} elements without outcome", waiting(hub).await);
        let open = "SELECT (SELECT COUNT(*) FROM turn WHERE ended_at IS NULL) \
                    + (SELECT COUNT(*) FROM delivery WHERE state IN ('QUEUED', 'SENDING')) AS n";
        let idle = hub::is_quiet(&hub.env).await && number_of(hub, open).await == 0;
        quiet = if idle { quiet + 1 } else { 0 };
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(hub.simulator.settled(tests::wait::LONG).await, "every status got its 200");
    until("the statuses are applied", async || hub::is_quiet(&hub.env).await.then_some(())).await;
}
