//! Workflows: what the company lets happen by itself in a conversation.
//!
//! A [`Definition`] is a graph of steps. [`step`] is the engine, a pure function: it has no clock, no database and no
//! network, only the state of a run, what arrived, and the facts of that moment; what is to be done comes out as
//! effects. Invariant: the same state, stimulus and facts give the same transition, so a run can be replayed, and
//! trying a workflow out ([`simulate`]) is running it.

pub mod check;
pub mod command;
pub mod definition;
pub mod diff;
mod engine;
pub mod facts;
pub mod file;
pub mod find;
pub mod journal;
pub mod library;
pub mod live;
pub mod run;
pub mod schedule;
pub mod simulate;
pub mod step;
pub mod template;
pub mod templates;
#[cfg(test)]
mod tests;
pub mod trigger;

pub use check::{Problem, check};
pub use definition::Definition;
pub use engine::{MAX_STEPS, Stimulus, begin, begin_with, step};
pub use library::Library;
