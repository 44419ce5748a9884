//! Times of the week on the company's clock. Pure.

use chrono::{Datelike, Days, NaiveTime, TimeDelta};
use chrono_tz::Tz;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::calendar;
use crate::clock::Time;

/// A time of the day, on some days of the week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Schedule {
    /// On which days; none is every day.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub days: Vec<Day>,
    /// When, on the company's clock, as `09:00`. A time that the clock skips is the moment at which it is put forward;
    /// of one that comes twice it is the first.
    pub time: String,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Day {
    /// The day after Sunday.
    Monday,
    /// The day after Monday.
    Tuesday,
    /// The day after Tuesday.
    Wednesday,
    /// The day after Wednesday.
    Thursday,
    /// The day after Thursday.
    Friday,
    /// The day after Friday.
    Saturday,
    /// The day after Saturday.
    Sunday,
}

impl Day {
    /// In the order of a week that begins on Monday.
    pub const ALL: [Self; 7] = [
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
        Self::Sunday,
    ];
}

impl Schedule {
    /// The next moment after `at` in this time zone; None for a time that is not written as one.
    #[must_use]
    pub fn next_after(&self, at: Time, zone: Tz) -> Option<Time> {
        let time = self.clock()?;
        // A day early: what the clock skips today may have been yesterday's.
        let first = at.with_timezone(&zone).date_naive().checked_sub_days(Days::new(1))?;
        (0..=9).filter_map(|n| first.checked_add_days(Days::new(n))).find_map(|date| {
            let day = Day::ALL[date.weekday().num_days_from_monday() as usize];
            let wanted = self.days.is_empty() || self.days.contains(&day);
            calendar::moment(date.and_time(time), zone).filter(|moment| wanted && *moment > at)
        })
    }

    /// Whether `at` is such a moment.
    #[must_use]
    pub fn is_at(&self, at: Time, zone: Tz) -> bool {
        self.next_after(at - TimeDelta::microseconds(1), zone) == Some(at)
    }

    /// What is wrong with it, for people.
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        let missing = self.clock().is_none();
        missing.then(|| format!("`{}` is no time of a day: write 09:00, at most 23:59", self.time))
    }

    fn clock(&self) -> Option<NaiveTime> {
        let well_formed = self.time.len() == 5;
        well_formed.then(|| NaiveTime::parse_from_str(&self.time, "%H:%M").ok()).flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Utc;
    use proptest::prelude::*;

    fn schedule(days: &[Day], time: &str) -> Schedule {
        Schedule { days: days.to_vec(), time: time.to_owned() }
    }

    fn all(schedule: &Schedule, zone: &str, from: &str, number: usize) -> Vec<String> {
        let (zone, mut at): (Tz, Time) = (zone.parse().unwrap(), from.parse().unwrap());
        let next = || {
            at = schedule.next_after(at, zone).unwrap();
            assert!(schedule.is_at(at, zone) && !schedule.is_at(at + TimeDelta::seconds(1), zone));
            at.format("%m-%d %H:%M").to_string()
        };
        std::iter::repeat_with(next).take(number).collect()
    }

    #[test]
    fn it_comes_on_its_days_by_the_company_s_clock() {
        let weekend = schedule(&[Day::Saturday, Day::Sunday], "08:30");
        let times = all(&weekend, "Asia/Kathmandu", "2026-11-27T12:00:00Z", 3);
        assert_eq!(times, ["11-28 02:45", "11-29 02:45", "12-05 02:45"]);
        let daily = schedule(&[], "00:00");
        assert_eq!(all(&daily, "UTC", "2026-11-27T00:00:00Z", 2), ["11-28 00:00", "11-29 00:00"]);
    }

    #[test]
    fn a_time_that_is_skipped_comes_late_and_one_that_comes_twice_counts_once() {
        let night = schedule(&[], "02:30");
        // Forward from 02:00 to 03:00 on March 29, back from 03:00 to 02:00 on October 25.
        let spring = all(&night, "Europe/Berlin", "2026-03-28T00:00:00Z", 3);
        assert_eq!(spring, ["03-28 01:30", "03-29 01:00", "03-30 00:30"]);
        let autumn = all(&night, "Europe/Berlin", "2026-10-24T12:00:00Z", 2);
        assert_eq!(autumn, ["10-25 00:30", "10-26 01:30"]);
        // Samoa had no December 30 in 2011: what falls on it comes with the next day, which has its own.
        let samoa = all(&schedule(&[], "09:00"), "Pacific/Apia", "2011-12-29T00:00:00Z", 3);
        assert_eq!(samoa, ["12-29 19:00", "12-30 10:00", "12-30 19:00"]);
    }

    #[test]
    fn what_is_no_time_is_told() {
        for time in ["9:00", "24:00", "09:60", "noon", "", "09:00:00"] {
            let wrong = schedule(&[], time);
            assert!(wrong.fault().unwrap().contains("09:00"), "{time}");
            assert_eq!(wrong.next_after(Utc::now(), Tz::UTC), None);
        }
        assert_eq!(schedule(&[], "23:59").fault(), None);
    }

    proptest! {
        #[test]
        fn it_comes_once_a_day_and_never_twice(
            zone in prop::sample::select(vec!["Asia/Kathmandu", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "America/Sao_Paulo"]),
            start in 1_500_000_000_i64..1_900_000_000, minute in 0_u32..1_440,
        ) {
            let daily = schedule(&[], &format!("{:02}:{:02}", minute / 60, minute % 60));
            let zone: Tz = zone.parse().unwrap();
            let mut at = chrono::DateTime::from_timestamp(start, 0).unwrap();
            let mut dates = Vec::new();
            for _ in 0..20 {
                let next = daily.next_after(at, zone).unwrap();
                prop_assert!(next > at && daily.is_at(next, zone));
                dates.push(next.with_timezone(&zone).date_naive());
                at = next;
            }
            prop_assert!(dates.windows(2).all(|pair| pair[1] - pair[0] == TimeDelta::days(1)), "{:?}", dates);
        }
    }
}
