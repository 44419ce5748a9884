//! Changes variables.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Next, Path, StepKind, Visit};
use crate::workflow::definition::{Name, To};
use crate::workflow::run::Fault;
use crate::workflow::template::{Expression, Source};

/// How many variables a step sets at most.
const MAX_ASSIGNMENTS: usize = 50;

/// Changes variables, one after the other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Set {
    /// What becomes what.
    #[serde(default)]
    pub assignments: Vec<Assignment>,
    /// Then.
    #[serde(default)]
    pub next: To,
}

/// A variable and what it becomes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Assignment {
    /// Which variable.
    pub variable: Name,
    /// Its value.
    pub value: Expression,
}

/// How many there are, if that is wrong.
pub(super) fn too_many(
    field: &'static str,
    assignments: &[Assignment],
    least: usize,
) -> Vec<(&'static str, String)> {
    let n = assignments.len();
    match (least..=MAX_ASSIGNMENTS).contains(&n) {
        true => Vec::new(),
        false => vec![(field, format!("there are {n}; give {least} to {MAX_ASSIGNMENTS}"))],
    }
}

/// The expressions of assignments, by field.
pub(super) fn sources<'a>(
    field: &'static str,
    assignments: &'a [Assignment],
) -> impl Iterator<Item = (Cow<'static, str>, Source<'a>)> {
    let value = move |(place, assignment): (usize, &'a Assignment)| {
        (format!("{field}[{place}].value").into(), Source::Expression(&assignment.value))
    };
    assignments.iter().enumerate().map(value)
}

impl StepKind for Set {
    fn paths(&self) -> Vec<Path<'_>> {
        vec![Path::new("next", &self.next)]
    }

    fn sources(&self) -> Vec<(Cow<'static, str>, Source<'_>)> {
        sources("assignments", &self.assignments).collect()
    }

    fn writes(&self) -> Vec<(Cow<'static, str>, &Name)> {
        let field = |place| format!("assignments[{place}].variable").into();
        self.assignments.iter().enumerate().map(|(place, each)| (field(place), &each.variable)).collect()
    }

    fn faults(&self) -> Vec<(&'static str, String)> {
        too_many("assignments", &self.assignments, 1)
    }

    fn enter(&self, visit: &mut Visit<'_>) -> Result<Next, Fault> {
        for assignment in &self.assignments {
            let value = visit.value(&assignment.variable.0, &assignment.value)?;
            visit.set(&assignment.variable, value)?;
        }
        Next::go("next", &self.next)
    }
}
