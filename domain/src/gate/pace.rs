//! How fast Meta lets a number send: pure, and in rule time.
//!
//! A number counts what it sent and received in the last second together; a customer is sent one message in six
//! seconds, a few of them early. Both are judged before a send, so that Meta has nothing to refuse.

use chrono::{DateTime, TimeDelta};

use crate::clock::Time;

/// Messages a second, in and out, of a number that is also on a phone (Meta's coexistence).
pub const COEXISTING: i64 = 20;
/// Messages a second, in and out, of a number that is on the Cloud API alone.
pub const CLOUD: i64 = 80;
/// Meta's second, and a little more: what leaves here evenly may arrive there in a bunch.
const SECOND: TimeDelta = TimeDelta::milliseconds(1020);
/// One message to a customer in so long ..
const PAIR: TimeDelta = TimeDelta::seconds(6);
/// .. of which so many may go at once. Meta lends 45; half of it is for others who send with this number.
const PAIR_BURST: i32 = 20;

/// How long ago a message no longer counts.
pub(crate) fn horizon(now: Time) -> Time {
    now - SECOND
}

/// How many more may be sent at `now`, after these that were sent and received.
#[must_use]
pub fn room(counted: &[Time], per_second: i64, now: Time) -> usize {
    let recent = counted.iter().filter(|at| **at > horizon(now)).count();
    usize::try_from(per_second).unwrap_or_default().saturating_sub(recent)
}

/// When there is room for another one. `now` if there is already.
#[must_use]
pub fn next_free(counted: &[Time], per_second: i64, now: Time) -> Time {
    let mut recent: Vec<Time> = counted.iter().copied().filter(|at| *at > horizon(now)).collect();
    recent.sort_unstable();
    let most = usize::try_from(per_second.max(1)).unwrap_or(1);
    match recent.len().checked_sub(most) {
        None => now,
        // This one must leave the second first.
        Some(last_to_leave) => recent[last_to_leave] + SECOND,
    }
}

/// Books a message to a customer: until when the pair is booked then, or when it may be tried.
///
/// # Errors
/// The time at which there is room.
pub fn book(booked_until: Option<Time>, now: Time) -> Result<Time, Time> {
    let booked = booked_until.map_or(now, |until| until.max(now));
    let room = booked - PAIR * (PAIR_BURST - 1);
    if room > now { Err(room) } else { Ok(booked + PAIR) }
}

/// 1, 2, 4 .. up to `most`.
#[must_use]
pub fn doubling(strikes: i64, most: i64) -> i64 {
    let exponent = u32::try_from(strikes.clamp(1, 32) - 1).unwrap_or(31);
    1_i64.checked_shl(exponent).unwrap_or(most).min(most)
}

/// The same with full jitter, so that a crowd does not come back as one.
#[must_use]
pub fn jitter(strikes: i64, most: i64) -> i64 {
    rand::random_range(1..=doubling(strikes, most))
}

/// 1, 4, 16, 64, 256 seconds: how Meta wants a pair to back off.
#[must_use]
pub fn pair_pause(refusals: i64) -> TimeDelta {
    let exponent = u32::try_from((refusals - 1).clamp(0, 4)).unwrap_or(4);
    TimeDelta::seconds(4_i64.pow(exponent))
}

/// The stored form of some times: microseconds, with commas between.
pub(crate) fn write(times: &[Time]) -> String {
    times.iter().map(|at| at.timestamp_micros().to_string()).collect::<Vec<_>>().join(",")
}

/// Reads the stored form; None for what no rule writes.
pub(crate) fn read(text: &str) -> Option<Vec<Time>> {
    let one = |part: &str| DateTime::from_timestamp_micros(part.parse().ok()?);
    text.split(',').filter(|part| !part.is_empty()).map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(millis: i64) -> Time {
        DateTime::from_timestamp_millis(1_750_000_000_000 + millis).unwrap()
    }

    #[test]
    fn a_full_second_has_room_when_its_oldest_leaves_it() {
        let counted: Vec<Time> = (0..20).map(|n| at(n * 10)).collect();
        assert_eq!((room(&counted, 20, at(200)), room(&counted, 20, at(1020))), (0, 1));
        assert_eq!(next_free(&counted, 20, at(200)), at(1020));
        assert_eq!(next_free(&counted[1..], 20, at(200)), at(200));
        // Five more came in than may go out: they must leave too.
        let crowded: Vec<Time> = (0..25).map(|n| at(n * 10)).collect();
        assert_eq!(next_free(&crowded, 20, at(300)), at(1070));
    }

    #[test]
    fn a_customer_gets_twenty_at_once_and_then_one_in_six_seconds() {
        let mut booked = None;
        for n in 0..20 {
            booked = Some(book(booked, at(0)).unwrap_or_else(|_| panic!("message {n} of the burst")));
        }
        assert_eq!(book(booked, at(0)), Err(at(6_000)));
        booked = Some(book(booked, at(6_000)).unwrap());
        assert_eq!(book(booked, at(6_000)), Err(at(12_000)));
        assert!(book(booked, at(600_000)).is_ok());
    }

    #[test]
    fn pauses_grow_to_their_limits() {
        assert_eq!((1..=8).map(|n| doubling(n, 60)).collect::<Vec<_>>(), [1, 2, 4, 8, 16, 32, 60, 60]);
        let pauses: Vec<i64> = (1..=6).map(|n| pair_pause(n).num_seconds()).collect();
        assert_eq!(pauses, [1, 4, 16, 64, 256, 256]);
        assert!((1..=4).contains(&jitter(3, 60)));
    }

    proptest! {
        #[test]
        fn whoever_waits_for_room_never_is_one_too_many_in_a_second(
            arrivals in prop::collection::vec(0_i64..5_000, 0..60), limit in 1_i64..25,
        ) {
            let arrivals: Vec<Time> = arrivals.into_iter().map(at).collect();
            let (mut now, mut ours) = (at(0), Vec::<Time>::new());
            while now < at(6_000) {
                // What has not come in yet counts for nobody.
                let come = arrivals.iter().copied().filter(|other| *other <= now);
                let seen: Vec<Time> = come.chain(ours.iter().copied()).collect();
                let free = next_free(&seen, limit, now);
                if free > now {
                    prop_assert_eq!(room(&seen, limit, now), 0);
                    now = free;
                    continue;
                }
                let in_the_second = seen.iter().filter(|other| now - **other < TimeDelta::seconds(1)).count();
                prop_assert!(in_the_second < usize::try_from(limit).unwrap());
                ours.push(now);
            }
            // And loses hardly anything of what is allowed.
            let allowed = limit * 6 - i64::try_from(arrivals.len()).unwrap();
            prop_assert!(i64::try_from(ours.len()).unwrap() * 100 >= allowed * 95 - 100 * limit);
        }

        #[test]
        fn times_survive_being_stored(times in prop::collection::vec(0_i64..10_000_000, 0..30)) {
            let times: Vec<Time> = times.into_iter().map(at).collect();
            prop_assert_eq!(read(&write(&times)), Some(times));
        }
    }
}
