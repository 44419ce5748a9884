//! The provider's clock: what timestamps in webhooks say. It never decides when a webhook is sent.

use std::{fmt, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};

/// Where the provider's time comes from.
#[derive(Clone, Default)]
pub(crate) enum Clock {
    /// The machine's time.
    #[default]
    Machine,
    /// The machine's time, moved.
    Offset(TimeDelta),
    /// Always this instant.
    Fixed(DateTime<Utc>),
    /// A test's own clock.
    Asked(Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>),
}

impl Clock {
    pub(crate) fn now(&self) -> DateTime<Utc> {
        match self {
            Clock::Machine => Utc::now(),
            Clock::Offset(by) => Utc::now().checked_add_signed(*by).unwrap_or_else(Utc::now),
            Clock::Fixed(at) => *at,
            Clock::Asked(ask) => ask(),
        }
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({})", self.now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_clock_stands_still_and_an_offset_too_large_is_ignored() {
        let at = DateTime::from_timestamp(1_750_000_000, 0).unwrap();
        assert_eq!(Clock::Fixed(at).now(), at);
        assert_eq!(Clock::Asked(Arc::new(move || at)).now(), at);
        let far = Clock::Offset(TimeDelta::MAX).now();
        assert!((Utc::now() - far).num_seconds() < 5);
    }
}
