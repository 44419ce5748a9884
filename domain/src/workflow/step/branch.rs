//! Goes one of several ways.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Next, Path, StepKind, Visit};
use crate::workflow::definition::To;
use crate::workflow::run::Fault;
use crate::workflow::template::{Expression, Source};

/// How many cases a branch has at most.
const MAX_CASES: usize = 50;

/// Goes the way of the first case that holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Branch {
    /// The cases, tried in order.
    #[serde(default)]
    pub cases: Vec<Case>,
    /// When none holds.
    #[serde(default)]
    pub otherwise: To,
}

/// A condition and its way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Case {
    /// The condition.
    pub when: Expression,
    /// When it holds.
    #[serde(default)]
    pub then: To,
}

fn name(place: usize) -> Cow<'static, str> {
    format!("cases[{place}]").into()
}

impl StepKind for Branch {
    fn paths(&self) -> Vec<Path<'_>> {
        let cases = self.cases.iter().enumerate().map(|(place, case)| Path::new(name(place), &case.then));
        cases.chain([Path::new("otherwise", &self.otherwise)]).collect()
    }

    fn sources(&self) -> Vec<(Cow<'static, str>, Source<'_>)> {
        let cases = self.cases.iter().enumerate();
        cases.map(|(place, case)| (name(place) + ".when", Source::Expression(&case.when))).collect()
    }

    fn faults(&self) -> Vec<(&'static str, String)> {
        match self.cases.len() {
            1..=MAX_CASES => Vec::new(),
            n => vec![("cases", format!("it has {n} cases; give it 1 to {MAX_CASES}"))],
        }
    }

    fn enter(&self, visit: &mut Visit<'_>) -> Result<Next, Fault> {
        for (place, case) in self.cases.iter().enumerate() {
            if visit.holds(&name(place), &case.when)? {
                return Next::go(name(place), &case.then);
            }
        }
        Next::go("otherwise", &self.otherwise)
    }
}
