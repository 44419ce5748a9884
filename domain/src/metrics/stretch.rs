//! The hours, days, weeks and months of a period by the clock of a time zone. Pure.

use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime, TimeDelta};
use chrono_tz::Tz;

use super::Figures;
use crate::calendar::moment;
use crate::clock::Time;
use crate::error::{Error, Result};

/// Of how many stretches a period consists at most.
const MOST: usize = 1_000;

/// From a moment on, and before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Period {
    /// It begins.
    pub from: Time,
    /// It is over.
    pub until: Time,
}

/// Into what a period is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interval {
    /// By the hours of the clock.
    Hour,
    /// By calendar days.
    Day,
    /// By weeks that begin on Monday.
    Week,
    /// By months.
    Month,
}

/// How a period is divided, and by whose clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Division {
    /// The time zone of the clock.
    pub zone: Tz,
    /// Into what.
    pub interval: Interval,
}

/// An hour, a day, a week or a month of a period, or the part of one that lies in it.
#[derive(Debug, Clone)]
pub struct Stretch {
    /// The local date on which it begins, whether or not that lies in the period.
    pub date: NaiveDate,
    /// The part of it.
    pub period: Period,
    /// What happened.
    pub figures: Figures,
}

/// The stretches of a period, each with the local date on which it begins.
///
/// # Errors
/// Invalid on `until` for more than 1,000.
pub(super) fn cuts(period: Period, division: Division) -> Result<Vec<(NaiveDate, Period)>> {
    let zone = division.zone;
    let mut cuts = Vec::new();
    let mut start = first(period.from.with_timezone(&zone).naive_local(), division.interval);
    let mut from = period.from;
    while from < period.until {
        if cuts.len() == MOST {
            let message =
                format!("the period has more than {MOST} stretches: take longer ones, or a shorter period");
            return Err(Error::invalid("until", message));
        }
        let Some(next) = following(start, division.interval) else { break };
        let until = moment(next, zone).map_or(period.until, |moment| moment.min(period.until));
        // A day that the clock skips whole is none.
        if until > from {
            cuts.push((start.date(), Period { from, until }));
            from = until;
        }
        start = next;
    }
    Ok(cuts)
}

/// When the hour, the day, the week or the month began by the clock.
fn first(local: NaiveDateTime, interval: Interval) -> NaiveDateTime {
    let date = local.date();
    let midnight = |date: NaiveDate| date.and_time(chrono::NaiveTime::MIN);
    match interval {
        Interval::Hour => {
            let hours = i64::from(chrono::Timelike::hour(&local));
            midnight(date) + TimeDelta::hours(hours)
        }
        Interval::Day => midnight(date),
        Interval::Week => {
            let days = u64::from(date.weekday().num_days_from_monday());
            midnight(date.checked_sub_days(Days::new(days)).unwrap_or(date))
        }
        Interval::Month => midnight(date.with_day(1).unwrap_or(date)),
    }
}

fn following(start: NaiveDateTime, interval: Interval) -> Option<NaiveDateTime> {
    match interval {
        Interval::Hour => start.checked_add_signed(TimeDelta::hours(1)),
        Interval::Day => start.checked_add_days(Days::new(1)),
        Interval::Week => start.checked_add_days(Days::new(7)),
        Interval::Month => start.checked_add_months(Months::new(1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use proptest::prelude::*;

    fn at(text: &str) -> Time {
        text.parse().unwrap()
    }

    fn days(zone: &str, from: &str, until: &str) -> Vec<(String, i64)> {
        let division = Division { zone: zone.parse().unwrap(), interval: Interval::Day };
        let cuts = cuts(Period { from: at(from), until: at(until) }, division).unwrap();
        cuts.iter().map(|(date, part)| (date.to_string(), (part.until - part.from).num_minutes())).collect()
    }

    #[test]
    fn days_are_the_company_s_and_have_23_or_25_hours_where_the_clock_changes() {
        let spring = days("Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-30T12:00:00Z");
        let expected = [("2026-03-28", 660), ("2026-03-29", 1380), ("2026-03-30", 840)];
        assert_eq!(spring, expected.map(|(date, minutes)| (date.to_owned(), minutes)));
        let autumn = days("Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z");
        assert_eq!(autumn, [("2026-10-25".to_owned(), 1500)]);
        let kathmandu = days("Asia/Kathmandu", "2026-11-28T18:00:00Z", "2026-11-28T18:30:00Z");
        assert_eq!(kathmandu, [("2026-11-28".to_owned(), 15), ("2026-11-29".to_owned(), 15)]);
        // Samoa had no December 30 in 2011.
        let samoa = days("Pacific/Apia", "2011-12-29T10:00:00Z", "2011-12-31T10:00:00Z");
        let dates: Vec<_> = samoa.iter().map(|(date, _)| date.as_str()).collect();
        assert_eq!(dates, ["2011-12-29", "2011-12-31"]);
    }

    #[test]
    fn weeks_begin_on_monday_and_what_is_too_much_is_refused() {
        let division = |interval| Division { zone: Tz::UTC, interval };
        let period = Period { from: at("2026-11-28T00:00:00Z"), until: at("2026-12-02T00:00:00Z") };
        let of = |interval| -> Vec<String> {
            cuts(period, division(interval)).unwrap().iter().map(|(date, _)| date.to_string()).collect()
        };
        assert_eq!(of(Interval::Week), ["2026-11-23", "2026-11-30"]);
        assert_eq!(of(Interval::Month), ["2026-11-01", "2026-12-01"]);
        assert_eq!(of(Interval::Hour).len(), 96);
        let year = Period { until: period.from + TimeDelta::days(365), ..period };
        assert!(cuts(year, division(Interval::Hour)).unwrap_err().to_string().contains("1000"));
        assert_eq!(cuts(Period { until: period.from, ..period }, division(Interval::Day)).unwrap(), []);
    }

    proptest! {
        #[test]
        fn stretches_cover_the_period_without_gaps(
            zone in prop::sample::select(vec!["Asia/Kathmandu", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia", "America/Havana"]),
            interval in prop::sample::select(vec![Interval::Hour, Interval::Day, Interval::Week, Interval::Month]),
            from in 1_300_000_000_i64..1_900_000_000, seconds in 0_i64..3_000_000,
        ) {
            let from = DateTime::from_timestamp(from, 0).unwrap();
            let period = Period { from, until: from + TimeDelta::seconds(seconds) };
            let Ok(cuts) = cuts(period, Division { zone: zone.parse().unwrap(), interval }) else { return Ok(()) };
            let mut end = period.from;
            for (_, part) in &cuts {
                prop_assert!(part.from == end && part.until > part.from);
                end = part.until;
            }
            prop_assert_eq!(end, period.until);
            prop_assert!(cuts.windows(2).all(|pair| pair[0].0 <= pair[1].0));
        }
    }
}
