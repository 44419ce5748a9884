//! `colloquy migrate`: up, down, status; and what `serve` does with an empty or an older database.

use domain::Env;
use domain::clock::Clock;
use domain::database::Durability;
use migration::Status;
use sea_orm::ConnectionTrait;

use crate::cli::{MigrateAction, MigrateArgs};
use crate::settings::Settings;
use crate::{Fault, log, open, single};

/// Only one process changes the tables at a time.
const ADVISORY: i64 = 0x636f_6c6c_6f71_7579;

pub async fn run(args: MigrateArgs) -> Result<(), Fault> {
    let settings = Settings::from_environment()?;
    log::init(&settings.log);
    let _alone = single::alone(&settings.database_url)?;
    let env = open::env(&settings, Clock::System, Durability::PowerCut).await?;
    match args.action {
        MigrateAction::Up => {
            up(&env).await?;
            println!("The database is up to date.");
        }
        MigrateAction::Down => {
            locked(&env, async |db| migration::down(db, 1).await).await?;
            println!("The newest change was taken back.");
        }
        MigrateAction::Status => match migration::status(env.database.writer()).await? {
            Status::Empty => {
                println!("The database is empty: `colloquy serve` or `colloquy migrate up` fills it.")
            }
            Status::Current => println!("The database is up to date."),
            Status::Behind(missing) => {
                println!("Missing: {}. `colloquy migrate up` applies it.", missing.join(", "))
            }
        },
    }
    env.database.close().await?;
    Ok(())
}

/// An empty database is filled; an older one only if the operator said so.
pub async fn before_serving(env: &Env, allowed: bool) -> Result<(), Fault> {
    match migration::status(env.database.writer()).await? {
        Status::Current => Ok(()),
        Status::Empty => up(env).await,
        Status::Behind(_) if allowed => up(env).await,
        Status::Behind(missing) => Err(format!(
            "the database lacks {}: make a backup, then run `colloquy serve --migrate` or `colloquy migrate up`",
            missing.join(", ")
        )
        .into()),
    }
}

async fn up(env: &Env) -> Result<(), Fault> {
    locked(env, async |db| migration::up(db).await).await
}

/// On PostgreSQL an advisory lock on a connection of its own keeps two nodes apart.
async fn locked<F>(env: &Env, change: F) -> Result<(), Fault>
where
    F: AsyncFnOnce(&sea_orm::DatabaseConnection) -> Result<(), sea_orm::DbErr>,
{
    use sea_orm::TransactionTrait;
    let lock = match env.database.backend() {
        sea_orm::DbBackend::Postgres => {
            let tx = env.database.queue().begin().await?;
            // Held by an open transaction that does nothing: tell the server not to end it as forgotten.
            tx.execute_unprepared("SET LOCAL idle_in_transaction_session_timeout = 0").await?;
            tx.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({ADVISORY})")).await?;
            Some(tx)
        }
        _ => None,
    };
    change(env.database.writer()).await?;
    if let Some(lock) = lock {
        lock.rollback().await?;
    }
    Ok(())
}
