//! Changes of the database, one file each, the same for SQLite and PostgreSQL.
//!
//! Invariant: a file never changes once merged. Names are spelled out here and not imported from
//! `entity`, so that an old migration keeps meaning what it meant.

mod dialect;
mod m20261122_000001_first_road;
mod m20261122_000002_follow;
mod m20261122_000003_changes;
mod m20261122_000004_contacts;
mod m20261124_000005_gates;
mod m20261125_000006_desk;
mod m20261125_000007_workflows;
mod m20261125_000008_workflow_runs;
mod m20261128_000009_schedules;
mod m20261128_000010_metrics;
mod m20261128_000011_more_metrics;
mod m20261128_000012_answers;
mod m20261128_000013_feedback;

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{DatabaseConnection, DbBackend};

macro_rules! texts {
    ($($name:literal)*) => { &[$(include_str!(concat!($name, ".rs"))),*] };
}

/// The texts of the changes, in order: whoever keeps a migrated database knows by them whether it is of today.
pub const TEXTS: &[&str] = texts! {
    "m20261122_000001_first_road"
    "m20261122_000002_follow"
    "m20261122_000003_changes"
    "m20261122_000004_contacts"
    "m20261124_000005_gates"
    "m20261125_000006_desk"
    "m20261125_000007_workflows"
    "m20261125_000008_workflow_runs"
    "m20261128_000009_schedules"
    "m20261128_000010_metrics"
    "m20261128_000011_more_metrics"
    "m20261128_000012_answers"
    "m20261128_000013_feedback"
};

/// The ordered list of changes.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_000001_first_road::Migration),
            Box::new(m20261122_000002_follow::Migration),
            Box::new(m20261122_000003_changes::Migration),
            Box::new(m20261122_000004_contacts::Migration),
            Box::new(m20261124_000005_gates::Migration),
            Box::new(m20261125_000006_desk::Migration),
            Box::new(m20261125_000007_workflows::Migration),
            Box::new(m20261125_000008_workflow_runs::Migration),
            Box::new(m20261128_000009_schedules::Migration),
            Box::new(m20261128_000010_metrics::Migration),
            Box::new(m20261128_000011_more_metrics::Migration),
            Box::new(m20261128_000012_answers::Migration),
            Box::new(m20261128_000013_feedback::Migration),
        ]
    }
}

/// Brings the job tables of apalis and then our own tables up to date.
///
/// # Errors
/// The database's own error when a statement fails; PostgreSQL rolls the failing change back.
pub async fn up(connection: &DatabaseConnection) -> Result<(), DbErr> {
    jobs_up(connection).await?;
    Migrator::up(connection, None).await
}

/// Takes back the newest `steps` changes of our own tables. The job tables stay.
///
/// # Errors
/// The database's own error when a statement fails.
pub async fn down(connection: &DatabaseConnection, steps: u32) -> Result<(), DbErr> {
    Migrator::down(connection, Some(steps)).await
}

/// Whether the database has never seen a migration, lacks some, or has them all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// No table of ours exists.
    Empty,
    /// These changes are missing, oldest first.
    Behind(Vec<String>),
    /// Nothing to do.
    Current,
}

/// Looks without changing anything.
///
/// # Errors
/// The database's own error when it cannot be read.
pub async fn status(connection: &DatabaseConnection) -> Result<Status, DbErr> {
    if !SchemaManager::new(connection).has_table("seaql_migrations").await? {
        return Ok(Status::Empty);
    }
    let missing = Migrator::get_pending_migrations(connection).await?;
    let all = Migrator::migrations().len();
    Ok(match missing.len() {
        0 => Status::Current,
        n if n == all => Status::Empty,
        _ => Status::Behind(missing.iter().map(|m| m.name().to_owned()).collect()),
    })
}

/// What apalis' tables on PostgreSQL need of us: no trigger, and indexes for gauges and pruning.
const JOB_TABLE_CARE: [&str; 4] = [
    "DROP TRIGGER IF EXISTS notify_workers ON apalis.jobs",
    "DROP FUNCTION IF EXISTS apalis.notify_new_jobs()",
    "CREATE INDEX IF NOT EXISTS jobs_unfinished ON apalis.jobs (job_type, status, run_at) WHERE status <> 'Done'",
    "CREATE INDEX IF NOT EXISTS jobs_finished ON apalis.jobs (status, done_at) WHERE status IN ('Done', 'Failed', 'Killed')",
];

async fn jobs_up(connection: &DatabaseConnection) -> Result<(), DbErr> {
    let failed = |e: sqlx::migrate::MigrateError| DbErr::Migration(e.to_string());
    match connection.get_database_backend() {
        // Never `SqliteStorage::setup`: it would switch synchronous off and break the promise of a 200.
        DbBackend::Sqlite => {
            let mut migrations = apalis_sqlite::SqliteStorage::<()>::migrations();
            migrations.set_ignore_missing(true);
            migrations.run(connection.get_sqlite_connection_pool()).await.map_err(failed)?;
        }
        DbBackend::Postgres => {
            let mut migrations = apalis_postgres::PostgresStorage::<()>::migrations();
            migrations.set_ignore_missing(true);
            migrations.run(connection.get_postgres_connection_pool()).await.map_err(failed)?;
            // NOTIFY inside the writing transactions cost a third of the throughput; hints replace it.
            for statement in JOB_TABLE_CARE {
                connection.execute_unprepared(statement).await?;
            }
        }
        other => return Err(DbErr::Migration(format!("{other:?} is not supported"))),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_change_has_its_text() {
        assert_eq!(Migrator::migrations().len(), TEXTS.len());
    }
}
