//! One binary with every test of the whole.

mod command;
mod delivery;
mod feed;
mod isolation;
mod job_layer;
mod knowledge;
mod ledger;
mod live;
mod matrix;
mod program;
mod prune;
mod quarantine;
mod road;
mod schema;
mod session;
mod shutdown;
mod takeover;
mod telemetry;
mod trace;
mod turn;
mod webhook;
