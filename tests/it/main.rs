//! One binary with every test of the whole.

mod feed;
mod job_layer;
mod ledger;
mod matrix;
mod program;
mod road;
mod session;
mod takeover;
