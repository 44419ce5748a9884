//! Everything at once, at random, for a while: people on both sides, every fault of Meta's, the process killed now and
//! then. In the end the hub, the customers' phones and the business's phone hold the same messages.

mod act;
mod compare;
mod trouble;

use std::collections::HashSet;
use std::time::{Duration, Instant};

use domain::id::WidgetId;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use sea_orm::{ConnectionTrait, Statement};
use simulator::{Customer, Number};
use tests::hub::{self, link, unique_number};
use tests::program::Program;
use tests::wait::until;
use tests::{Hub, Options};

/// Customers of each number.
const CUSTOMERS: usize = 8;

/// Changes of messages that were written while nobody was told wait for them in vain.
const PARKED: &str = "SELECT COUNT(*) AS n FROM inbound_element AS waiting WHERE outcome = 'PARKED' \
    AND EXISTS (SELECT 1 FROM message WHERE message.widget_id = waiting.widget_id \
    AND message.provider_id = waiting.target_id)";

/// What the end waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wait {
    ForAll,
    /// What waits for its owner to mend a number is left alone.
    ForWhatIsNotStopped,
}

/// What is going on.
struct World {
    hub: Hub,
    rng: StdRng,
    numbers: Vec<(Number, WidgetId)>,
    customers: Vec<Vec<Customer>>,
    program: Program,
    kills: usize,
    /// Messages that were changed: each once, since two changes within Meta's second have no order.
    changed: HashSet<String>,
    /// Messages that were changed while nobody was told.
    changed_unseen: HashSet<String>,
    /// The accounts that are away now.
    away: HashSet<String>,
}

fn how_long() -> Duration {
    Duration::from_secs(if std::env::var_os("COLLOQUY_LONG").is_some() { 600 } else { 60 })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_long_time_of_trouble_all_phones_and_the_hub_hold_the_same() {
    let seed = std::env::var("COLLOQUY_SOAK_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
        .unwrap_or_else(rand::random);
    println!("COLLOQUY_SOAK_SEED={seed}");
    let mut world = World::new(seed).await;
    let (began, until) = (Instant::now(), how_long());
    let (mut next_trouble, mut next_kill) = (Instant::now(), Instant::now() + Duration::from_secs(5));
    while began.elapsed() < until {
        world.act().await;
        if Instant::now() >= next_trouble {
            world.trouble().await;
            next_trouble = Instant::now() + Duration::from_millis(world.rng.random_range(200..1_500));
        }
        if Instant::now() >= next_kill {
            world.kill().await;
            next_kill = Instant::now() + Duration::from_secs(world.rng.random_range(4..15));
        }
        let pause = world.rng.random_range(5..120);
        tokio::time::sleep(Duration::from_millis(pause)).await;
    }
    world.calm_down().await;
    compare::everything(&mut world).await;
}

impl World {
    async fn new(seed: u64) -> Self {
        let mut hub = Hub::with(Options::default()).await;
        let other = |waba: Option<&str>| {
            let number = unique_number(&hub.number.callback_url);
            let waba_id = waba.map_or_else(|| number.waba_id.clone(), str::to_owned);
            Number { app: hub.number.app.clone(), waba_id, ..number }
        };
        // Two of them share an account.
        let others = [other(Some(&hub.number.waba_id)), other(None)];
        let mut numbers = vec![(hub.number.clone(), hub.widget)];
        let people_only = Options { bot: false, ..Options::default() };
        for number in others {
            hub.simulator.add_number(number.clone());
            let widget = link(&hub.env, &hub.actor, &number, &people_only).await;
            numbers.push((number, widget));
        }
        // Some of them hide their phone number.
        let someone = |n: usize| match n % 4 {
            3 => hub.simulator.customer(None, Some(&format!("TW.HIDDEN{n}")), &format!("Hidden {n}")),
            _ => hub.customer(&format!("Customer {n}")),
        };
        let customers = (0..numbers.len())
            .map(|k| (0..CUSTOMERS).map(|n| someone(k * CUSTOMERS + n)).collect())
            .collect();
        hub.quiet().await;
        hub.stop().await;
        hub.reopen().await;
        let callback = format!("{}/webhooks/whatsapp", hub.client.base);
        hub.simulator.set_callback(&hub.number.app, &callback);
        let program = start(&hub);
        let world = Self {
            hub,
            rng: StdRng::seed_from_u64(seed),
            numbers,
            customers,
            program,
            kills: 0,
            changed: HashSet::new(),
            changed_unseen: HashSet::new(),
            away: HashSet::new(),
        };
        world.ready().await;
        world
    }

    async fn ready(&self) {
        let address = format!("{}/readyz", self.hub.client.base);
        let asks = async || {
            tests::client::http().get(&address).send().await.ok().filter(|answer| answer.status() == 200)
        };
        until("the server is ready", asks).await;
    }

    fn one_of(&mut self, many: usize) -> usize {
        self.rng.random_range(0..many)
    }

    /// Meta is well again, its owner mends what is left, and everything that waits is done.
    async fn calm_down(&mut self) {
        let script = self.hub.simulator.script();
        script.calm().expire_tokens(false);
        for (number, _) in &self.numbers {
            script.reconnect(&number.waba_id);
        }
        self.ready().await;
        assert!(self.hub.simulator.settled(Duration::from_secs(120)).await, "every webhook gets its 200");
        self.until_done(Wait::ForWhatIsNotStopped).await;
        self.mend().await;
        self.until_done(Wait::ForAll).await;
        assert!(self.hub.simulator.settled(Duration::from_secs(120)).await, "every status gets its 200");
        self.until_done(Wait::ForAll).await;
    }

    /// Back-offs of a minute, and Meta's wish that one customer rest, may have to pass first.
    async fn until_done(&self, wait: Wait) {
        let (began, mut quiet) = (Instant::now(), 0);
        while quiet < 3 {
            let left = self.left().await;
            assert!(began.elapsed() < Duration::from_secs(420), "left over: {left:?}");
            let idle = hub::is_quiet(&self.hub.env).await && left.iter().all(|(_, n)| *n == 0);
            quiet = if idle { quiet + 1 } else { 0 };
            let stopped =
                self.count("SELECT COUNT(*) AS n FROM send_gate WHERE reason = 'UNHEALTHY'").await > 0;
            if wait == Wait::ForWhatIsNotStopped && stopped && began.elapsed() > Duration::from_secs(5) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    async fn left(&self) -> Vec<(&'static str, i64)> {
        let mut left = Vec::new();
        for (what, sql) in [
            ("bodies", "SELECT COUNT(*) AS n FROM ledger WHERE parsed_at IS NULL"),
            ("elements", "SELECT COUNT(*) AS n FROM inbound_element WHERE outcome IS NULL"),
            ("parked though their message is there", PARKED),
            ("turns", "SELECT COUNT(*) AS n FROM turn WHERE ended_at IS NULL"),
            ("sends", "SELECT COUNT(*) AS n FROM delivery WHERE state IN ('QUEUED', 'SENDING')"),
        ] {
            left.push((what, self.count(sql).await));
        }
        left
    }

    async fn count(&self, sql: &str) -> i64 {
        let db = self.hub.env.database.reader();
        let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await;
        row.expect("the database answers").expect("a row").try_get("", "n").expect("a number")
    }
}

fn start(hub: &Hub) -> Program {
    Program::start("serve", &hub.settings())
}
