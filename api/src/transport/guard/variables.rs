//! How deep the values of variables are nested. Their length is bounded by the body or frame that carried
//! them.

use async_graphql::{Value, Variables};

use super::{Limits, Refusal};

/// Refuses variables that are nested deeper than a document may be.
pub(super) fn check(variables: &Variables, limits: &Limits) -> Result<(), Refusal> {
    let mut open: Vec<(&Value, usize)> = variables.values().map(|value| (value, 1)).collect();
    while let Some((value, depth)) = open.pop() {
        if depth > limits.nesting {
            return Err(Refusal::over("levels of nesting in variables", limits.nesting));
        }
        match value {
            Value::List(items) => open.extend(items.iter().map(|item| (item, depth + 1))),
            Value::Object(fields) => open.extend(fields.values().map(|item| (item, depth + 1))),
            Value::Null
            | Value::Number(_)
            | Value::String(_)
            | Value::Boolean(_)
            | Value::Binary(_)
            | Value::Enum(_) => {}
        }
    }
    Ok(())
}
