//! The harness: a fresh database per test, a real server with the simulator as Meta, one API client.
//!
//! With `TEST_DATABASE_URL` every test runs on PostgreSQL, without it on SQLite.

pub mod client;
pub mod database;
pub mod hub;
pub mod knowledge;
mod look;
mod people;
pub mod poison;
pub mod program;
pub mod socket;
pub mod statements;
pub mod wait;
mod webhook;

pub use database::TestDatabase;
pub use hub::{Hub, Options};
