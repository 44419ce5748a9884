//! The rules: transactions, events, clocks. No HTTP, no GraphQL, no worker.
//!
//! A **command** is `verb(&Env, &Actor, ..)`: it begins, calls steps and commits; one command, one
//! transaction. A **step** takes `&mut Tx` and never commits. Network calls happen only outside a
//! transaction: claim, commit, call, settle.

pub mod actor;
pub mod bot;
pub mod business_hours;
mod calendar;
pub mod channel;
pub mod clock;
pub mod contact;
pub mod conversation;
pub mod database;
pub mod delivery;
pub mod document;
pub mod due;
pub mod env;
pub mod error;
pub mod event;
pub mod feed;
pub mod feedback;
pub mod gate;
pub mod health;
pub mod hint;
pub mod human_wait;
pub mod id;
pub mod inbound;
pub mod intake;
pub mod job;
pub mod knowledge;
pub mod lane;
pub mod ledger;
pub mod message;
pub mod metrics;
pub mod note;
pub mod outside;
pub mod page;
pub mod prune;
pub mod row;
pub mod scope;
pub mod seam;
pub mod secret;
pub mod session;
pub mod settings;
pub mod tag;
pub mod telemetry;
pub mod text;
pub mod token;
pub mod trace;
pub mod training;
pub mod turn;
pub mod tx;
pub mod widget;
pub mod workflow;
pub mod workspace;

pub use actor::Actor;
pub use clock::Time;
pub use env::Env;
pub use error::{Error, Result};
pub use scope::Scope;
pub use tx::Tx;
