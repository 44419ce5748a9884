//! Where the figures of each stretch come from: which quarters are added up, and which times are counted. Pure.

use super::{Period, quarter};

/// Quarters from one on and before another.
pub(super) type Range = (i64, i64);

/// What to read for some stretches, each by its place among them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Plan {
    /// Quarters that are rolled up.
    pub rolled: Vec<(i64, Range)>,
    /// Times that are not: both ends, what was never counted, and what changed since.
    pub counted: Vec<(i64, Period)>,
}

impl Plan {
    /// Of stretches in order. Every quarter from `built` on is rolled up, but for `dirty` ones: ranges in order.
    pub(super) fn of(stretches: impl IntoIterator<Item = Period>, built: i64, dirty: &[Range]) -> Self {
        let mut plan = Self::default();
        for (place, stretch) in (0..).zip(stretches) {
            // Nothing happened before then.
            if stretch.until > quarter::start(quarter::FIRST) {
                plan.add(place, stretch, built, dirty);
            }
        }
        plan
    }

    fn add(&mut self, place: i64, stretch: Period, built: i64, dirty: &[Range]) {
        let whole = (quarter::from(stretch.from).max(built), quarter::of(stretch.until));
        // Counted up to here.
        let mut counted = stretch.from;
        for (from, until) in clean(whole, dirty) {
            self.count(place, Period { from: counted, until: quarter::start(from) });
            self.rolled.push((place, (from, until)));
            counted = quarter::start(until);
        }
        self.count(place, Period { from: counted, until: stretch.until });
    }

    fn count(&mut self, place: i64, time: Period) {
        if time.from < time.until {
            self.counted.push((place, time));
        }
    }
}

/// Quarters in order, as ranges.
pub(super) fn ranges(quarters: impl IntoIterator<Item = i64>) -> Vec<Range> {
    let mut ranges: Vec<Range> = Vec::new();
    for quarter in quarters {
        match ranges.last_mut().filter(|(_, end)| *end == quarter) {
            Some((_, end)) => *end = quarter + 1,
            None => ranges.push((quarter, quarter + 1)),
        }
    }
    ranges
}

/// What of a range lies in none of these.
fn clean((from, until): Range, dirty: &[Range]) -> Vec<Range> {
    let (mut clean, mut next) = (Vec::new(), from);
    let first = dirty.partition_point(|(_, end)| *end <= from);
    for (begin, end) in dirty[first..].iter().take_while(|(begin, _)| *begin < until) {
        if next < *begin {
            clean.push((next, *begin));
        }
        next = *end;
    }
    if next < until {
        clean.push((next, until));
    }
    clean
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};
    use proptest::prelude::*;

    use super::*;

    const NOON: i64 = 1_974_384;

    #[test]
    fn whole_clean_quarters_are_added_up_and_the_rest_is_counted() {
        let (noon, minutes) = (quarter::start(NOON), TimeDelta::minutes);
        let morning = Period { from: noon - minutes(50), until: noon };
        let day = Period { from: noon, until: noon + minutes(70) };
        let plan = Plan::of([morning, day], NOON - 2, &[(NOON + 1, NOON + 2), (NOON + 9, NOON + 10)]);
        let rolled = [(0, (NOON - 2, NOON)), (1, (NOON, NOON + 1)), (1, (NOON + 2, NOON + 4))];
        assert_eq!(plan.rolled, rolled);
        let counted = [
            (0, Period { from: morning.from, until: noon - minutes(30) }),
            (1, Period { from: noon + minutes(15), until: noon + minutes(30) }),
            (1, Period { from: noon + minutes(60), until: day.until }),
        ];
        assert_eq!(plan.counted, counted);
        assert_eq!(Plan::of([day], i64::MAX, &[]).counted, [(0, day)], "nothing is rolled up");
        let old = Period { from: quarter::start(0), until: quarter::start(1) };
        assert_eq!(Plan::of([old], i64::MIN, &[]), Plan::default());
    }

    proptest! {
        /// Every moment of a stretch comes from one place, and none that is dirty or not built from a bucket.
        #[test]
        fn every_moment_comes_once(
            from in 0_i64..20_000, lengths in prop::collection::vec(0_i64..9_000, 1..5),
            built in -5_i64..30, mut quarters in prop::collection::btree_set(0_i64..60, 0..12),
        ) {
            let at = |seconds: i64| DateTime::from_timestamp(NOON * 900 + seconds, 0).unwrap();
            let (mut stretches, mut end) = (Vec::new(), from);
            for length in lengths {
                stretches.push(Period { from: at(end), until: at(end + length) });
                end += length;
            }
            let built = NOON + built;
            quarters = quarters.iter().map(|quarter| NOON + quarter).collect();
            let dirty = ranges(quarters.iter().copied());
            let plan = Plan::of(stretches.iter().copied(), built, &dirty);
            for (place, (first, last)) in &plan.rolled {
                prop_assert!(*first >= built && !quarters.range(first..last).any(|_| true), "{place}");
            }
            let rolled = plan.rolled.iter().map(|(place, (first, last))| {
                (*place, Period { from: quarter::start(*first), until: quarter::start(*last) })
            });
            let mut all: Vec<_> = rolled.chain(plan.counted.iter().copied()).collect();
            all.sort_by_key(|(place, part)| (*place, part.from));
            for (place, stretch) in (0..).zip(&stretches) {
                let mut next = stretch.from;
                for (_, part) in all.iter().filter(|(of, _)| *of == place) {
                    prop_assert!(part.from == next && part.until > part.from);
                    next = part.until;
                }
                prop_assert_eq!(next, stretch.until);
            }
        }
    }
}
