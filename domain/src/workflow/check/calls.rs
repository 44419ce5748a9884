//! Whether the workflows that steps call are published, and have the variables that are set there.

use super::{Problem, ProblemCode};
use crate::workflow::definition::{Definition, Step};
use crate::workflow::library::Library;

pub(super) fn check(definition: &Definition, library: &Library) -> Vec<Problem> {
    definition.steps.iter().flat_map(|step| of_step(step, library)).collect()
}

fn of_step(step: &Step, library: &Library) -> Vec<Problem> {
    let Some(call) = step.kind.rules().calls() else { return Vec::new() };
    let problem =
        |code, field: String, message| Problem { code, step: Some(step.id.clone()), field, message };
    let callee = match library.published(&call.workflow) {
        Ok((_, callee)) => callee,
        Err(fault) => {
            return vec![problem(ProblemCode::UnknownWorkflow, "workflow".to_owned(), fault.message)];
        }
    };
    let mut problems = Vec::new();
    for (place, input) in call.inputs.iter().enumerate() {
        if !callee.variables.iter().any(|variable| variable.name == input.variable) {
            let message = format!("the workflow `{}` has no variable `{}`", call.workflow, input.variable);
            problems.push(problem(
                ProblemCode::UnknownVariable,
                format!("inputs[{place}].variable"),
                message,
            ));
        }
    }
    problems
}
