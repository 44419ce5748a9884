//! A database per test, copied from a template that was migrated once.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;

use domain::database::{Database, Durability};
use sea_orm::{ConnectionTrait, DatabaseConnection};
use tokio::sync::OnceCell;

/// A migrated, empty database that is gone with this value.
pub struct TestDatabase {
    /// Where it is.
    pub url: String,
    home: Home,
}

enum Home {
    /// A folder of its own, also for keys and locks.
    Sqlite(#[expect(dead_code, reason = "the folder lives as long as this value")] tempfile::TempDir),
    Postgres {
        server: String,
        name: String,
    },
}

impl TestDatabase {
    /// Makes one: on the server that `TEST_DATABASE_URL` names, else a SQLite file.
    pub async fn fresh() -> Self {
        match std::env::var("TEST_DATABASE_URL") {
            Ok(server) if !server.is_empty() => Self::postgres(server).await,
            _ => Self::sqlite().await,
        }
    }

    /// Whether tests run on PostgreSQL.
    pub fn is_postgres() -> bool {
        std::env::var("TEST_DATABASE_URL").is_ok_and(|server| !server.is_empty())
    }

    async fn sqlite() -> Self {
        static TEMPLATE: OnceCell<(tempfile::TempDir, PathBuf)> = OnceCell::const_new();
        let (_, template) = TEMPLATE
            .get_or_init(|| async {
                let folder = tempfile::tempdir().expect("a temporary folder");
                let file = folder.path().join("template.db");
                let database = Database::open(&format!("sqlite://{}", file.display()), Durability::Process)
                    .await
                    .expect("a new file");
                migration::up(database.writer()).await.expect("the migrations apply");
                // Without its WAL the file alone is the whole database.
                database
                    .writer()
                    .execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)")
                    .await
                    .expect("a checkpoint");
                database.close().await.expect("it closes");
                (folder, file)
            })
            .await;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("test.db");
        std::fs::copy(template, &file).expect("the template is copied");
        Self { url: format!("sqlite://{}", file.display()), home: Home::Sqlite(folder) }
    }

    async fn postgres(server: String) -> Self {
        static TEMPLATE: OnceCell<String> = OnceCell::const_new();
        let template = TEMPLATE.get_or_init(|| make_template(&server)).await;
        let name = format!("colloquy_test_{}", uuid::Uuid::new_v4().simple());
        let admin = connect(&server).await;
        // Copying fails while another process copies or makes the template: the lock keeps them apart.
        let lock = advisory(&admin).await;
        admin
            .execute_unprepared(&format!("CREATE DATABASE {name} TEMPLATE {template}"))
            .await
            .expect("TEST_DATABASE_URL may create databases");
        lock.rollback().await.expect("the lock is given back");
        admin.close().await.expect("it closes");
        Self { url: at(&server, &name), home: Home::Postgres { server, name } }
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let Home::Postgres { server, name } = &self.home else { return };
        let (server, name) = (server.clone(), name.clone());
        // Drop is not async; a thread of its own has a runtime of its own.
        let gone = std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let admin = connect(&server).await;
                let _ =
                    admin.execute_unprepared(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
            });
        });
        let _ = gone.join();
    }
}

/// One template per content of the migrations, left behind for the next run.
async fn make_template(server: &str) -> String {
    let mut hasher = DefaultHasher::new();
    migration::TEXTS.hash(&mut hasher);
    let name = format!("colloquy_template_{:016x}", hasher.finish());
    let admin = connect(server).await;
    let lock = advisory(&admin).await;
    let found = admin
        .query_one_raw(sea_orm::Statement::from_string(
            sea_orm::DbBackend::Postgres,
            format!("SELECT 1 AS found FROM pg_database WHERE datname = '{name}' AND NOT datallowconn"),
        ))
        .await
        .expect("the server answers");
    if found.is_none() {
        admin
            .execute_unprepared(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            .await
            .expect("a half-made one goes");
        admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.expect("databases may be made");
        let database =
            Database::open(&at(server, &name), Durability::Process).await.expect("the new database opens");
        migration::up(database.writer()).await.expect("the migrations apply");
        database.close().await.expect("it closes");
        let done = format!("ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false IS_TEMPLATE true");
        admin.execute_unprepared(&done).await.expect("the template is sealed");
    }
    lock.rollback().await.expect("the lock is given back");
    admin.close().await.expect("it closes");
    name
}

/// Held until the returned transaction ends; end it before the pool is closed.
async fn advisory(admin: &DatabaseConnection) -> sea_orm::DatabaseTransaction {
    use sea_orm::TransactionTrait;
    let tx = admin.begin().await.expect("a transaction");
    tx.execute_unprepared("SELECT pg_advisory_xact_lock(724301)").await.expect("the lock");
    tx
}

async fn connect(server: &str) -> DatabaseConnection {
    let mut options = sea_orm::ConnectOptions::new(server.to_owned());
    options.max_connections(2).sqlx_logging(false);
    sea_orm::Database::connect(options).await.expect("TEST_DATABASE_URL names a running server")
}

fn at(server: &str, name: &str) -> String {
    let (base, query) = server.split_once('?').map_or((server, None), |(base, query)| (base, Some(query)));
    let (root, _) = base.rsplit_once('/').expect("TEST_DATABASE_URL ends with a database");
    query.map_or_else(|| format!("{root}/{name}"), |query| format!("{root}/{name}?{query}"))
}
