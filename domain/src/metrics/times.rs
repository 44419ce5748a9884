//! How long things took: a sketch that tells medians and other quantiles, and that adds up.

use chrono::TimeDelta;
use datasketches::common::SearchCriteria;
use datasketches::kll::KllSketch;

use crate::error::{Error, Result};

/// The size of a sketch. Up to so many times a quantile is exact; of more, its rank is off by 0.35 % as a rule, and by
/// 1 % practically never. Source: the KLL sketch of Apache DataSketches, `normalized_rank_error`.
const SIZE: u16 = 800;

/// How long things took, in whole seconds.
#[derive(Debug, Clone, Default)]
pub struct Times(Option<KllSketch<i64>>);

impl Times {
    /// One more. A clock that ran backwards took no time.
    pub fn note(&mut self, took: TimeDelta) {
        if let Some(sketch) = self.sketch() {
            sketch.update(took.num_seconds().max(0));
        }
    }

    /// Those of another one too.
    pub fn add(&mut self, other: &Self) {
        let Some(more) = &other.0 else { return };
        match &mut self.0 {
            Some(sketch) => {
                if let Err(error) = sketch.merge(more) {
                    tracing::error!(%error, "sketches of one size do not add up");
                }
            }
            None => self.0 = Some(more.clone()),
        }
    }

    /// How many.
    #[must_use]
    pub fn count(&self) -> i64 {
        self.0.as_ref().map_or(0, |sketch| i64::try_from(sketch.n()).unwrap_or(i64::MAX))
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count() == 0
    }

    /// In how many seconds this share of them was done, `rank` from 0 to 1: 0.5 is the median. The share is right
    /// within 1 %. None if there are none.
    #[must_use]
    pub fn quantile(&self, rank: f64) -> Option<i64> {
        self.0.as_ref()?.quantile(rank, SearchCriteria::Inclusive).ok()?
    }

    fn sketch(&mut self) -> Option<&mut KllSketch<i64>> {
        if self.0.is_none() {
            self.0 = KllSketch::new(SIZE).ok();
        }
        self.0.as_mut()
    }

    /// As stored; none of none.
    pub(super) fn write(&self) -> Option<Vec<u8>> {
        self.0.as_ref().filter(|_| !self.is_empty()).map(KllSketch::serialize)
    }

    /// Reads what is stored.
    pub(super) fn read(stored: Option<Vec<u8>>) -> Result<Self> {
        let sketch = stored.map(|bytes| KllSketch::deserialize(&bytes)).transpose();
        Ok(Self(sketch.map_err(Error::internal)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::Rng;

    /// Many sketches, stored and read again, added up: ranks are right within the promised 1 %.
    #[test]
    fn quantiles_of_many_that_were_added_up_are_within_one_percent_of_rank() {
        let mut rng = rand::rng();
        let (mut sum, mut all) = (Times::default(), Vec::new());
        for bucket in 0..1_000 {
            let mut times = Times::default();
            for _ in 0..rng.random_range(0..200) {
                // A long tail, as people's times have it, and another one at night.
                let seconds = (1.0 / rng.random_range(0.000_05..1.0_f64)).powi(2) as i64 + bucket % 7 * 300;
                times.note(TimeDelta::seconds(seconds));
                all.push(seconds);
            }
            sum.add(&Times::read(times.write()).unwrap());
        }
        all.sort_unstable();
        assert_eq!(sum.count(), i64::try_from(all.len()).unwrap());
        let share = |n: usize| n as f64 / all.len() as f64;
        for rank in [0.01, 0.1, 0.5, 0.9, 0.99] {
            let seconds = sum.quantile(rank).unwrap();
            let below = share(all.partition_point(|time| *time < seconds));
            let through = share(all.partition_point(|time| *time <= seconds));
            assert!(below - 0.01 <= rank && rank <= through + 0.01, "{rank}: {below} to {through}");
        }
    }

    #[test]
    fn a_few_are_exact_and_none_have_no_median() {
        let mut times = Times::default();
        assert_eq!((times.quantile(0.5), times.write(), times.is_empty()), (None, None, true));
        for seconds in [30, 10, 20, -5, 100] {
            times.note(TimeDelta::seconds(seconds));
        }
        let few = Times::read(times.write()).unwrap();
        assert_eq!((few.quantile(0.5), few.quantile(0.9), few.quantile(0.0)), (Some(20), Some(100), Some(0)));
        assert!(Times::read(Some(vec![1, 2, 3])).is_err());
    }
}
