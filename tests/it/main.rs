//! One binary with every test of the whole.

mod change;
mod command;
mod contact;
mod delivery;
mod echo;
mod feed;
mod isolation;
mod job_layer;
mod knowledge;
mod ledger;
mod live;
mod matrix;
mod placeholder;
mod program;
mod prune;
mod quarantine;
mod receipt;
mod road;
mod schema;
mod session;
mod shutdown;
mod takeover;
mod telemetry;
mod trace;
mod turn;
mod webhook;
