//! Hours on the company's clock: open or not at a moment, and when that changes next. Pure.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, TimeDelta, TimeZone, Timelike, Utc};
use chrono_tz::Tz;

use super::{Hours, Stretch};
use crate::clock::Time;

/// How far ahead a change is looked for, in days: a company may be closed for a year.
const AHEAD: u64 = 400;

/// Hours in a time zone.
#[derive(Debug, Clone)]
pub struct Calendar {
    /// Whose clock.
    pub zone: Tz,
    /// The hours; None is always open.
    pub hours: Option<Hours>,
}

/// The company opens or closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// When.
    pub at: Time,
    /// Whether it opens.
    pub opens: bool,
}

impl Calendar {
    /// Whether the company is open.
    #[must_use]
    pub fn is_open(&self, at: Time) -> bool {
        let Some(hours) = &self.hours else { return true };
        let local = at.with_timezone(&self.zone).naive_local();
        let minute = u16::try_from(local.hour() * 60 + local.minute()).unwrap_or_default();
        of(hours, local.date()).iter().any(|stretch| (stretch.opens..stretch.closes).contains(&minute))
    }

    /// The next time after `at` that it opens or closes; None if it does neither for more than a year.
    #[must_use]
    pub fn next_change(&self, at: Time) -> Option<Change> {
        let hours = self.hours.as_ref()?;
        let open = self.is_open(at);
        let first = at.with_timezone(&self.zone).date_naive();
        for date in (0..AHEAD).filter_map(|n| first.checked_add_days(Days::new(n))) {
            let mut moments: Vec<Time> =
                self.moments(hours, date).into_iter().filter(|moment| *moment > at).collect();
            moments.sort_unstable();
            if let Some(moment) = moments.into_iter().find(|moment| self.is_open(*moment) != open) {
                return Some(Change { at: moment, opens: !open });
            }
        }
        None
    }

    /// Every moment of a local day at which the answer may change: the edges of its stretches, midnight, and where the
    /// clock is put forward or back.
    fn moments(&self, hours: &Hours, date: NaiveDate) -> Vec<Time> {
        let midnight = date.and_time(chrono::NaiveTime::MIN);
        let edges = of(hours, date).iter().flat_map(|stretch| [stretch.opens, stretch.closes]);
        let local = edges.chain([0]).map(|minute| midnight + TimeDelta::minutes(i64::from(minute)));
        let mut moments: Vec<Time> = local.flat_map(|local| self.in_utc(local)).collect();
        moments.extend(self.shift(midnight));
        moments
    }

    /// A wall-clock time may come twice (the clock goes back) or never (it goes forward).
    fn in_utc(&self, local: NaiveDateTime) -> Vec<Time> {
        let found = self.zone.from_local_datetime(&local);
        let all = [found.earliest(), found.latest()].into_iter().flatten();
        all.map(|moment: DateTime<Tz>| moment.with_timezone(&Utc)).collect()
    }

    /// The second at which the clock of this day is put forward or back, if it is.
    fn shift(&self, midnight: NaiveDateTime) -> Option<Time> {
        let offset = |at: i64| {
            let at = DateTime::from_timestamp(at, 0)?;
            Some(at.with_timezone(&self.zone).naive_local() - at.naive_utc())
        };
        // Wide enough for any offset of the zone.
        let (mut from, mut to) =
            (midnight.and_utc().timestamp() - 86_400, midnight.and_utc().timestamp() + 2 * 86_400);
        let before = offset(from)?;
        if offset(to)? == before {
            return None;
        }
        while to - from > 1 {
            let middle = from.midpoint(to);
            if offset(middle)? == before { from = middle } else { to = middle }
        }
        // The neighbours' days look for theirs themselves: taken here it would come before an earlier change of theirs.
        let shift = DateTime::from_timestamp(to, 0)?;
        (shift.with_timezone(&self.zone).date_naive() == midnight.date()).then_some(shift)
    }
}

