//! Meta's own limits, for those who want to be refused: messages per second and number, in and out
//! together, and messages to one customer. Measured by the provider's clock.

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};

#[derive(Default)]
pub(crate) struct Limits {
    numbers: HashMap<String, VecDeque<DateTime<Utc>>>,
    pairs: HashMap<(String, usize), DateTime<Utc>>,
}

impl Limits {
    /// Counts a message in or out; false when it is one too many in its second (and not counted).
    pub(crate) fn pass_number(&mut self, number: &str, most: Option<u32>, at: DateTime<Utc>) -> bool {
        let Some(most) = most else { return true };
        let seen = self.numbers.entry(number.to_owned()).or_default();
        while seen.front().is_some_and(|first| at - *first >= TimeDelta::seconds(1)) {
            seen.pop_front();
        }
        let passes = seen.len() < most as usize;
        if passes {
            seen.push_back(at);
        }
        passes
    }

    /// Counts a message that came in: it uses up room, but is never refused.
    pub(crate) fn count_inbound(&mut self, number: &str, most: Option<u32>, at: DateTime<Utc>) {
        if !self.pass_number(number, most, at) {
            self.numbers.entry(number.to_owned()).or_default().push_back(at);
        }
    }

    /// Counts a message to one customer: one per `every`, `burst` of them borrowed from the future.
    pub(crate) fn pass_pair(
        &mut self,
        number: &str,
        customer: usize,
        limit: Option<(Duration, u32)>,
        at: DateTime<Utc>,
    ) -> bool {
        let Some((every, burst)) = limit else { return true };
        let every = TimeDelta::from_std(every).unwrap_or(TimeDelta::zero());
        let key = (number.to_owned(), customer);
        let booked = self.pairs.get(&key).copied().unwrap_or(at).max(at);
        let burst = i32::try_from(burst.max(1)).unwrap_or(i32::MAX);
        let passes = every.checked_mul(burst - 1).is_none_or(|room| booked - at <= room);
        if passes {
            self.pairs.insert(key, booked.checked_add_signed(every).unwrap_or(booked));
        }
        passes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(1_750_000_000_000 + millis).unwrap()
    }

    #[test]
    fn a_second_holds_so_many_messages_in_and_out() {
        let mut limits = Limits::default();
        limits.count_inbound("n", Some(2), at(0));
        assert!(limits.pass_number("n", Some(2), at(1)));
        assert!(!limits.pass_number("n", Some(2), at(999)));
        assert!(limits.pass_number("n", Some(2), at(1000)));
        assert!(limits.pass_number("other", Some(2), at(1000)));
    }

    #[test]
    fn a_burst_to_one_customer_is_paid_back() {
        let (mut limits, limit) = (Limits::default(), Some((Duration::from_secs(6), 2)));
        assert!(limits.pass_pair("n", 1, limit, at(0)));
        assert!(limits.pass_pair("n", 1, limit, at(0)));
        assert!(!limits.pass_pair("n", 1, limit, at(0)));
        assert!(limits.pass_pair("n", 2, limit, at(0)));
        assert!(!limits.pass_pair("n", 1, limit, at(5999)));
        assert!(limits.pass_pair("n", 1, limit, at(6000)));
    }
}
