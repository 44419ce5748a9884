//! A whole server in this process: API, workers, ticker, the simulator as Meta, one linked number.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use colloquy::testing::{Role, Server};
use domain::clock::{Clock, ManualClock};
use domain::database::{Database, Durability};
use domain::env::{Env, Parts};
use domain::hint::Hints;
use domain::id::WidgetId;
use domain::outside::Outside;
use domain::secret::Keyring;
use domain::settings::{MetaApp, Settings};
use domain::widget::{self, Advanced, Behavior, Connect};
use domain::{Actor, Scope, workspace};
use simulator::{Number, Simulator};
use tokio::net::TcpListener;

use crate::client::Client;
use crate::database::TestDatabase;
use crate::knowledge;
use crate::statements::Statements;
use crate::wait::until;

/// What a test wants of its hub.
#[derive(Clone)]
pub struct Options {
    /// A clock that stands still until the test moves it, also for the simulator's timestamps.
    pub movable_clock: bool,
    /// Whether the widget is published, so that its bot answers.
    pub bot: bool,
    /// Gathering, in milliseconds, at most five times as long; 0 answers at once.
    pub gather_ms: i64,
    /// Whether workers and ticker run.
    pub jobs: bool,
    /// How long whoever works may be silent before somebody else takes the work over.
    pub lease: TimeDelta,
    /// What a commit survives on SQLite; tests need not wait for the disk.
    pub durability: Durability,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            movable_clock: false,
            bot: true,
            gather_ms: 0,
            jobs: true,
            lease: Settings::default().lease,
            durability: Durability::Process,
        }
    }
}

/// A running hub.
pub struct Hub {
    /// The surroundings, for rules that a test calls directly.
    pub env: Env,
    /// Meta.
    pub simulator: Simulator,
    /// The owner.
    pub actor: Actor,
    /// The owner's token and the API.
    pub client: Client,
    /// The linked number.
    pub number: Number,
    /// Its widget.
    pub widget: WidgetId,
    /// The clock, if it is movable.
    pub clock: Option<ManualClock>,
    /// The key that sealed the number's token, for other processes.
    pub secret_key: String,
    /// What its readers ask the database.
    pub statements: Statements,
    server: Option<Server>,
    database: TestDatabase,
    folder: tempfile::TempDir,
}

impl Hub {
    /// A hub with the product's usual behaviour and no gathering.
    pub async fn start() -> Self {
        Self::with(Options::default()).await
    }

    /// A hub as the test wants it.
    pub async fn with(options: Options) -> Self {
        let database = TestDatabase::fresh().await;
        let simulator = Simulator::start(simulator::Config::default()).await.expect("the simulator starts");
        let clock = options.movable_clock.then(|| ManualClock::at(start_of_time()));
        if let Some(clock) = &clock {
            let clock = clock.clone();
            simulator.script().set_clock(move || clock.now());
        }
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base = format!("http://{}", listener.local_addr().expect("its address"));
        let number = unique_number(&format!("{base}/webhooks/whatsapp"));
        let secret_key = Keyring::generate();
        let lease = options.lease;
        let statements = Statements::default();
        let around = Around {
            database: &database,
            simulator: &simulator,
            number: &number,
            secret_key: &secret_key,
            statements: &statements,
            lease,
        };
        let env = env(around, clock.clone(), options.durability).await;
        let founded =
            workspace::found_first(&env, None).await.expect("it founds").expect("the database was empty");
        let token = founded.token.expect("a token").secret;
        let actor =
            domain::token::authenticate(&env, &token).await.expect("it answers").expect("the token is known");
        let role = if options.jobs { Role::All } else { Role::Api };
        let server = Server::start(
            env.clone(),
            role,
            Some(listener),
            api::Settings::default(),
            Duration::from_secs(1),
        )
        .await
        .expect("the server starts");
        simulator.add_number(number.clone());
        let client = Client::new(&base, &token);
        let widget = link(&env, &actor, &number, &options).await;
        Self {
            env,
            simulator,
            actor,
            client,
            number,
            widget,
            clock,
            secret_key,
            statements,
            server: Some(server),
            database,
            folder: tempfile::tempdir().expect("a folder"),
        }
    }

