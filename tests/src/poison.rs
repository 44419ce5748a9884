//! Rows that the database refuses: a fault of ours, as an element would meet it, made with a trigger.

use domain::Env;
use sea_orm::{ConnectionTrait, DbBackend};

/// From now on no row of `table` whose `column` contains "poison" can be inserted.
pub async fn lay(env: &Env, table: &str, column: &str) {
    let db = env.database.writer();
    let trigger = match db.get_database_backend() {
        DbBackend::Postgres => format!(
            "CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'poisoned'; END $$; \
             CREATE TRIGGER poison BEFORE INSERT ON {table} FOR EACH ROW WHEN (NEW.{column} LIKE '%poison%') EXECUTE FUNCTION poison()"
        ),
        _ => format!(
            "CREATE TRIGGER poison BEFORE INSERT ON {table} WHEN NEW.{column} LIKE '%poison%' \
             BEGIN SELECT RAISE(ABORT, 'poisoned'); END"
        ),
    };
    db.execute_unprepared(&trigger).await.expect("a trigger");
}

/// The fault is mended.
pub async fn lift(env: &Env, table: &str) {
    let db = env.database.writer();
    let on =
        if db.get_database_backend() == DbBackend::Postgres { format!(" ON {table}") } else { String::new() };
    db.execute_unprepared(&format!("DROP TRIGGER poison{on}")).await.expect("no trigger");
}
