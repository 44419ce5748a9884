//! What keeps a workflow from being published, each with the step and the field that are to be mended.

mod calls;
mod graph;
mod names;

use serde::{Deserialize, Serialize};

use super::definition::{Definition, StepId};
use super::library::Library;
use super::trigger::MAX_TRIGGERS;

/// How many steps a workflow has at most.
pub const MAX_STEPS: usize = 200;
/// How many variables a workflow has at most.
pub const MAX_VARIABLES: usize = 50;
/// The largest workflow, in bytes of its JSON.
pub const MAX_BYTES: usize = 262_144;

/// How many problems are told at once.
const MAX_PROBLEMS: usize = 200;

/// Something that is to be mended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// For programs.
    pub code: ProblemCode,
    /// The step, if it is one's.
    pub step: Option<StepId>,
    /// The field or path of the step, else of the workflow.
    pub field: String,
    /// For people: what is wrong, and what would be right.
    pub message: String,
}

/// The kinds of problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ProblemCode {
    /// There is more of something than allowed.
    TooLarge,
    /// A name is not spelled as names are.
    BadName,
    /// Two steps or two variables have one name.
    DuplicateName,
    /// A path that a step needs leads nowhere.
    MissingPath,
    /// A path leads to a step that there is not.
    UnknownStep,
    /// No path leads to the step.
    UnreachableStep,
    /// A run could go round for ever without waiting for anything.
    LoopWithoutWait,
    /// A text or an expression reads, or a step sets, something that there is not.
    UnknownVariable,
    /// A text or an expression is not well formed.
    BadExpression,
    /// A setting of a step is out of its range.
    BadSetting,
    /// The workflow that a step calls is not published.
    UnknownWorkflow,
}

/// All that is to be mended, in the order of the steps; empty if the workflow may be published beside those of
/// `library`.
#[must_use]
pub fn check(definition: &Definition, library: &Library) -> Vec<Problem> {
    let mut problems = sizes(definition);
    // The rest takes its time with the size.
    if problems.is_empty() {
        problems.extend(names::check(definition));
        problems.extend(graph::check(definition));
        problems.extend(calls::check(definition, library));
        let place = |problem: &Problem| {
            let step = problem.step.as_ref()?;
            definition.steps.iter().position(|known| known.id == *step)
        };
        problems.sort_by_cached_key(place);
        problems.truncate(MAX_PROBLEMS);
    }
    problems
}

fn sizes(definition: &Definition) -> Vec<Problem> {
    let bytes = serde_json::to_string(definition).map_or(usize::MAX, |json| json.len());
    let sizes = [
        ("steps", definition.steps.len(), MAX_STEPS, "steps"),
        ("variables", definition.variables.len(), MAX_VARIABLES, "variables"),
        ("triggers", definition.triggers.len(), MAX_TRIGGERS, "triggers"),
        ("steps", bytes, MAX_BYTES, "bytes"),
    ];
    let over = sizes.into_iter().filter(|(_, is, most, _)| is > most);
    over.map(|(field, is, most, what)| Problem {
        code: ProblemCode::TooLarge,
        step: None,
        field: field.to_owned(),
        message: format!("the workflow has {is} {what}; at most {most} are allowed: let it call others"),
    })
    .collect()
}
