//! Times as the API writes them.

use std::borrow::Cow;

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use chrono::SecondsFormat;
use domain::Time;

/// A moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateTime(pub Time);

/// A moment in RFC 3339, for example `2026-03-02T09:00:00.25Z`. Answers are in UTC; input may have any
/// offset.
#[Scalar(name = "DateTime", specified_by_url = "https://datatracker.ietf.org/doc/html/rfc3339")]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else { return Err(InputValueError::expected_type(value)) };
        match chrono::DateTime::parse_from_rfc3339(text) {
            Ok(time) => Ok(Self(time.to_utc())),
            Err(_) => Err(InputValueError::custom(Cow::Borrowed("write a time as 2026-03-02T09:00:00Z"))),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(rfc3339(self.0))
    }
}

/// A moment as every answer spells it.
pub(crate) fn rfc3339(time: Time) -> String {
    time.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

impl From<Time> for DateTime {
    fn from(time: Time) -> Self {
        Self(time)
    }
}

/// A day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Date(pub chrono::NaiveDate);

/// A day of the calendar as RFC 3339 writes it, for example `2026-12-25`, in whatever time zone its field says.
#[Scalar(name = "Date", specified_by_url = "https://datatracker.ietf.org/doc/html/rfc3339")]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else { return Err(InputValueError::expected_type(value)) };
        match chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d") {
            // One spelling for one day.
            Ok(date) if date.to_string() == *text => Ok(Self(date)),
            _ => Err(InputValueError::custom(Cow::Borrowed("write a day as 2026-12-25"))),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}
