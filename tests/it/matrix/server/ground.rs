//! A hub whose workers hold turns, whose ticker looks when it is told to, and whose settings are known.

use std::time::{Duration, Instant};

use chrono::{DurationRound, TimeDelta};
use domain::clock::Time;
use domain::due;
use domain::job::{Queue, table};
use jobs::handle::Rules;
use jobs::worker::{self, Pool, QueueSettings, Workers};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use tests::wait::LONG;
use tests::{Hub, Options};

use super::gate::{Gate, Held};
use super::people;

/// How long between two looks at what is left to do.
const PAUSE: Duration = Duration::from_millis(2);
/// How long before the ticker looks once more.
const TICK: Duration = Duration::from_secs(1);

/// The widget's settings that histories change.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    pub bot_on: bool,
    pub takes_over: bool,
    pub handover: bool,
    pub threshold: f64,
}

/// A running server for one history after the other.
pub struct Ground {
    pub hub: Hub,
    pub gate: Gate,
    settings: Settings,
    workers: Workers,
}

impl Ground {
    pub async fn start() -> Self {
        let hub = Hub::with(Options { movable_clock: true, jobs: false, ..Options::default() }).await;
        // Statuses come only where a history has them.
        hub.simulator.script().statuses(false);
        let gate = Gate::shut();
        let env = &hub.env;
        let pool = match env.database.backend() {
            DbBackend::Postgres => {
                Pool::Postgres(env.database.queue().get_postgres_connection_pool().clone())
            }
            _ => Pool::Sqlite(env.database.queue().get_sqlite_connection_pool().clone()),
        };
        let queues = Queue::ALL.map(|queue| {
            let settings = QueueSettings { queue: queue.as_str(), concurrency: 8, batch: 1 };
            (settings, env.hints.queue(queue))
        });
        let handler = Held { rules: Rules(env.clone()), gate: gate.clone() };
        let queue = env.database.queue().clone();
        let workers = worker::start(pool, queue, &queues, handler, Duration::from_secs(1));
        let settings = Settings { bot_on: true, takes_over: true, handover: true, threshold: 0.5 };
        let mut ground = Self { hub, gate, settings, workers };
        ground.set(|settings| settings.threshold = 0.0).await;
        ground
    }

    /// Changes the widget's settings, if that changes anything.
    pub async fn set(&mut self, change: impl FnOnce(&mut Settings)) {
        let before = self.settings;
        change(&mut self.settings);
        people::set(&self.hub, before, self.settings).await;
    }

    /// Moves the clock to an instant of a whole second that is far from everything before.
    pub fn begin(&self) -> Time {
        let now = self.hub.env.clock.now();
        let base = now.duration_trunc(TimeDelta::days(1)).expect("within the calendar") + TimeDelta::days(2);
        self.move_to(base);
        base
    }

    /// Moves the clock; whether it moved.
    pub fn move_to(&self, time: Time) -> bool {
        let clock = self.hub.clock.as_ref().expect("a movable clock");
        let moves = clock.now() != time;
        clock.set(time);
        moves
    }

    /// Lets the ticker look.
    pub async fn look(&self) {
        due::look(&self.hub.env).await.expect("the ticker looks");
    }

    /// Waits until nothing is left to do but held turns.
    pub async fn settle(&self) {
        let (began, mut looked) = (Instant::now(), Instant::now());
        while !self.is_settled().await {
            assert!(began.elapsed() < LONG, "it never settles");
            if looked.elapsed() > TICK {
                self.look().await;
                looked = Instant::now();
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn is_settled(&self) -> bool {
        let db = self.hub.env.database.reader();
        let sql = "SELECT 1 AS busy WHERE EXISTS (SELECT 1 FROM ledger WHERE parsed_at IS NULL) \
                   OR EXISTS (SELECT 1 FROM inbound_element WHERE outcome IS NULL) \
                   OR EXISTS (SELECT 1 FROM lane WHERE state IN ('READY', 'HELD'))";
        let busy = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await;
        busy.expect("the database answers").is_none()
            && table::unfinished(db).await.expect("the database answers") == self.gate.held()
    }

    /// Ends the server: nothing may be left over.
    pub async fn stop(self) {
        self.settle().await;
        self.workers.shutdown(LONG).await;
        self.hub.finish().await;
    }
}
