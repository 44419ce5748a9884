//! The form of an order. A misspelt switch is an error, not a switch left alone.

use std::time::Duration;

use serde::{Deserialize, Deserializer};

use crate::{
    fault::{Delay, Fault, Outage},
    ladder::Ladder,
};

/// Milliseconds, from and to.
pub(super) type Millis = [u64; 2];

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Orders {
    pub(super) calm: bool,
    pub(super) hold: Option<bool>,
    pub(super) stall: Option<bool>,
    pub(super) statuses: Option<bool>,
    pub(super) statuses_before_answer: Option<bool>,
    pub(super) ladder: Option<Steps>,
    pub(super) answer_delay: Option<Millis>,
    pub(super) fail_next: Option<Counted>,
    pub(super) fail_later: Option<Counted>,
    pub(super) fail_rate: Option<Rated>,
    pub(super) drop_next: Option<u32>,
    pub(super) drop_rate: Option<f64>,
    pub(super) outage: Option<Away>,
    pub(super) expire_tokens: Option<bool>,
    pub(super) duplicates: Option<Chance>,
    pub(super) reorder: Option<Chance>,
    pub(super) ghosts: Option<Chance>,
    pub(super) webhook_delay: Option<Millis>,
    pub(super) batch: Option<usize>,
    pub(super) enforce_window: Option<bool>,
    #[serde(deserialize_with = "given")]
    pub(super) throughput: Option<Option<u32>>,
    #[serde(deserialize_with = "given")]
    pub(super) pair_limit: Option<Option<Pair>>,
    pub(super) on_business_app: Option<bool>,
    pub(super) number_status: Option<String>,
}

/// One message to a customer in so many milliseconds, after a burst.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pair {
    pub(super) every: u64,
    pub(super) burst: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Steps {
    pub(super) sent: Option<Millis>,
    pub(super) delivered: Option<Millis>,
    pub(super) read: Option<Millis>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Counted {
    pub(super) count: u32,
    pub(super) error: Error,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rated {
    pub(super) rate: f64,
    pub(super) error: Error,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Chance {
    pub(super) rate: f64,
    #[serde(default)]
    pub(super) millis: Millis,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Error {
    pub(super) http: u16,
    pub(super) code: i64,
    pub(super) subcode: Option<i64>,
    #[serde(default)]
    pub(super) message: String,
    pub(super) details: Option<String>,
    pub(super) retry_after: Option<u64>,
    #[serde(default)]
    pub(super) transient: bool,
    #[serde(default)]
    pub(super) after_accept: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Away {
    None,
    Refused,
    HangUp,
    Unavailable,
}

impl From<Steps> for Ladder {
    fn from(steps: Steps) -> Ladder {
        Ladder {
            sent: steps.sent.map(delay),
            delivered: steps.delivered.map(delay),
            read: steps.read.map(delay),
        }
    }
}

impl From<Away> for Option<Outage> {
    fn from(away: Away) -> Option<Outage> {
        match away {
            Away::None => None,
            Away::Refused => Some(Outage::Refused),
            Away::HangUp => Some(Outage::HangUp),
            Away::Unavailable => Some(Outage::Unavailable),
        }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Fault {
        Fault {
            http: error.http,
            code: error.code,
            subcode: error.subcode,
            message: error.message,
            details: error.details,
            retry_after: error.retry_after,
            transient: error.transient,
            after_accept: error.after_accept,
        }
    }
}

pub(super) fn delay([min, max]: Millis) -> Delay {
    Delay { min: Duration::from_millis(min), max: Duration::from_millis(max) }
}

/// Tells `null` (off) from absent (as it is).
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(value: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(value).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_differs_from_absent_and_misspelling_from_both() {
        let orders: Orders = serde_json::from_str(r#"{"throughput": null, "outage": "hang_up"}"#).unwrap();
        assert_eq!(orders.throughput, Some(None));
        assert_eq!(Option::from(orders.outage.unwrap()), Some(Outage::HangUp));
        assert!(serde_json::from_str::<Orders>("{}").unwrap().throughput.is_none());
        assert!(serde_json::from_str::<Orders>(r#"{"outtage": "hang_up"}"#).is_err());
    }
}
