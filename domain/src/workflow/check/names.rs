//! Whether names are well formed and unique, texts read only what there is, and settings are in their range.

use std::collections::BTreeSet;

use super::{Problem, ProblemCode};
use crate::workflow::definition::{Definition, MAX_NAME, Name, Step};
use crate::workflow::facts::SCOPE;
use crate::workflow::template::Source;
use crate::workflow::trigger::Occasion;

/// The longest title of a step, in Unicode scalar values.
const MAX_TITLE: usize = 100;

pub(super) fn check(definition: &Definition) -> Vec<Problem> {
    let mut problems = triggers(definition);
    problems.extend(variables(definition));
    let known: BTreeSet<&Name> = definition.variables.iter().map(|variable| &variable.name).collect();
    let mut ids = BTreeSet::new();
    for step in &definition.steps {
        problems.extend(of_step(step, !ids.insert(&step.id), &known));
    }
    problems
}

/// A run has no variables yet when it is decided whether it begins.
fn triggers(definition: &Definition) -> Vec<Problem> {
    let conditions = definition.triggers.iter().enumerate();
    let conditions = conditions.filter_map(|(place, trigger)| Some((place, trigger.when.as_ref()?)));
    let conditions = conditions.flat_map(|(place, when)| {
        of_source(Source::Expression(when), &BTreeSet::new()).into_iter().map(move |(code, message)| {
            let field = format!("triggers[{place}].when");
            Problem { code, step: None, field, message }
        })
    });
    let times = definition.triggers.iter().enumerate().filter_map(|(place, trigger)| {
        let message = match (trigger.on, &trigger.schedule) {
            (Occasion::Schedule, Some(schedule)) => schedule.fault()?,
            (Occasion::Schedule, None) => "say when: give a time of the day".to_owned(),
            (_, Some(_)) => "only a SCHEDULE has times: take them away".to_owned(),
            (_, None) => return None,
        };
        let field = format!("triggers[{place}].schedule");
        Some(Problem { code: ProblemCode::BadSetting, step: None, field, message })
    });
    conditions.chain(times).collect()
}

fn variables(definition: &Definition) -> Vec<Problem> {
    let problem = |code, place: usize, field: &str, message| Problem {
        code,
        step: None,
        field: format!("variables[{place}].{field}"),
        message,
    };
    let mut problems = Vec::new();
    // An initial value may read the variables before it.
    let mut before = BTreeSet::new();
    for (place, variable) in definition.variables.iter().enumerate() {
        if !variable.name.is_well_formed() {
            let message =
                format!("give a letter, then letters, digits and `_`, at most {MAX_NAME} characters");
            problems.push(problem(ProblemCode::BadName, place, "name", message));
        }
        if let Some(initial) = &variable.initial {
            for (code, message) in of_source(Source::Expression(initial), &before) {
                problems.push(problem(code, place, "initial", message));
            }
        }
        if !before.insert(&variable.name) {
            let message = format!("`{}` is the name of another variable", variable.name);
            problems.push(problem(ProblemCode::DuplicateName, place, "name", message));
        }
    }
    problems
}

fn of_step(step: &Step, twice: bool, known: &BTreeSet<&Name>) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut problem = |code, field: String, message| {
        problems.push(Problem { code, step: Some(step.id.clone()), field, message });
    };
    if !step.id.is_well_formed() {
        let message = format!("give lower-case letters, digits, `-` and `_`, 1 to {MAX_NAME} characters");
        problem(ProblemCode::BadName, "id".to_owned(), message);
    }
    if twice {
        problem(ProblemCode::DuplicateName, "id".to_owned(), "another step has this id".to_owned());
    }
    if step.title.as_ref().is_some_and(|title| title.chars().count() > MAX_TITLE) {
        let message = format!("give at most {MAX_TITLE} characters");
        problem(ProblemCode::BadName, "title".to_owned(), message);
    }
    let rules = step.kind.rules();
    for (field, source) in rules.sources() {
        for (code, message) in of_source(source, known) {
            problem(code, field.to_string(), message);
        }
    }
    for (field, name) in rules.writes() {
        if !known.contains(name) {
            let message = format!("the workflow has no variable `{name}`");
            problem(ProblemCode::UnknownVariable, field.into_owned(), message);
        }
    }
    for (field, message) in rules.faults() {
        problem(ProblemCode::BadSetting, field.to_owned(), message);
    }
    problems
}

fn of_source(source: Source<'_>, known: &BTreeSet<&Name>) -> Vec<(ProblemCode, String)> {
    match source.reads() {
        Err(message) => vec![(ProblemCode::BadExpression, message)],
        Ok(reads) => {
            let unknown = reads.into_iter().filter_map(|read| unknown(&read, known));
            unknown.map(|message| (ProblemCode::UnknownVariable, message)).collect()
        }
    }
}

/// What is wrong with reading `read`, as `contact.name`.
fn unknown(read: &str, known: &BTreeSet<&Name>) -> Option<String> {
    let mut parts = read.split('.');
    let root = parts.next().unwrap_or_default();
    let field = parts.next();
    if root == "vars" {
        let field = field?;
        return (!known.contains(&Name::from(field)))
            .then(|| format!("the workflow has no variable `{field}`"));
    }
    match (SCOPE.iter().find(|(known, _)| *known == root), field) {
        (Some((_, fields)), Some(field)) if !fields.is_empty() && !fields.contains(&field) => {
            Some(format!("`{root}` has no `{field}`, only {}", fields.join(", ")))
        }
        (Some(_), _) => None,
        (None, _) => {
            let roots: Vec<&str> = SCOPE.iter().map(|(root, _)| *root).chain(["vars"]).collect();
            Some(format!(
                "there is no `{root}`, only {}; a variable is read as `vars.{root}`",
                roots.join(", ")
            ))
        }
    }
}
