//! How long things took.

use async_graphql::SimpleObject;
use domain::metrics::Times;

/// How long something took, each time that it was done.
#[derive(SimpleObject)]
pub struct Durations {
    /// How often it was done.
    count: i64,
    /// In how many seconds half of them were done, exactly for up to 800 and within 1 % of rank beyond; null for none.
    median_seconds: Option<i64>,
    /// In how many seconds nine of ten were done, exactly for up to 800 and within 1 % of rank beyond; null for none.
    p90_seconds: Option<i64>,
}

impl From<&Times> for Durations {
    fn from(times: &Times) -> Self {
        Self { count: times.count(), median_seconds: times.quantile(0.5), p90_seconds: times.quantile(0.9) }
    }
}
