//! The y axis: which whole numbers stand beside it, and how high a number is.

/// An axis from 0 to a round number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Scale {
    /// From one tick to the next: 1, 2 or 5 and zeros.
    pub step: i64,
    /// How many steps there are above 0, at least one.
    pub steps: u32,
}

impl Scale {
    /// The axis for numbers up to `largest`, with at most `steps` steps.
    pub fn over(largest: i64, steps: u32) -> Self {
        let (largest, most) = (largest.max(1), i64::from(steps.max(1)));
        let round = (0..19).flat_map(|zeros| [1, 2, 5].map(|digit| 10_i64.saturating_pow(zeros) * digit));
        // Whoever wrote 5 · 10^18 messages has a picture with too many steps.
        let step = round.into_iter().find(|step| ceiling(largest, *step) <= most).unwrap_or(i64::MAX);
        Self { step, steps: u32::try_from(ceiling(largest, step)).unwrap_or(1) }
    }

    /// The numbers beside it, from 0 up.
    pub fn ticks(self) -> impl Iterator<Item = i64> {
        (0..=self.steps).map(move |n| self.step.saturating_mul(i64::from(n)))
    }

    /// Of an axis of the height `of`, how high a number is.
    #[expect(clippy::cast_precision_loss, reason = "a picture shows no more digits")]
    pub fn height(self, number: i64, of: f64) -> f64 {
        number.max(0) as f64 / self.step as f64 / f64::from(self.steps) * of
    }
}

fn ceiling(number: i64, step: i64) -> i64 {
    number / step + i64::from(number % step != 0)
}
