//! When and how often a rule runs, never what it says.

pub mod durable;
pub mod handle;
mod source;
mod wake;
pub mod worker;
