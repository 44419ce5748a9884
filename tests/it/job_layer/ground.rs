//! A database that holds apalis' tables and nothing else, and a handler that does as its payload says.

use std::{
    collections::HashMap,
    panic::AssertUnwindSafe,
    str::FromStr,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use apalis_postgres::PostgresStorage;
use apalis_sqlite::SqliteStorage;
use domain::job::table::{self, NewJob};
use futures_util::FutureExt;
use jobs::{
    durable::{Failure, Handler},
    worker::{self, Pool, QueueSettings, Workers},
};
use sea_orm::{ConnectionTrait, DatabaseConnection, SqlxPostgresConnector, SqlxSqliteConnector, Statement};
use serde_json::{Value, json};
use sqlx::{
    postgres::PgPoolOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::{sync::Notify, time::sleep};
use uuid::Uuid;

pub const HEARTBEAT: Duration = Duration::from_secs(1);

/// What the project's migration does to PostgreSQL after apalis' own.
const AFTER_APALIS: &str = "DROP TRIGGER IF EXISTS notify_workers ON apalis.jobs;
     DROP FUNCTION IF EXISTS apalis.notify_new_jobs();
     CREATE INDEX jobs_unfinished ON apalis.jobs (job_type, status, run_at) WHERE status <> 'Done';
     CREATE INDEX jobs_finished ON apalis.jobs (status, done_at)
         WHERE status IN ('Done', 'Failed', 'Killed');";

pub struct Ground {
    pub url: String,
    pub connection: DatabaseConnection,
    pub pool: Pool,
    pub hint: Arc<Notify>,
}

pub async fn on_sqlite(test: impl AsyncFn(&Ground)) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("jobs.db").display());
    let ground = Ground::open(&url).await;
    let Pool::Sqlite(pool) = &ground.pool else { unreachable!() };
    SqliteStorage::migrations().run(pool).await.unwrap();
    test(&ground).await;
}

pub async fn on_postgres(test: impl AsyncFn(&Ground)) {
    let Ok(given) = std::env::var("TEST_DATABASE_URL") else { return };
    let (server, _) = given.rsplit_once('/').expect("TEST_DATABASE_URL ends with a database");
    let admin = sqlx::PgPool::connect(&given).await.unwrap();
    let name = format!("job_layer_{}", Uuid::new_v4().simple());
    let sql = |text: String| sqlx::raw_sql(sqlx::AssertSqlSafe(text));
    sql(format!("CREATE DATABASE {name}")).execute(&admin).await.unwrap();
    let ground = Ground::open(&format!("{server}/{name}")).await;
    let Pool::Postgres(pool) = &ground.pool else { unreachable!() };
    PostgresStorage::migrations().run(pool).await.unwrap();
    sqlx::raw_sql(AFTER_APALIS).execute(pool).await.unwrap();
    let outcome = AssertUnwindSafe(test(&ground)).catch_unwind().await;
    pool.close().await;
    sql(format!("DROP DATABASE {name} WITH (FORCE)")).execute(&admin).await.unwrap();
    if let Err(panic) = outcome {
        std::panic::resume_unwind(panic);
    }
}

