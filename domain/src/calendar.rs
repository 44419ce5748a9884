//! What a wall clock shows, and when. Pure.

use chrono::{NaiveDateTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

use crate::clock::Time;

/// A clock is put forward by less than this many minutes, but where a country changes the side of the date line: there by
/// a day.
const LONGEST_GAP: i64 = 25 * 60;

/// The first moment at which the clock of a time zone shows this or something later. What it skips is the moment at which
/// it is put forward; of what it shows twice it is the first. None beyond the last date that there is.
#[must_use]
pub fn moment(local: NaiveDateTime, zone: Tz) -> Option<Time> {
    let shown =
        |late| zone.from_local_datetime(&local.checked_add_signed(TimeDelta::minutes(late))?).earliest();
    (0..=LONGEST_GAP).find_map(shown).map(|moment| moment.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_skipped_comes_late_and_what_comes_twice_is_its_first() {
        let at = |local: &str, zone: &str| {
            let local = NaiveDateTime::parse_from_str(local, "%Y-%m-%d %H:%M").unwrap();
            moment(local, zone.parse().unwrap()).unwrap().format("%m-%d %H:%M").to_string()
        };
        assert_eq!(at("2026-03-29 02:30", "Europe/Berlin"), "03-29 01:00");
        assert_eq!(at("2026-10-25 02:30", "Europe/Berlin"), "10-25 00:30");
        assert_eq!(at("2011-12-30 09:00", "Pacific/Apia"), "12-30 10:00");
        assert_eq!(at("2026-11-29 00:00", "Asia/Kathmandu"), "11-28 18:15");
    }
}
