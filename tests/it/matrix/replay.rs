//! Replaying a history beside the model.

use std::fmt;

use super::coverage::Coverage;
use super::model::{Expected, Model};
use super::subject::{Observation, Step, Subject};

/// The first step after which model and subject differ.
#[derive(Debug)]
pub struct Disagreement {
    pub seed: u64,
    pub steps: Vec<Step>,
    pub expected: Expected,
    pub seen: Observation,
}

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "seed {} after {} events, at {:?}", self.seed, self.steps.len(), self.expected.cell)?;
        self.steps.iter().try_for_each(|step| writeln!(f, "  {:>12} {:?}", step.at, step.event))?;
        writeln!(f, "  expected {:?}", self.expected.seen)?;
        write!(f, "  seen     {:?}\n  verdicts {:?}", self.seen, self.expected.verdicts)
    }
}

/// Replays one history on a subject, up to the first disagreement.
pub async fn replay(
    seed: u64,
    steps: &[Step],
    subject: &mut impl Subject,
    coverage: &mut Coverage,
) -> Result<(), Box<Disagreement>> {
    let mut model = Model::default();
    for (done, step) in steps.iter().enumerate() {
        let expected = model.act(*step);
        let seen = subject.act(*step).await;
        if !expected.agrees(&seen) {
            return Err(Box::new(Disagreement { seed, steps: steps[..=done].to_vec(), expected, seen }));
        }
    }
    coverage.count(&model.hits);
    Ok(())
}