impl Ground {
    /// A second one on the same database is a second node.
    pub async fn open(url: &str) -> Ground {
        let hint = Arc::new(Notify::new());
        if url.starts_with("sqlite:") {
            let options = SqliteConnectOptions::from_str(url)
                .unwrap()
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Normal)
                .busy_timeout(Duration::from_secs(10))
                .foreign_keys(true);
            let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
            let connection = SqlxSqliteConnector::from_sqlx_sqlite_pool(pool.clone());
            Ground { url: url.to_owned(), connection, pool: Pool::Sqlite(pool), hint }
        } else {
            let pool = PgPoolOptions::new().max_connections(4).connect(url).await.unwrap();
            let connection = SqlxPostgresConnector::from_sqlx_postgres_pool(pool.clone());
            Ground { url: url.to_owned(), connection, pool: Pool::Postgres(pool), hint }
        }
    }

    pub fn start(&self, concurrency: usize, batch: usize, handler: impl Handler) -> Workers {
        let queues = [(QueueSettings { queue: "short", concurrency, batch }, Arc::clone(&self.hint))];
        worker::start(self.pool.clone(), self.connection.clone(), &queues, handler, HEARTBEAT)
    }

    pub async fn enqueue(&self, jobs: &[NewJob]) -> u64 {
        let new = table::insert(&self.connection, jobs).await.unwrap();
        self.hint.notify_one();
        new
    }

    pub async fn sql(&self, sql: &str) {
        self.connection.execute_unprepared(&self.spell(sql)).await.unwrap();
    }

    fn spell(&self, sql: &str) -> String {
        let (jobs, workers) = match &self.pool {
            Pool::Sqlite(_) => ("Jobs", "Workers"),
            Pool::Postgres(_) => ("apalis.jobs", "apalis.workers"),
        };
        sql.replace("{jobs}", jobs).replace("{workers}", workers)
    }

    /// The column `n` of the one row.
    pub async fn text(&self, sql: &str) -> String {
        let statement = Statement::from_string(self.connection.get_database_backend(), self.spell(sql));
        let row = self.connection.query_one_raw(statement).await.unwrap().unwrap();
        row.try_get("", "n").unwrap()
    }

    pub async fn workers(&self) -> usize {
        self.text("SELECT CAST(COUNT(*) AS text) AS n FROM {workers}").await.parse().unwrap()
    }

    /// On PostgreSQL every connection of this database but the one that asks; SQLite has none to break.
    pub async fn break_connections(&self) {
        if self.is_postgres() {
            self.sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                      WHERE datname = current_database() AND pid <> pg_backend_pid()",
            )
            .await;
        }
    }

    pub fn is_postgres(&self) -> bool {
        matches!(self.pool, Pool::Postgres(_))
    }

    pub async fn all_done(&self) {
        eventually(Duration::from_secs(30), async || table::unfinished(&self.connection).await.unwrap() == 0)
            .await;
    }
}

pub fn job(key: impl ToString, payload: Value) -> NewJob {
    NewJob { queue: "short", key: key.to_string(), payload, attempts: 3 }
}

pub async fn eventually(limit: Duration, condition: impl AsyncFn() -> bool) {
    let start = Instant::now();
    while !condition().await {
        assert!(start.elapsed() < limit, "still not so after {limit:?}");
        sleep(Duration::from_millis(20)).await;
    }
}

/// What a job does; its name says which one it is.
pub enum Script {
    Succeed,
    Take(Duration),
    Fail,
    Panic,
    Undecodable,
}

impl Script {
    pub fn named(&self, name: impl ToString) -> Value {
        let (act, ms) = match self {
            Script::Succeed => ("succeed", 0),
            Script::Take(time) => ("succeed", time.as_millis()),
            Script::Fail => ("fail", 0),
            Script::Panic => ("panic", 0),
            Script::Undecodable => ("undecodable", 0),
        };
        json!({ "name": name.to_string(), "act": act, "ms": ms as u64 })
    }
}

/// When each job began, in order, and which of them came to an end of their own.
#[derive(Clone, Default)]
pub struct Recorder(Arc<Mutex<Record>>);

#[derive(Default)]
struct Record {
    began: HashMap<String, Vec<Instant>>,
    ended: usize,
}

impl Recorder {
    pub fn began(&self, name: impl ToString) -> Vec<Instant> {
        self.0.lock().unwrap().began.get(&name.to_string()).cloned().unwrap_or_default()
    }

    /// How many jobs began, each start counted.
    pub fn starts(&self) -> usize {
        self.0.lock().unwrap().began.values().map(Vec::len).sum()
    }

    pub fn ended(&self) -> usize {
        self.0.lock().unwrap().ended
    }
}

impl Handler for Recorder {
    async fn handle(&self, payload: Value, _: u32) -> Result<(), Failure> {
        let name = payload["name"].as_str().unwrap().to_owned();
        self.0.lock().unwrap().began.entry(name).or_default().push(Instant::now());
        sleep(Duration::from_millis(payload["ms"].as_u64().unwrap())).await;
        self.0.lock().unwrap().ended += 1;
        match payload["act"].as_str().unwrap() {
            "fail" => Err(Failure::Retry("the dog ate it".into())),
            "panic" => panic!("the handler fell over"),
            "undecodable" => Err(Failure::Undecodable("no such job".into())),
            _ => Ok(()),
        }
    }
}
