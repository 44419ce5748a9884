//! The two databases: how they are opened and how a writing transaction begins.
//!
//! SQLite has one writer connection (shared with the job layer) and a few readers; PostgreSQL has a
//! pool for the rules and a small one for the job layer.

use std::time::Duration;

use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, RuntimeErr,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait, Value,
};

use crate::error::Result;

/// Begins a transaction, also if nobody waits for it any more; then it ends at once. A BEGIN that is dropped on its way
/// leaves its connection in a transaction that nobody ends, and whoever gets that connection next writes into it
/// (sqlx 0.9: it counts a transaction only once the answer is there).
pub(crate) async fn begun(
    begin: impl Future<Output = Result<DatabaseTransaction, DbErr>> + Send + 'static,
) -> Result<DatabaseTransaction, DbErr> {
    let broken = |error: tokio::task::JoinError| DbErr::Conn(RuntimeErr::Internal(error.to_string()));
    tokio::spawn(begin).await.map_err(broken)?
}

/// How much SQLite does for a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// A commit survives a power cut: what the webhook's 200 promises.
    #[default]
    PowerCut,
    /// A commit survives the process, not the machine: tests and the demo.
    Process,
}

/// The open database.
#[derive(Debug, Clone)]
pub struct Database {
    write: DatabaseConnection,
    read: DatabaseConnection,
    queue: DatabaseConnection,
    url: String,
}

impl Database {
    /// Opens `url` (`sqlite://file` or `postgres://..`); creates the SQLite file if it is missing.
    ///
    /// # Errors
    /// The driver's error when the server or the file cannot be reached.
    pub async fn open(url: &str, durability: Durability) -> Result<Self, DbErr> {
        if url.starts_with("sqlite:") {
            Self::open_sqlite(url, durability).await
        } else {
            Self::open_postgres(url).await
        }
    }

    async fn open_sqlite(url: &str, durability: Durability) -> Result<Self, DbErr> {
        let create = if url.contains('?') { format!("{url}&mode=rwc") } else { format!("{url}?mode=rwc") };
        let open = async |connections: u32| {
            let mut options = ConnectOptions::new(create.clone());
            options.max_connections(connections).sqlx_logging(false).test_before_acquire(false);
            options.acquire_timeout(Duration::from_secs(30)).idle_timeout(None).max_lifetime(None);
            options.map_sqlx_sqlite_opts(move |sqlite| {
                sqlite
                    .journal_mode(SqliteJournalMode::Wal)
                    .foreign_keys(true)
                    .busy_timeout(Duration::from_secs(10))
                    .synchronous(match durability {
                        Durability::PowerCut => SqliteSynchronous::Full,
                        Durability::Process => SqliteSynchronous::Normal,
                    })
            });
            sea_orm::Database::connect(options).await
        };
        let write = open(1).await?;
        let read = open(4).await?;
        Ok(Self { queue: write.clone(), write, read, url: url.to_owned() })
    }

    async fn open_postgres(url: &str) -> Result<Self, DbErr> {
        let open = async |connections: u32| {
            let mut options = ConnectOptions::new(url.to_owned());
            options.max_connections(connections).sqlx_logging(false).acquire_timeout(Duration::from_secs(10));
            options.map_sqlx_postgres_opts(|postgres| {
                // A forgotten transaction must not hold row locks for ever.
                postgres.options([("idle_in_transaction_session_timeout", "30s"), ("timezone", "UTC")])
            });
            sea_orm::Database::connect(options).await
        };
        let rules = open(10).await?;
        Ok(Self { write: rules.clone(), read: rules, queue: open(4).await?, url: url.to_owned() })
    }

    /// Begins a writing transaction.
    pub(crate) async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        // Deferred would fail with SQLITE_BUSY in the middle when another process writes.
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let write = self.write.clone();
        begun(async move { write.begin_with_options(options).await }).await
    }

    /// For reads that need no lock.
    #[must_use]
    pub fn reader(&self) -> &DatabaseConnection {
        &self.read
    }

    /// Shows the text of every statement of a reader to `look` once it was run: tests count them.
    #[must_use]
    pub fn watched(mut self, look: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.read.set_metric_callback(move |ran| look(&ran.statement.sql));
        self
    }

    /// For single statements that stand for themselves (the ledger's insert, migrations).
    #[must_use]
    pub fn writer(&self) -> &DatabaseConnection {
        &self.write
    }

    /// For the job layer.
    #[must_use]
    pub fn queue(&self) -> &DatabaseConnection {
        &self.queue
    }

    /// Which of the two it is.
    #[must_use]
    pub fn backend(&self) -> DbBackend {
        self.write.get_database_backend()
    }

    /// Where it is, with its password: never log it.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Closes every connection.
    ///
    /// # Errors
    /// The driver's error when a connection does not close.
    pub async fn close(&self) -> Result<(), DbErr> {
        self.read.close_by_ref().await?;
        self.queue.close_by_ref().await?;
        self.write.close_by_ref().await
    }
}

/// The places of `n` values of a list in a statement, from `first` on: `$4, $5, $6`.
pub(crate) fn places(first: usize, n: usize) -> String {
    (first..first + n).map(|place| format!("${place}")).collect::<Vec<_>>().join(", ")
}

/// A statement in the words that both databases share, with `$1`, `$2` for its values.
pub(crate) fn statement<const N: usize>(
    on: &impl ConnectionTrait,
    sql: &str,
    values: [Value; N],
) -> Statement {
    Statement::from_sql_and_values(on.get_database_backend(), sql, values)
}
