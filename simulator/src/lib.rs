//! A stand-in for Meta: the WhatsApp Cloud API, its webhooks, the customers' phones and the
//! business's own phone app, for tests and demonstrations.
//!
//! Invariant: nothing here comes from the program under test. Bodies, escapes and signatures are
//! written by this crate alone, so that a mistake cannot agree with itself.
//!
//! ```no_run
//! # async fn example() -> std::io::Result<()> {
//! use simulator::{Config, Number, Simulator};
//!
//! let meta = Simulator::start(Config::default()).await?;
//! meta.add_number(Number::example("http://127.0.0.1:8080/webhooks/whatsapp"));
//! let ada = meta.customer(Some("16505551234"), None, "Ada");
//! meta.customer_says("106540352242922", &ada, "Are you open today?").await;
//! # Ok(())
//! # }
//! ```

#![warn(missing_docs)]

mod clock;
mod config;
mod content;
mod control;
mod courier;
mod customer;
mod dice;
mod escape;
mod fault;
mod graph;
mod ladder;
mod limit;
mod listener;
mod lock;
mod number;
mod payload;
mod pending;
mod phones;
mod script;
mod sent;
mod serve;
mod signature;
mod thread;
mod watching;
mod world;

pub use config::Config;
pub use content::Content;
pub use customer::Customer;
pub use fault::{Delay, Fault, Outage};
pub use ladder::Ladder;
pub use number::Number;
pub use script::Script;
pub use sent::{Outcome, Read, Sent};
pub use serve::serve;
pub use thread::{Side, ThreadMessage};
pub use world::Simulator;
