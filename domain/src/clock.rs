//! Rule time: it decides what a customer could notice, and tests can move it.
//!
//! Machine time (leases, heartbeats, time-outs of calls) is read with [`machine_now`] and never moved.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, SubsecRound, Utc};

/// A moment in UTC, in whole microseconds (what both databases keep).
pub type Time = DateTime<Utc>;

/// Where rule time comes from.
#[derive(Debug, Clone, Default)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    System,
    /// A clock that stands still until a test moves it.
    Manual(ManualClock),
}

impl Clock {
    /// The present rule time.
    #[must_use]
    pub fn now(&self) -> Time {
        match self {
            Self::System => machine_now(),
            Self::Manual(clock) => clock.now(),
        }
    }
}

/// A clock that stands still until it is moved. Clones move together.
#[derive(Debug, Clone)]
pub struct ManualClock(Arc<AtomicI64>);

impl ManualClock {
    /// A clock that stands at `start`.
    #[must_use]
    pub fn at(start: Time) -> Self {
        Self(Arc::new(AtomicI64::new(start.timestamp_micros())))
    }

    /// Where it stands.
    #[must_use]
    pub fn now(&self) -> Time {
        let micros = self.0.load(Ordering::SeqCst);
        DateTime::from_timestamp_micros(micros).expect("only whole times are ever stored")
    }

    /// Moves it by `step`, forward or back.
    pub fn advance(&self, step: chrono::TimeDelta) {
        let micros = step.num_microseconds().expect("a test moves its clock by less than 292,000 years");
        self.0.fetch_add(micros, Ordering::SeqCst);
    }

    /// Moves it to `time`.
    pub fn set(&self, time: Time) {
        self.0.store(time.timestamp_micros(), Ordering::SeqCst);
    }
}

/// The machine's clock, for leases, heartbeats and time-outs only.
#[must_use]
pub fn machine_now() -> Time {
    Utc::now().trunc_subsecs(6)
}
