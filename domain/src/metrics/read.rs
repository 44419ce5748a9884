//! Asking for figures: what is rolled up is added, the rest is counted at that moment.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime, TimeDelta};
use chrono_tz::Tz;
use sea_orm::{ConnectionTrait, QueryFilter};

use super::{Counts, bucket, count, dirty, quarter};
use crate::calendar::moment;
use crate::clock::Time;
use crate::error::{Error, Result};
use crate::id::{ChannelId, WidgetId};
use crate::scope::{Scope, within};

/// How long ago what is recent begins.
pub const RECENT: TimeDelta = TimeDelta::days(30);
/// Of how many stretches a report consists at most.
const MOST: usize = 1_000;
/// A report that would have to read more events than this of what is not rolled up counts everything plainly.
const EVENTS: u64 = 2_000;

/// Whose figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// The workspace's.
    Workspace,
    /// A channel's.
    Channel(ChannelId),
    /// A widget's.
    Widget(WidgetId),
}

/// From a moment on, and before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// It begins.
    pub from: Time,
    /// It is over.
    pub until: Time,
}

/// How a period is divided.
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

/// By whose clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Calendar {
    /// Its time zone.
    pub zone: Tz,
    /// How the period is divided.
    pub interval: Interval,
}

/// A stretch of a period: a whole day, or the part of one that lies in the period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// The local date on which the day, the week or the month begins.
    pub date: NaiveDate,
    /// The part of it.
    pub period: Period,
    /// What happened.
    pub counts: Counts,
}

/// Figures of a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Which.
    pub period: Period,
    /// All of it.
    pub total: Counts,
    /// The same by stretches, in order: they add up to the total.
    pub stretches: Vec<Day>,
}

/// The figures of a period, divided by a calendar.
///
/// # Errors
/// Invalid on `until` for a period that is over before it begins, or of more than 1,000 stretches; the database's.
pub async fn report(scope: &Scope, whose: Whose, period: Period, calendar: Calendar) -> Result<Report> {
    if period.until < period.from {
        return Err(Error::invalid("until", "it lies before `from`: let the period end after it begins"));
    }
    let cuts = cuts(period, calendar)?;
    let tx = scope.snapshot().await?;
    let rolled = Rolled::of(&tx, scope).await?;
    let mut sums = vec![Counts::default(); cuts.len()];
    for widget in widgets(&tx, scope, whose).await? {
        let known = Known::of(&tx, scope, widget, period, rolled.as_ref()).await?;
        for (sum, (_, stretch)) in sums.iter_mut().zip(&cuts) {
            *sum += known.sum(&tx, *stretch).await?;
        }
    }
    tx.commit().await?;
    let stretches: Vec<Day> =
        cuts.into_iter().zip(sums).map(|((date, period), counts)| Day { date, period, counts }).collect();
    let total = stretches.iter().map(|stretch| stretch.counts).sum();
    Ok(Report { period, total, stretches })
}

async fn widgets(db: &impl ConnectionTrait, scope: &Scope, whose: Whose) -> Result<Vec<WidgetId>> {
    use sea_orm::ColumnTrait;
    let channel = match whose {
        Whose::Widget(widget) => return Ok(vec![widget]),
        Whose::Workspace => None,
        Whose::Channel(channel) => Some(channel),
    };
    let query = within::<entity::widget::Entity>(scope.workspace());
    let query = match channel {
        Some(channel) => query.filter(entity::widget::Column::ChannelId.eq(channel.0)),
        None => query,
    };
    Ok(query.all(db).await?.into_iter().map(|row| WidgetId(row.id)).collect())
}

/// What of a workspace is rolled up.
struct Rolled {
    /// Every quarter from here on, ..
    from: i64,
    /// .. but for these.
    dirty: BTreeSet<(WidgetId, i64)>,
}

impl Rolled {
    /// None if nothing is, or so much happened since that a count is as fast.
    async fn of(db: &impl ConnectionTrait, scope: &Scope) -> Result<Option<Self>> {
        let row = within::<entity::metric_progress::Entity>(scope.workspace()).one(db).await?;
        let Some(row) = row else { return Ok(None) };
        let (_, pruned) = dirty::head(db, scope.workspace()).await?;
        if row.position < pruned {
            return Ok(None);
        }
        let tail = dirty::after(db, scope.workspace(), row.position, EVENTS).await?;
        Ok(tail.whole.then_some(Self { from: row.built_from, dirty: tail.quarters }))
    }
}

