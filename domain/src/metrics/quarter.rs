//! Quarters of an hour, numbered from 1970 in UTC: the largest stretch of which the hours and days of every time zone
//! in use are made. Pure.

use chrono::DateTime;

use crate::clock::Time;

/// Seconds.
const LENGTH: i64 = 900;
/// Before this one, the first of 2009, nothing ever happened: clock times of before do not count as such.
pub(super) const FIRST: i64 = 1_230_768_000 / LENGTH;
/// How many make a day of 24 hours.
pub const OF_A_DAY: i64 = 96;

/// The quarter in which a moment lies.
#[must_use]
pub fn of(at: Time) -> i64 {
    at.timestamp().div_euclid(LENGTH)
}

/// The first quarter that begins at a moment or after it.
#[must_use]
pub fn from(at: Time) -> i64 {
    if begins(at) { of(at) } else { of(at) + 1 }
}

/// Whether one begins at this moment.
#[must_use]
pub fn begins(at: Time) -> bool {
    at.timestamp().rem_euclid(LENGTH) == 0 && at.timestamp_subsec_nanos() == 0
}

/// When a quarter begins.
#[must_use]
pub fn start(quarter: i64) -> Time {
    DateTime::from_timestamp(quarter.saturating_mul(LENGTH), 0).unwrap_or(if quarter < 0 {
        DateTime::<chrono::Utc>::MIN_UTC
    } else {
        DateTime::<chrono::Utc>::MAX_UTC
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_lies_in_the_quarter_that_began_last() {
        let at = |text: &str| text.parse::<Time>().unwrap();
        let noon = of(at("2026-11-28T12:00:00Z"));
        assert_eq!(start(noon), at("2026-11-28T12:00:00Z"));
        assert_eq!(of(at("2026-11-28T12:14:59.999999Z")), noon);
        assert_eq!(from(at("2026-11-28T12:00:00Z")), noon);
        assert_eq!(from(at("2026-11-28T12:00:00.000001Z")), noon + 1);
        assert_eq!(of(at("1969-12-31T23:59:59Z")), -1);
        assert_eq!(start(of(at("2026-11-28T12:00:00Z")) + OF_A_DAY), at("2026-11-29T12:00:00Z"));
    }
}
