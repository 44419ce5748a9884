//! Waits: for a time, or until the customer or an integration says something.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use chrono::{DateTime, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{Heard, Next, Path, StepKind, Visit};
use crate::clock::Time;
use crate::workflow::definition::{MAX_SECONDS, Name, Seconds, To};
use crate::workflow::run::{Fault, FaultCode, Mail, Signal, Wait};
use crate::workflow::template::{Expression, Source};

/// Waits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Pause {
    /// Until when.
    pub until: Until,
    /// When that time has come.
    #[serde(default)]
    pub elapsed: To,
    /// When the customer writes before; if it leads nowhere, the customer does not disturb the wait.
    #[serde(default)]
    pub customer_wrote: To,
    /// What else ends the wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<OnSignal>,
}

/// Until when a step waits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "Written", into = "Written")]
pub enum Until {
    /// For so many seconds from now, at most five years.
    After(Seconds),
    /// Until the time that this gives, as an RFC 3339 text or in seconds since 1970; at most five years from now. One
    /// that is past does not wait.
    At(Expression),
}

/// How that is written: exactly one of the two.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Written {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after_seconds: Option<Seconds>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at: Option<Expression>,
}

impl TryFrom<Written> for Until {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Self, &'static str> {
        match (written.after_seconds, written.at) {
            (Some(seconds), None) => Ok(Self::After(seconds)),
            (None, Some(time)) => Ok(Self::At(time)),
            (Some(_), Some(_)) | (None, None) => Err("until: give exactly one of `afterSeconds` and `at`"),
        }
    }
}

impl From<Until> for Written {
    fn from(until: Until) -> Self {
        match until {
            Until::After(seconds) => Self { after_seconds: Some(seconds), at: None },
            Until::At(time) => Self { after_seconds: None, at: Some(time) },
        }
    }
}

/// A signal that ends a wait.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct OnSignal {
    /// Its name.
    pub name: Name,
    /// Where what comes with it is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub save_as: Option<Name>,
    /// When it comes.
    #[serde(default)]
    pub then: To,
}

/// What is wrong with a number of seconds.
pub(super) fn limits(
    field: &'static str,
    seconds: Option<Seconds>,
    range: RangeInclusive<u32>,
) -> Vec<(&'static str, String)> {
    match seconds {
        Some(seconds) if !range.contains(&seconds.into()) => {
            let n = u32::from(seconds);
            vec![(field, format!("{n} seconds: give {} to {}", range.start(), range.end()))]
        }
        Some(_) | None => Vec::new(),
    }
}

impl Pause {
    fn time(&self, visit: &mut Visit<'_>) -> Result<Time, Fault> {
        let now = visit.facts.now;
        match &self.until {
            Until::After(seconds) => Ok(now + TimeDelta::from(*seconds)),
            Until::At(time) => {
                let value = visit.value("until.at", time)?;
                let farthest = now + TimeDelta::seconds(MAX_SECONDS.into());
                moment(&value).filter(|at| *at <= farthest).ok_or_else(|| {
                    let message = format!("until.at: {value} is no time within the next five years");
                    Fault::new(FaultCode::Expression, message)
                })
            }
        }
    }

    fn take(on: &OnSignal, visit: &mut Visit<'_>, signal: Signal) -> Result<Next, Fault> {
        visit.note("signal", signal.name.0.as_str());
        if let Some(name) = &on.save_as {
            visit.set(name, signal.payload)?;
        }
        Next::go("signal", &on.then)
    }
}

fn moment(value: &Json) -> Option<Time> {
    match value {
        Json::String(text) => DateTime::parse_from_rfc3339(text).ok().map(|at| at.with_timezone(&Utc)),
        Json::Number(seconds) => DateTime::from_timestamp(seconds.as_i64()?, 0),
        _ => None,
    }
}

impl StepKind for Pause {
    fn paths(&self) -> Vec<Path<'_>> {
        let elapsed = Path::new("elapsed", &self.elapsed);
        // A computed time may be past.
        let elapsed = if matches!(self.until, Until::After(_)) { elapsed.waits() } else { elapsed };
        let customer = Path::new("customerWrote", &self.customer_wrote).waits().optional_if(true);
        let signal = self.signal.iter().map(|on| Path::new("signal", &on.then).waits());
        [elapsed, customer].into_iter().chain(signal).collect()
    }

    fn sources(&self) -> Vec<(Cow<'static, str>, Source<'_>)> {
        match &self.until {
            Until::After(_) => Vec::new(),
            Until::At(time) => vec![("until.at".into(), Source::Expression(time))],
        }
    }

    fn writes(&self) -> Vec<(Cow<'static, str>, &Name)> {
        let saved = self.signal.iter().filter_map(|on| on.save_as.as_ref());
        saved.map(|name| ("signal.saveAs".into(), name)).collect()
    }

    fn faults(&self) -> Vec<(&'static str, String)> {
        match &self.until {
            Until::After(seconds) => limits("until.afterSeconds", Some(*seconds), 1..=MAX_SECONDS),
            Until::At(_) => Vec::new(),
        }
    }

    fn wants(&self, mail: &Mail) -> bool {
        match mail {
            Mail::Message(_) => self.customer_wrote.is_some(),
            Mail::Signal(signal) => self.signal.as_ref().is_some_and(|on| on.name == signal.name),
        }
    }

    fn enter(&self, visit: &mut Visit<'_>) -> Result<Next, Fault> {
        let until = self.time(visit)?;
        if let Some(on) = &self.signal
            && let Some(signal) = visit.take_signal(&on.name)
        {
            return Self::take(on, visit, signal);
        }
        if self.customer_wrote.is_some()
            && let Some(written) = visit.take_message()
        {
            visit.state.take(written);
            return Next::go("customerWrote", &self.customer_wrote);
        }
        if until <= visit.facts.now {
            Next::go("elapsed", &self.elapsed)
        } else {
            Ok(Next::Wait(Wait::Time { until }))
        }
    }

    fn hear(&self, visit: &mut Visit<'_>, what: &Heard) -> Result<Option<Next>, Fault> {
        Ok(match what {
            Heard::Elapsed => Some(Next::go("elapsed", &self.elapsed)?),
            Heard::Message(written) if self.customer_wrote.is_some() => {
                visit.state.take(written.clone());
                Some(Next::go("customerWrote", &self.customer_wrote)?)
            }
            Heard::Signal(signal) => match &self.signal {
                Some(on) if on.name == signal.name => Some(Self::take(on, visit, signal.clone())?),
                Some(_) | None => None,
            },
            Heard::Message(_) | Heard::Result(_) | Heard::Returned(_) | Heard::NotRun(_) => None,
        })
    }
}
