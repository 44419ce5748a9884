//! The few words in which SQLite and PostgreSQL differ, so that a table is written once.

use sea_orm_migration::sea_orm::DbBackend;

/// Replaces `{uuid}`, `{time}`, `{bytes}` and `{float}` by the database's own type names.
pub(crate) fn spell(sql: &str, backend: DbBackend) -> String {
    let (uuid, time, bytes, float) = match backend {
        DbBackend::Postgres => ("UUID", "TIMESTAMPTZ", "BYTEA", "DOUBLE PRECISION"),
        _ => ("BLOB", "TEXT", "BLOB", "REAL"),
    };
    sql.replace("{uuid}", uuid).replace("{time}", time).replace("{bytes}", bytes).replace("{float}", float)
}