    /// Moves the movable clock, and tells the ticker.
    pub fn advance(&self, step: TimeDelta) {
        self.clock.as_ref().expect("a movable clock").advance(step);
        self.env.hints.look_now();
    }

    /// Sets the movable clock, and tells the ticker.
    pub fn set_clock(&self, time: DateTime<Utc>) {
        self.clock.as_ref().expect("a movable clock").set(time);
        self.env.hints.look_now();
    }

    /// Where the database is, for another process.
    pub fn database_url(&self) -> &str {
        &self.database.url
    }

    /// Waits until nothing is left to do: no webhook on the way, no element without outcome, no lane at
    /// work or let through, no job waiting.
    pub async fn quiet(&self) {
        assert!(self.simulator.settled(crate::wait::LONG).await, "the simulator's webhooks settle");
        until("everything is done", async || is_quiet(&self.env).await.then_some(())).await;
    }

    /// Lets the ticker look at the time that the clock shows, and everything that it finds happen.
    pub async fn settle(&self) {
        domain::due::look(&self.env).await.expect("the database answers");
        self.quiet().await;
    }

    /// Ends the test: nothing may be left over, no job may have died.
    pub async fn finish(mut self) {
        self.quiet().await;
        let dead = domain::job::table::dead_letters(self.env.database.reader(), 5)
            .await
            .expect("the database answers");
        assert!(
            dead.is_empty(),
            "jobs died: {:?}",
            dead.iter().map(|d| (&d.key, &d.error)).collect::<Vec<_>>()
        );
        self.stop().await;
    }

    fn surroundings(&self) -> Around<'_> {
        Around {
            database: &self.database,
            simulator: &self.simulator,
            number: &self.number,
            secret_key: &self.secret_key,
            statements: &self.statements,
            lease: self.env.settings.lease,
        }
    }

    /// Starts the server again on the same database and port, with or without workers and ticker.
    pub async fn restart(&mut self, jobs: bool) {
        let port = self.client.base.rsplit(':').next().expect("a port");
        let address = format!("127.0.0.1:{port}");
        let listener = until("the port is free again", async || TcpListener::bind(&address).await.ok()).await;
        self.env = env(self.surroundings(), self.clock.clone(), Durability::Process).await;
        let role = if jobs { Role::All } else { Role::Api };
        let settings = api::Settings::default();
        let server =
            Server::start(self.env.clone(), role, Some(listener), settings, Duration::from_secs(1)).await;
        self.server = Some(server.expect("the server starts again"));
    }

    /// Opens the database again for looking, without a server: another process serves it.
    pub async fn reopen(&mut self) {
        self.env = env(self.surroundings(), self.clock.clone(), Durability::Process).await;
    }

    /// The settings of a program that serves this hub's database on its port; what follows them overrides them.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("DATABASE_URL", self.database_url().to_owned()),
            ("COLLOQUY_ADDR", self.client.base.trim_start_matches("http://").to_owned()),
            ("COLLOQUY_METRICS_ADDR", "off".to_owned()),
            ("COLLOQUY_SECRET_KEY", self.secret_key.clone()),
            ("COLLOQUY_META_APPS", format!("{}={}", self.number.app, self.number.app_secret)),
            ("COLLOQUY_GRAPH_URL", self.simulator.graph_url()),
            ("COLLOQUY_CALLABLE_NETWORKS", "127.0.0.1/32".to_owned()),
            ("COLLOQUY_STATE_DIR", self.folder().display().to_string()),
        ]
    }

    /// A folder of this test's own.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Stops the server but keeps the database.
    pub async fn stop(&mut self) {
        if let Some(server) = self.server.take() {
            server.stop().await.expect("the server stops");
        }
    }
}

