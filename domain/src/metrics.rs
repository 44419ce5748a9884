//! Figures for people: how many conversations and messages there were, how fast people answered, what the bot knew.
//! (Operators' counters are `telemetry`.)
//!
//! A job counts quarters of an hour ahead ([`rollup`]): the feed says which of them changed. Who asks gets their sum
//! ([`read`]), and a plain count of whatever is not rolled up: the ends of the period, and what happened since.
//!
//! Invariant: a figure is at any moment what a plain count over messages, sessions, waits, turns and deliveries would
//! give. Buckets only save work; they can be thrown away and are counted anew.

mod bucket;
mod count;
mod dirty;
mod ends;
mod figures;
mod live;
mod plan;
mod progress;
pub mod quarter;
mod read;
mod rolled;
mod rollup;
mod stretch;
mod sum;
mod tally;
mod times;
mod touched;
mod unanswered;
mod unique;

pub use dirty::kinds;
pub use figures::{Counts, Figures, Parts, Rated};
pub use live::{StatusCount, live, lives};
pub use progress::{Progress, progress, rebuild};
pub use read::{Report, Whose, recent, report, reports};
pub(crate) use rollup::behind;
pub use rollup::roll_up;
pub use stretch::{Division, Interval, Period, Stretch};
pub use tally::Tally;
pub use times::Times;
pub use unanswered::unanswered;
pub use unique::{Unique, uniques};
