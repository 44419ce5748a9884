//! One binary with every test of the whole.

mod feed;
mod ledger;
mod program;
mod road;
mod session;
mod takeover;