/// What is known of the whole quarters of a period.
struct Known<'a> {
    scope: &'a Scope,
    widget: WidgetId,
    quarters: BTreeMap<i64, Counts>,
}

impl<'a> Known<'a> {
    async fn of(
        db: &impl ConnectionTrait,
        scope: &'a Scope,
        widget: WidgetId,
        period: Period,
        rolled: Option<&Rolled>,
    ) -> Result<Self> {
        let (from, until) = (quarter::from(period.from), quarter::of(period.until));
        let mut quarters = BTreeMap::new();
        // From here on they are rolled up.
        let mut built = until.max(from);
        if let Some(rolled) = rolled {
            built = rolled.from.clamp(from, built);
            quarters = bucket::load(db, widget, (built, until)).await?;
            for (_, changed) in rolled.dirty.range((widget, built)..(widget, until)) {
                quarters.remove(changed);
                quarters.extend(Self::plain(db, scope, widget, (*changed, changed + 1)).await?);
            }
        }
        if from < built {
            quarters.extend(Self::plain(db, scope, widget, (from, built)).await?);
        }
        Ok(Self { scope, widget, quarters })
    }

    async fn plain(
        db: &impl ConnectionTrait,
        scope: &Scope,
        widget: WidgetId,
        (from, until): (i64, i64),
    ) -> Result<BTreeMap<i64, Counts>> {
        let times = (quarter::start(from), quarter::start(until));
        count::plain(db, (scope.workspace(), widget), times).await
    }

    /// What happened in a part of the period; where it begins or ends within a quarter, that is counted.
    async fn sum(&self, db: &impl ConnectionTrait, part: Period) -> Result<Counts> {
        let (first, last) = (quarter::from(part.from), quarter::of(part.until));
        if first > last {
            return self.counted(db, part).await;
        }
        let mut sum: Counts = self.quarters.range(first..last).map(|(_, counts)| *counts).sum();
        let (begins, ends) = (quarter::start(first), quarter::start(last));
        sum += self.counted(db, Period { from: part.from, until: begins }).await?;
        sum += self.counted(db, Period { from: ends, until: part.until }).await?;
        Ok(sum)
    }

    async fn counted(&self, db: &impl ConnectionTrait, part: Period) -> Result<Counts> {
        if part.from >= part.until {
            return Ok(Counts::default());
        }
        let of = (self.scope.workspace(), self.widget);
        let counted = count::plain(db, of, (part.from, part.until)).await?;
        Ok(counted.into_values().sum())
    }
}

/// The stretches of a period, each with the local date on which it begins, whether or not that lies in the period.
fn cuts(period: Period, calendar: Calendar) -> Result<Vec<(NaiveDate, Period)>> {
    let zone = calendar.zone;
    let mut cuts = Vec::new();
    let mut start = first(period.from.with_timezone(&zone).naive_local(), calendar.interval);
    let mut from = period.from;
    while from < period.until {
        if cuts.len() == MOST {
            let message =
                format!("the period has more than {MOST} stretches: take longer ones, or a shorter period");
            return Err(Error::invalid("until", message));
        }
        let Some(next) = following(start, calendar.interval) else { break };
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
        let calendar = Calendar { zone: zone.parse().unwrap(), interval: Interval::Day };
        let cuts = cuts(Period { from: at(from), until: at(until) }, calendar).unwrap();
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
        let calendar = |interval| Calendar { zone: Tz::UTC, interval };
        let period = Period { from: at("2026-11-28T00:00:00Z"), until: at("2026-12-02T00:00:00Z") };
        let of = |interval| -> Vec<String> {
            cuts(period, calendar(interval)).unwrap().iter().map(|(date, _)| date.to_string()).collect()
        };
        assert_eq!(of(Interval::Week), ["2026-11-23", "2026-11-30"]);
        assert_eq!(of(Interval::Month), ["2026-11-01", "2026-12-01"]);
        assert_eq!(of(Interval::Hour).len(), 96);
        let year = Period { until: period.from + TimeDelta::days(365), ..period };
        assert!(cuts(year, calendar(Interval::Hour)).unwrap_err().to_string().contains("1000"));
        assert_eq!(cuts(Period { until: period.from, ..period }, calendar(Interval::Day)).unwrap(), []);
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
            let Ok(cuts) = cuts(period, Calendar { zone: zone.parse().unwrap(), interval }) else { return Ok(()) };
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
