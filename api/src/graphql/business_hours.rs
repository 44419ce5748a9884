//! When the company is open.

mod mutation;

use async_graphql::{Context, Enum, Object, Result, SimpleObject};
use domain::business_hours::{self, Calendar, Hours, Stretch, WEEKDAYS};

use super::operation::env;
use super::time::{Date, DateTime};
pub use mutation::BusinessHoursMutation;

/// The hours of a workspace.
pub struct BusinessHours {
    calendar: Calendar,
}

impl From<Calendar> for BusinessHours {
    fn from(calendar: Calendar) -> Self {
        Self { calendar }
    }
}

/// When the company is open, on its own clock: summer and winter, 09:00 is nine in the morning there.
#[Object]
impl BusinessHours {
    /// Whether hours were ever set. A company without hours is always open.
    async fn configured(&self) -> bool {
        self.calendar.hours.is_some()
    }

    /// The IANA time zone of the hours: the workspace's.
    async fn time_zone(&self) -> &str {
        self.calendar.zone.name()
    }

    /// The seven days of a week, from Monday on.
    async fn weekly(&self) -> Vec<BusinessDay> {
        let hours = self.hours();
        let days = Weekday::ALL.into_iter().zip(&hours.weekly);
        days.map(|(weekday, open)| BusinessDay { weekday, open: stretches(open) }).collect()
    }

    /// Days with hours of their own, by date: at most 400.
    async fn holidays(&self) -> Vec<Holiday> {
        let shown = |holiday: &business_hours::Holiday| Holiday {
            date: Date(holiday.date),
            name: holiday.name.clone(),
            open: stretches(&holiday.open),
        };
        self.hours().holidays.iter().map(shown).collect()
    }

    /// Whether the company is open now.
    async fn open_now(&self, ctx: &Context<'_>) -> bool {
        self.calendar.is_open(env(ctx).clock.now())
    }

    /// When it opens or closes next; null if it does neither for more than a year.
    async fn changes_at(&self, ctx: &Context<'_>) -> Option<DateTime> {
        self.calendar.next_change(env(ctx).clock.now()).map(|change| DateTime(change.at))
    }
}

impl BusinessHours {
    fn hours(&self) -> Hours {
        self.calendar.hours.clone().unwrap_or_default()
    }
}

/// A day of the week and when the company is open.
#[derive(SimpleObject)]
pub struct BusinessDay {
    /// Which day.
    weekday: Weekday,
    /// When it is open, in order; empty if it is closed. At most 8 stretches.
    open: Vec<BusinessStretch>,
}

/// A day with hours of its own.
#[derive(SimpleObject)]
pub struct Holiday {
    /// Which day, on the company's calendar.
    date: Date,
    /// What it is.
    name: String,
    /// When the company is open all the same; empty if it is closed.
    open: Vec<BusinessStretch>,
}

/// From one time of a day to another.
#[derive(SimpleObject)]
pub struct BusinessStretch {
    /// When it opens, as `09:00`.
    opens: String,
    /// When it closes, as `18:00`; the end of the day is `24:00`.
    closes: String,
}

/// A day of the week.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::workflow::schedule::Day")]
pub enum Weekday {
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

impl Weekday {
    /// In the order of the stored week.
    const ALL: [Self; WEEKDAYS.len()] = [
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
        Self::Sunday,
    ];
}

fn stretches(open: &[Stretch]) -> Vec<BusinessStretch> {
    let shown = |stretch: &Stretch| BusinessStretch {
        opens: Stretch::spell(stretch.opens),
        closes: Stretch::spell(stretch.closes),
    };
    open.iter().map(shown).collect()
}

/// The hours of the operation's workspace.
pub(super) async fn of(ctx: &Context<'_>) -> Result<BusinessHours> {
    let operation = super::operation::operation(ctx);
    operation.told(business_hours::calendar(&operation.scope).await).map(BusinessHours::from)
}
