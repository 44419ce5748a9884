//! A place that takes an id, with a question that is right but for the id.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// Stands in a template, with the prefix of an id behind it, for something of whoever asks.
const OWN: &str = "one's own ";

/// A place that takes an id.
#[derive(Clone)]
pub struct Place {
    /// For example `subscription events(filter.widgetIds)`.
    pub name: String,
    /// An operation with one variable for each argument that it gives.
    pub document: String,
    /// The arguments, with nothing where the id belongs.
    pub template: Value,
    /// Where the id belongs in them.
    pub pointer: String,
}

impl Place {
    /// The same question of somebody who has these, by their prefixes.
    pub fn asked_by_owner_of(&self, own: &BTreeMap<String, String>) -> Self {
        let mut place = self.clone();
        replace(&mut place.template, own);
        place
    }

    /// The variables with an id in the place.
    pub fn variables(&self, id: &str) -> Value {
        let mut variables = self.template.clone();
        *variables.pointer_mut(&self.pointer).unwrap() = json!(id);
        variables
    }

    /// The variables with two ids in the place, if it takes a list.
    pub fn variables_of_two(&self, first: &str, second: &str) -> Option<Value> {
        let list = self.pointer.strip_suffix("/0")?;
        let mut variables = self.template.clone();
        *variables.pointer_mut(list).unwrap() = json!([first, second]);
        Some(variables)
    }
}

/// A valid value for an input that is required beside the one that takes the id.
pub fn filler(name: &str, kind: &str) -> Value {
    match (name, kind) {
        ("conversationId", "ID") => json!(format!("{OWN}conv")),
        ("widgetId", "ID") => json!(format!("{OWN}widget")),
        ("workflowId", "ID") => json!(format!("{OWN}workflow")),
        ("messageId", "ID") => json!(format!("{OWN}msg")),
        ("ticketId", "ID") => json!(format!("{OWN}ticket")),
        (_, "ID") => panic!("{name} is required beside another id: it needs an id of the one who asks"),
        ("rating", _) => json!("UP"),
        ("text", _) => json!("hello"),
        ("from", _) => json!("2026-03-02T09:00:00Z"),
        ("until", _) => json!((chrono::Utc::now() + chrono::TimeDelta::hours(1)).to_rfc3339()),
        ("language", _) => json!("en"),
        (_, "Boolean") => json!(true),
        (_, "Int") => json!(1),
        _ => json!("something"),
    }
}

fn replace(value: &mut Value, own: &BTreeMap<String, String>) {
    match value {
        Value::String(text) => {
            if let Some(prefix) = text.strip_prefix(OWN) {
                *text = own[prefix].clone();
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| replace(value, own)),
        Value::Object(fields) => fields.values_mut().for_each(|value| replace(value, own)),
        _ => {}
    }
}
