//! Figures for people: how many conversations and messages there were. (Operators' counters are `telemetry`.)
//!
//! A job counts quarters of an hour ahead ([`rollup`]): the feed says which of them changed. Who asks gets their sum
//! ([`read`]), and a plain count of whatever is not rolled up: the ends of the period, and what happened since.
//!
//! Invariant: a figure is at any moment what a plain count over messages and sessions would give. Buckets only save
//! work; they can be thrown away and are counted anew.

mod bucket;
mod count;
mod dirty;
mod ends;
mod known;
mod live;
mod progress;
pub mod quarter;
mod read;
mod rollup;
mod stretch;

pub use live::{StatusCount, live};
pub use progress::{Progress, progress, rebuild};
pub use read::{RECENT, Report, Whose, report};
pub(crate) use rollup::behind;
pub use rollup::roll_up;
pub use stretch::{Division, Interval, Period, Stretch};

use crate::conversation::WaitReason;

/// What happened in some time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Sessions that were opened.
    pub conversations: i64,
    /// Messages of customers.
    pub customer: i64,
    /// Messages of the bot and of workflows.
    pub bot: i64,
    /// Messages of members, in the hub.
    pub agent: i64,
    /// Messages typed in the WhatsApp Business app on the phone.
    pub business_app: i64,
    /// Sessions that were closed.
    pub closed: i64,
    /// Those of them for which no person was ever responsible.
    pub resolved_by_bot: i64,
    /// Sessions that were opened and for which a person became responsible, then or later, by the first reason.
    pub handed_over: ByReason,
}

/// How many for each reason, in the order of [`WaitReason::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ByReason(pub [i64; WaitReason::ALL.len()]);

impl Counts {
    /// Messages of all of them.
    #[must_use]
    pub fn messages(&self) -> i64 {
        self.customer + self.bot + self.agent + self.business_app
    }
}

impl ByReason {
    /// All of them.
    #[must_use]
    pub fn total(&self) -> i64 {
        self.0.iter().sum()
    }

    /// Each reason and how many.
    pub fn each(&self) -> impl Iterator<Item = (WaitReason, i64)> {
        WaitReason::ALL.into_iter().zip(self.0)
    }

    /// So many more.
    pub fn add(&mut self, reason: WaitReason, n: i64) {
        let place = WaitReason::ALL.iter().position(|known| *known == reason);
        if let Some(count) = place.and_then(|place| self.0.get_mut(place)) {
            *count += n;
        }
    }
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.conversations += other.conversations;
        self.customer += other.customer;
        self.bot += other.bot;
        self.agent += other.agent;
        self.business_app += other.business_app;
        self.closed += other.closed;
        self.resolved_by_bot += other.resolved_by_bot;
        for (reason, n) in other.handed_over.each() {
            self.handed_over.add(reason, n);
        }
    }
}

impl std::iter::Sum for Counts {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        let mut sum = Self::default();
        all.for_each(|counts| sum += counts);
        sum
    }
}