/// Whether no element, lane or job waits to be worked on now, and nobody before a gate who may go by the clock of now:
/// one statement tells of lanes and gates, for the ticker turns the one into the other at any moment.
pub async fn is_quiet(env: &Env) -> bool {
    use sea_orm::ConnectionTrait;
    let db = env.database.reader();
    let sql = "SELECT (SELECT COUNT(*) FROM ledger WHERE parsed_at IS NULL) \
               + (SELECT COUNT(*) FROM inbound_element WHERE outcome IS NULL) \
               + (SELECT COUNT(*) FROM lane WHERE state IN ('READY', 'HELD')) \
               + (SELECT COUNT(*) FROM send_gate WHERE waiting AND release_at <= $1) AS busy";
    let now = env.clock.now().into();
    let row = db
        .query_one_raw(sea_orm::Statement::from_sql_and_values(db.get_database_backend(), sql, [now]))
        .await;
    let busy: i64 = row.expect("the database answers").expect("a row").try_get("", "busy").expect("a number");
    busy == 0 && domain::job::table::unfinished(db).await.expect("the database answers") == 0
}

/// What an [`Env`] of a test is made from.
struct Around<'a> {
    database: &'a TestDatabase,
    simulator: &'a Simulator,
    number: &'a Number,
    secret_key: &'a str,
    statements: &'a Statements,
    lease: TimeDelta,
}

async fn env(around: Around<'_>, clock: Option<ManualClock>, durability: Durability) -> Env {
    let Around { database, simulator, number, secret_key, statements, lease } = around;
    let statements = statements.clone();
    let database = Database::open(&database.url, durability).await.expect("the database opens");
    let settings = Settings {
        graph_url: simulator.graph_url(),
        meta_apps: vec![MetaApp { name: number.app.clone(), secrets: vec![number.app_secret.clone()] }],
        meta_verify_token: Some("verify".into()),
        // Servers of tests stand in for strangers'.
        callable_networks: vec!["127.0.0.1/32".parse().expect("a network")],
        lease,
        ..Settings::default()
    };
    Env::new(Parts {
        database: database.watched(move |sql| statements.hear(sql)),
        clock: clock.map_or(Clock::System, Clock::Manual),
        keyring: Keyring::parse(secret_key).expect("a key"),
        outside: Outside::new(&settings).expect("clients"),
        hints: Hints::default(),
        settings,
    })
}

/// Links a number and publishes its widget if the test wants a bot.
pub async fn link(env: &Env, actor: &Actor, number: &Number, options: &Options) -> WidgetId {
    let connect = Connect {
        name: format!("Phone {}", number.phone_number_id),
        company_display_name: "Test Tea".into(),
        phone_number_id: number.phone_number_id.clone(),
        waba_id: number.waba_id.clone(),
        access_token: number.access_token.clone(),
        meta_app: number.app.clone(),
    };
    let (widget, _) = widget::connect(env, actor, &connect).await.expect("the number is linked");
    let behavior = Behavior {
        gather_quiet_ms: Some(options.gather_ms),
        gather_max_ms: Some(options.gather_ms * 5),
        ..Behavior::default()
    };
    widget::update_behavior(env, actor, widget, &behavior).await.expect("it takes the settings");
    let advanced = Advanced { mark_as_read: Some(false), ..Advanced::default() };
    widget::update_advanced(env, actor, widget, &advanced).await.expect("it takes the settings");
    if options.bot {
        let scope = Scope::of(env, actor.workspace);
        if !domain::document::missing(&scope).await.expect("the database answers").is_empty() {
            knowledge::provide(env, actor).await;
        }
        widget::publish(env, actor, widget).await.expect("it is complete");
    }
    widget
}

/// A number with ids of its own, so that several can be linked.
pub fn unique_number(callback: &str) -> Number {
    let n = next();
    Number {
        phone_number_id: format!("1065{n:011}"),
        display_phone_number: format!("+1 555 {n:07}"),
        waba_id: format!("1022{n:011}"),
        ..Number::example(callback)
    }
}

pub(crate) fn next() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// Where movable clocks begin.
pub fn start_of_time() -> DateTime<Utc> {
    "2026-03-02T09:00:00Z".parse().expect("a time")
}
