//! Whether every path leads somewhere, every step can be reached, and every loop waits.

use std::collections::{BTreeMap, BTreeSet};

use super::{Problem, ProblemCode};
use crate::workflow::definition::{Definition, Step, StepId};

type Steps<'a> = BTreeMap<&'a StepId, &'a Step>;

pub(super) fn check(definition: &Definition) -> Vec<Problem> {
    let steps: Steps<'_> = definition.steps.iter().map(|step| (&step.id, step)).collect();
    let mut problems: Vec<Problem> = start(definition, &steps).into_iter().collect();
    problems.extend(definition.steps.iter().flat_map(|step| paths(step, &steps)));
    // With no start nothing could be reached, and to say so of every step helps nobody.
    if problems.iter().all(|problem| problem.step.is_some()) {
        problems.extend(unreachable(definition, &steps));
    }
    problems.extend(loops(definition, &steps));
    problems
}

fn start(definition: &Definition, steps: &Steps<'_>) -> Option<Problem> {
    let (code, message) = match &definition.start {
        None => (ProblemCode::MissingPath, "say which step is the first".to_owned()),
        Some(start) if !steps.contains_key(start) => (ProblemCode::UnknownStep, unknown(start)),
        Some(_) => return None,
    };
    Some(Problem { code, step: None, field: "start".to_owned(), message })
}

fn paths(step: &Step, steps: &Steps<'_>) -> Vec<Problem> {
    let problem = |path: super::super::step::Path<'_>| {
        let (code, message) = match path.to {
            None if path.optional => return None,
            None => (ProblemCode::MissingPath, "it leads nowhere: name the step that follows".to_owned()),
            Some(to) if !steps.contains_key(to) => (ProblemCode::UnknownStep, unknown(to)),
            Some(_) => return None,
        };
        Some(Problem { code, step: Some(step.id.clone()), field: path.name.into_owned(), message })
    };
    step.kind.rules().paths().into_iter().filter_map(problem).collect()
}

fn unknown(to: &StepId) -> String {
    format!("there is no step `{to}`")
}

fn unreachable(definition: &Definition, steps: &Steps<'_>) -> Vec<Problem> {
    let mut reached: BTreeSet<&StepId> = BTreeSet::new();
    let mut next: Vec<&StepId> = definition.start.iter().collect();
    while let Some(id) = next.pop() {
        if let Some(step) = steps.get(id)
            && reached.insert(id)
        {
            next.extend(step.kind.rules().paths().into_iter().filter_map(|path| path.to));
        }
    }
    let unreached = definition.steps.iter().filter(|step| !reached.contains(&step.id));
    unreached
        .map(|step| Problem {
            code: ProblemCode::UnreachableStep,
            step: Some(step.id.clone()),
            field: "id".to_owned(),
            message: "no path leads here: lead one here, or take the step away".to_owned(),
        })
        .collect()
}

/// A step from which a run could come back to it along paths of which none waits: one of each such loop.
fn loops(definition: &Definition, steps: &Steps<'_>) -> Vec<Problem> {
    let mut hurried: BTreeMap<&StepId, Vec<&StepId>> = BTreeMap::new();
    for (id, step) in steps {
        let paths = step.kind.rules().paths().into_iter().filter(|path| !path.waits);
        let mut to: Vec<&StepId> = paths.filter_map(|path| path.to).collect();
        to.sort_unstable();
        to.dedup();
        hurried.insert(id, to);
    }
    let from = |id: &StepId| hurried.get(id).cloned().unwrap_or_default();
    let mut known: BTreeSet<&StepId> = BTreeSet::new();
    let mut problems = Vec::new();
    for step in &definition.steps {
        let (mut seen, mut next) = (BTreeSet::new(), from(&step.id));
        while let Some(id) = next.pop() {
            if seen.insert(id) {
                next.extend(from(id));
            }
        }
        // Whoever is in a loop that was told already is left out.
        if seen.contains(&step.id) && !known.contains(&step.id) {
            problems.push(Problem {
                code: ProblemCode::LoopWithoutWait,
                step: Some(step.id.clone()),
                field: "id".to_owned(),
                message: "a run could come back here without waiting: let the loop ask the customer or wait"
                    .to_owned(),
            });
            known.extend(seen);
        }
    }
    problems
}
