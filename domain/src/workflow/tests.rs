//! The engine at work: scenes that a company knows, and random graphs in random trouble.

mod random;
mod retries;
mod scenes;

use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::definition::{Definition, Key};
use super::facts::Facts;
use super::journal::Effect;
use super::simulate::{Simulation, World};
use super::{Library, check};
use crate::business_hours::{Calendar, Tz};
use crate::clock::Time;

fn monday() -> Time {
    "2026-11-23T08:00:00Z".parse().unwrap()
}

fn facts() -> Facts {
    let mut facts = Facts::of_nobody(monday());
    facts.contact.name = Some("Ana".to_owned());
    facts
}

fn world() -> World {
    World { facts: facts(), calendar: Calendar { zone: Tz::UTC, hours: None } }
}

fn read(definition: &Json) -> Arc<Definition> {
    Arc::new(serde_json::from_value(definition.clone()).unwrap())
}

/// Workflows with which nothing is wrong.
fn library(workflows: &[(&str, Json)]) -> Library {
    let library = unchecked(workflows);
    for (key, definition) in workflows {
        assert_eq!(check(&read(definition), &library), [], "{key}");
    }
    library
}

fn unchecked(workflows: &[(&str, Json)]) -> Library {
    let mut library = Library::default();
    for (key, definition) in workflows {
        library.publish(Key::from(*key), 1, read(definition));
    }
    library
}

/// What the simulation said to the customer so far.
fn said(simulation: &Simulation<'_>) -> Vec<String> {
    let effects = effects(simulation).into_iter();
    effects
        .filter_map(|effect| if let Effect::Send { text, .. } = effect { Some(text) } else { None })
        .collect()
}

fn effects(simulation: &Simulation<'_>) -> Vec<Effect> {
    let entries = simulation.happened().iter().flat_map(|happening| &happening.entries);
    entries.flat_map(|entry| entry.effects.clone()).collect()
}

/// The steps that were worked at so far, with the path each took.
fn steps(simulation: &Simulation<'_>) -> Vec<String> {
    use super::journal::Outcome;
    let entries = simulation.happened().iter().flat_map(|happening| &happening.entries);
    entries
        .map(|entry| match &entry.outcome {
            Outcome::Went { path } => format!("{}.{path}", entry.step),
            Outcome::Waits => format!("{} waits", entry.step),
            Outcome::Called => format!("{} calls", entry.step),
            Outcome::Ended => format!("{} ends", entry.step),
            Outcome::TooLate => format!("{} hears too late", entry.step),
            Outcome::Failed { fault } => format!("{} fails: {fault}", entry.step),
        })
        .collect()
}

#[test]
fn a_definition_is_stored_as_its_author_wrote_it() {
    let written = json!({
        "variables": [{"name": "tries", "initial": "0"}, {"name": "order"}],
        "afterHandBack": "RESTART",
        "start": "ask",
        "steps": [
            {"id": "ask", "title": "Order number", "kind": "ASK", "text": "Which order?", "saveAs": "order",
             "timeoutSeconds": 60, "answered": "look", "timedOut": "end", "failed": "end"},
            {"id": "look", "kind": "HTTP", "method": "POST", "url": "https://shop.example/{{ vars.order|urlencode }}",
             "headers": [{"name": "Authorization", "value": "Bearer x"}], "body": "{}", "timeoutSeconds": 5,
             "succeeded": "again", "failed": "end", "timedOut": "end"},
            {"id": "again", "kind": "WAIT", "until": {"afterSeconds": 60}, "elapsed": "end",
             "customerWrote": null, "signal": {"name": "paid", "then": "end"}},
            {"id": "end", "kind": "END", "result": "vars.tries"},
        ],
    });
    library(&[("w", written.clone())]);
    assert_eq!(serde_json::to_value(&*read(&written)).unwrap(), written);
}