/// The stretches of a day: a holiday has its own.
fn of(hours: &Hours, date: NaiveDate) -> &[Stretch] {
    match hours.holidays.iter().find(|holiday| holiday.date == date) {
        Some(holiday) => &holiday.open,
        None => &hours.weekly[date.weekday().num_days_from_monday() as usize],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::business_hours::Holiday;
    use proptest::prelude::*;

    fn time(text: &str) -> Time {
        text.parse().unwrap()
    }

    fn shop(zone: &str) -> Calendar {
        let mut hours = Hours::default();
        for day in &mut hours.weekly[..5] {
            *day = vec![Stretch { opens: 540, closes: 720 }, Stretch { opens: 780, closes: 1080 }];
        }
        hours.weekly[5] = vec![Stretch { opens: 1320, closes: 1440 }];
        hours.weekly[6] = vec![Stretch { opens: 0, closes: 120 }];
        let date = NaiveDate::from_ymd_opt(2026, 12, 25).unwrap();
        hours.holidays =
            vec![Holiday { date, name: "Christmas".into(), open: vec![Stretch { opens: 600, closes: 660 }] }];
        Calendar { zone: zone.parse().unwrap(), hours: Some(hours) }
    }

    #[test]
    fn a_shop_is_open_on_its_own_clock() {
        let taipei = shop("Asia/Taipei");
        // Friday 2026-11-27, 09:00 in Taipei.
        assert!(
            !taipei.is_open(time("2026-11-27T00:59:59Z")) && taipei.is_open(time("2026-11-27T01:00:00Z"))
        );
        let lunch = Change { at: time("2026-11-27T04:00:00Z"), opens: false };
        assert_eq!(taipei.next_change(time("2026-11-27T01:00:00Z")), Some(lunch));
        // Past midnight from Saturday to Sunday it stays open.
        let night = Change { at: time("2026-11-28T18:00:00Z"), opens: false };
        assert_eq!(taipei.next_change(time("2026-11-28T15:00:00Z")), Some(night));
        let christmas = time("2026-12-25T01:30:00Z");
        assert_eq!(
            (taipei.is_open(christmas), taipei.next_change(christmas)),
            (false, Some(Change { at: time("2026-12-25T02:00:00Z"), opens: true }))
        );
    }

    #[test]
    fn without_hours_it_is_always_open_and_without_any_opening_never() {
        let always = Calendar { zone: Tz::UTC, hours: None };
        assert_eq!(
            (always.is_open(time("2026-01-01T00:00:00Z")), always.next_change(time("2026-01-01T00:00:00Z"))),
            (true, None)
        );
        let never = Calendar { zone: Tz::UTC, hours: Some(Hours::default()) };
        assert_eq!(
            (never.is_open(time("2026-01-01T00:00:00Z")), never.next_change(time("2026-01-01T00:00:00Z"))),
            (false, None)
        );
    }

    #[test]
    fn clocks_that_are_put_forward_or_back_move_the_hours() {
        let mut hours = Hours::default();
        hours.weekly[6] = vec![Stretch { opens: 90, closes: 150 }];
        let berlin = Calendar { zone: "Europe/Berlin".parse().unwrap(), hours: Some(hours) };
        // On 2026-03-29 the clock goes from 02:00 to 03:00: open from 01:30 (00:30 UTC) for half an hour.
        assert_eq!(
            berlin.next_change(time("2026-03-29T00:00:00Z")),
            Some(Change { at: time("2026-03-29T00:30:00Z"), opens: true })
        );
        assert_eq!(
            berlin.next_change(time("2026-03-29T00:30:00Z")),
            Some(Change { at: time("2026-03-29T01:00:00Z"), opens: false })
        );
        // On the day before nothing but its own hours counts.
        let mut early = berlin.clone();
        early.hours.as_mut().unwrap().weekly[6] = vec![Stretch { opens: 0, closes: 121 }];
        assert_eq!(
            early.next_change(time("2026-10-24T18:17:00Z")),
            Some(Change { at: time("2026-10-24T22:00:00Z"), opens: true })
        );
        // On 2026-10-25 it goes from 03:00 back to 02:00: 02:00 to 02:30 comes twice.
        assert_eq!(
            berlin.next_change(time("2026-10-24T23:30:00Z")),
            Some(Change { at: time("2026-10-25T00:30:00Z"), opens: false })
        );
        assert_eq!(
            berlin.next_change(time("2026-10-25T00:30:00Z")),
            Some(Change { at: time("2026-10-25T01:00:00Z"), opens: true })
        );
        assert_eq!(
            berlin.next_change(time("2026-10-25T01:00:00Z")),
            Some(Change { at: time("2026-10-25T01:30:00Z"), opens: false })
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn the_next_change_is_where_a_look_at_every_minute_finds_it(
            zone in prop::sample::select(vec!["Asia/Kathmandu", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Taipei"]),
            start in prop::sample::select(vec!["2026-03-27T12:00:00Z", "2026-04-04T00:00:00Z", "2026-10-03T07:00:00Z", "2026-10-24T10:00:00Z", "2026-11-01T00:00:00Z"]),
            minutes in 0_i64..2_000,
            edges in prop::collection::btree_set(0_u16..1_440, 0..7),
        ) {
            let edges: Vec<u16> = edges.into_iter().collect();
            let day: Vec<Stretch> = edges.chunks_exact(2).map(|pair| Stretch { opens: pair[0], closes: pair[1] }).collect();
            let hours = Hours { weekly: std::array::from_fn(|n| if n == 2 { Vec::new() } else { day.clone() }), holidays: Vec::new() };
            let calendar = Calendar { zone: zone.parse().unwrap(), hours: Some(hours) };
            let from = time(start) + TimeDelta::minutes(minutes);
            let open = calendar.is_open(from);
            let found = (1..=3 * 1_440).map(|n| from + TimeDelta::minutes(n)).find(|at| calendar.is_open(*at) != open);
            let change = calendar.next_change(from).filter(|change| change.at <= from + TimeDelta::days(3));
            prop_assert_eq!(change.map(|change| (change.at, change.opens)), found.map(|at| (at, !open)));
        }
    }
}
