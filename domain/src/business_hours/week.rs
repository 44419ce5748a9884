//! The hours themselves: a stretch of a day, a week, holidays.

use chrono::{NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// In the order of a week that begins on Monday.
pub const WEEKDAYS: [Weekday; 7] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];

/// Stretches of one day.
const STRETCHES: usize = 8;
/// Holidays of one company.
const HOLIDAYS: usize = 400;
/// The longest name of a holiday, in characters.
const LONGEST_NAME: usize = 100;
/// Minutes of a day.
const DAY: u16 = 24 * 60;

/// From one minute of a day to another, which does not belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Stretch {
    /// Minutes since midnight.
    pub opens: u16,
    /// Minutes since midnight, at most 1,440: the end of the day.
    pub closes: u16,
}

/// A day with hours of its own, none if it is closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holiday {
    /// The day, on the company's calendar.
    pub date: NaiveDate,
    /// What it is.
    pub name: String,
    /// When the company is open all the same.
    pub open: Vec<Stretch>,
}

/// When a company is open.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hours {
    /// From Monday to Sunday.
    pub weekly: [Vec<Stretch>; 7],
    /// By date.
    pub holidays: Vec<Holiday>,
}

impl Stretch {
    /// Reads "09:00" and "18:00"; the end of a day is "24:00".
    ///
    /// # Errors
    /// Invalid on `field`, saying what to write.
    pub fn parse(field: &'static str, opens: &str, closes: &str) -> Result<Self> {
        let minute = |text: &str| {
            let (hours, minutes) = text.split_once(':')?;
            let two = |part: &str| (part.len() == 2).then(|| part.parse::<u16>().ok())?;
            let (hours, minutes) = (two(hours)?, two(minutes)?);
            (minutes < 60 && hours * 60 + minutes <= DAY).then_some(hours * 60 + minutes)
        };
        match (minute(opens), minute(closes)) {
            (Some(opens), Some(closes)) if opens < closes => Ok(Self { opens, closes }),
            (Some(_), Some(_)) => Err(Error::invalid(
                field,
                format!(
                    "{opens} to {closes} does not go forward: past midnight, end at 24:00 and go on the next day"
                ),
            )),
            _ => Err(Error::invalid(field, "write times as 09:00 and 18:00, the end of a day as 24:00")),
        }
    }

    /// As people write it.
    #[must_use]
    pub fn spell(minute: u16) -> String {
        format!("{:02}:{:02}", minute / 60, minute % 60)
    }
}

impl Hours {
    /// Puts everything in order and checks that nothing overlaps.
    ///
    /// # Errors
    /// Invalid on `weekly` or `holidays`.
    pub fn checked(mut self) -> Result<Self> {
        for (day, stretches) in WEEKDAYS.iter().zip(&mut self.weekly) {
            in_order("weekly", &day.to_string(), stretches)?;
        }
        if self.holidays.len() > HOLIDAYS {
            return Err(Error::invalid("holidays", format!("name at most {HOLIDAYS} holidays")));
        }
        for holiday in &mut self.holidays {
            let name = holiday.name.trim();
            if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
                let message = format!("give each holiday a name of 1 to {LONGEST_NAME} characters");
                return Err(Error::invalid("holidays", message));
            }
            holiday.name = name.to_owned();
            in_order("holidays", &holiday.date.to_string(), &mut holiday.open)?;
        }
        self.holidays.sort_by_key(|holiday| holiday.date);
        match self.holidays.windows(2).find(|pair| pair[0].date == pair[1].date) {
            Some(pair) => Err(Error::invalid("holidays", format!("{} is named twice", pair[0].date))),
            None => Ok(self),
        }
    }
}

fn in_order(field: &'static str, day: &str, stretches: &mut [Stretch]) -> Result<()> {
    if stretches.len() > STRETCHES {
        return Err(Error::invalid(field, format!("{day} has at most {STRETCHES} stretches")));
    }
    stretches.sort();
    match stretches.windows(2).find(|pair| pair[1].opens < pair[0].closes) {
        Some(pair) => Err(Error::invalid(
            field,
            format!(
                "{day}: the stretches from {} and {} overlap",
                Stretch::spell(pair[0].opens),
                Stretch::spell(pair[1].opens)
            ),
        )),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them_or_the_mend_is_told() {
        assert_eq!(Stretch::parse("weekly", "09:00", "24:00").unwrap(), Stretch { opens: 540, closes: 1440 });
        assert_eq!((Stretch::spell(545), Stretch::spell(1440)), ("09:05".to_owned(), "24:00".to_owned()));
        for (opens, closes) in
            [("9:00", "18:00"), ("09:60", "18:00"), ("09:00", "24:01"), ("nine", "ten"), ("", "")]
        {
            let message = Stretch::parse("weekly", opens, closes).unwrap_err().to_string();
            assert!(message.contains("09:00"), "{message}");
        }
        for (opens, closes) in [("22:00", "02:00"), ("09:00", "09:00")] {
            assert!(Stretch::parse("weekly", opens, closes).unwrap_err().to_string().contains("24:00"));
        }
    }

    #[test]
    fn what_overlaps_or_comes_twice_is_refused_and_the_rest_is_put_in_order() {
        let stretch = |opens, closes| Stretch { opens, closes };
        let mut hours = Hours::default();
        hours.weekly[0] = vec![stretch(780, 1080), stretch(540, 720)];
        let sorted = hours.clone().checked().unwrap();
        assert_eq!(sorted.weekly[0], [stretch(540, 720), stretch(780, 1080)]);
        hours.weekly[0].push(stretch(700, 800));
        assert!(hours.clone().checked().unwrap_err().to_string().contains("Mon"));
        hours.weekly[0].clear();
        let date = NaiveDate::from_ymd_opt(2026, 12, 25).unwrap();
        let christmas = Holiday { date, name: " Christmas ".into(), open: Vec::new() };
        hours.holidays = vec![christmas.clone()];
        assert_eq!(hours.clone().checked().unwrap().holidays[0].name, "Christmas");
        hours.holidays.push(christmas);
        assert!(hours.checked().unwrap_err().to_string().contains("2026-12-25"));
    }
}
