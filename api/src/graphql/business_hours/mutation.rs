//! Setting the hours, as a whole.

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use domain::Error;
use domain::business_hours::{self, Hours, Stretch};

use super::{BusinessHours, Weekday};
use crate::graphql::cursor::{self, Cursor};
use crate::graphql::operation::{env, operation};
use crate::graphql::time::Date;
use crate::graphql::user_error::user_errors;

user_errors! {
    /// Why a change of the business hours was refused.
    BusinessHoursUserError;
    /// Why a change of the business hours was refused, for programs.
    BusinessHoursErrorCode {}
}

/// The whole of the business hours, as they are to be.
#[derive(InputObject)]
pub struct BusinessHoursUpdateInput {
    /// When the company is open; days that are left out are closed. Null takes the hours away: it is always open then.
    weekly: Option<Vec<BusinessDayInput>>,
    /// Days with hours of their own: at most 400. Without `weekly` there can be none.
    #[graphql(default)]
    holidays: Vec<HolidayInput>,
}

/// A day of the week.
#[derive(InputObject)]
pub struct BusinessDayInput {
    /// Which day; each at most once.
    weekday: Weekday,
    /// When it is open: at most 8 stretches that do not overlap.
    open: Vec<BusinessStretchInput>,
}

/// A day with hours of its own.
#[derive(InputObject)]
pub struct HolidayInput {
    /// Which day, on the company's calendar; each at most once.
    date: Date,
    /// What it is: 1 to 100 characters.
    name: String,
    /// When the company is open all the same; nothing if it is closed.
    #[graphql(default)]
    open: Vec<BusinessStretchInput>,
}

/// From one time of a day to a later one. A night past midnight is two of them.
#[derive(InputObject)]
pub struct BusinessStretchInput {
    /// When it opens, as `09:00`.
    opens: String,
    /// When it closes, as `18:00`; the end of the day is `24:00`.
    closes: String,
}

/// What setting the hours answers.
#[derive(SimpleObject)]
pub struct BusinessHoursUpdatePayload {
    /// The hours as they are now.
    business_hours: BusinessHours,
    /// Why it was refused; empty if it was done.
    user_errors: Vec<BusinessHoursUserError>,
    /// Where the change stands in the feed of events; null if nothing changed.
    event_cursor: Option<Cursor>,
}

/// Changes of the business hours.
#[derive(Default)]
pub struct BusinessHoursMutation;

#[Object]
impl BusinessHoursMutation {
    /// Sets when the company is open, as a whole. Needs an admin.
    async fn business_hours_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The week and the holidays.")] input: BusinessHoursUpdateInput,
    ) -> Result<BusinessHoursUpdatePayload> {
        let operation = operation(ctx);
        let done = match read(input) {
            Ok(hours) => business_hours::update(env(ctx), &operation.actor, hours).await,
            Err(error) => Err(error),
        };
        let (event_cursor, user_errors) = cursor::and_errors(operation.settle(done)?);
        Ok(BusinessHoursUpdatePayload { business_hours: super::of(ctx).await?, user_errors, event_cursor })
    }
}

fn read(input: BusinessHoursUpdateInput) -> domain::Result<Option<Hours>> {
    let Some(days) = input.weekly else {
        return match input.holidays.is_empty() {
            true => Ok(None),
            false => {
                Err(Error::invalid("holidays", "holidays need a week that they differ from: give weekly too"))
            }
        };
    };
    let mut hours = Hours::default();
    let mut seen = Vec::new();
    for day in days {
        if seen.contains(&day.weekday) {
            return Err(Error::invalid("weekly", format!("{:?} is named twice", day.weekday)));
        }
        seen.push(day.weekday);
        let open = stretches("weekly", &day.open)?;
        let all = Weekday::ALL.into_iter().zip(&mut hours.weekly);
        all.filter(|(weekday, _)| *weekday == day.weekday).for_each(|(_, stored)| stored.clone_from(&open));
    }
    for holiday in input.holidays {
        let open = stretches("holidays", &holiday.open)?;
        hours.holidays.push(business_hours::Holiday { date: holiday.date.0, name: holiday.name, open });
    }
    Ok(Some(hours))
}

fn stretches(field: &'static str, given: &[BusinessStretchInput]) -> domain::Result<Vec<Stretch>> {
    given.iter().map(|stretch| Stretch::parse(field, &stretch.opens, &stretch.closes)).collect()
}
