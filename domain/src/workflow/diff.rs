//! What differs between two definitions.

use super::definition::{Definition, Step, StepId};

/// A difference.
#[derive(Debug, Clone, PartialEq)]
pub enum Difference {
    /// A step is new.
    Added(Step),
    /// A step is gone.
    Removed(Step),
    /// A step does something else, or leads elsewhere.
    Changed {
        /// As it was.
        before: Box<Step>,
        /// As it is.
        after: Box<Step>,
    },
    /// Something beside the steps: `triggers`, `start`, `variables` or `afterHandBack`.
    Setting(&'static str),
}

/// What became of `before`: settings, then the steps in the order of `after`, then those that are gone.
#[must_use]
pub fn between(before: &Definition, after: &Definition) -> Vec<Difference> {
    let settings = [
        ("triggers", before.triggers != after.triggers),
        ("start", before.start != after.start),
        ("variables", before.variables != after.variables),
        ("afterHandBack", before.after_hand_back != after.after_hand_back),
    ];
    let settings =
        settings.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| Difference::Setting(name));
    let of = |definition: &Definition, id: &StepId| definition.step(id).cloned();
    let steps = after.steps.iter().filter_map(|step| match of(before, &step.id) {
        None => Some(Difference::Added(step.clone())),
        Some(was) if was != *step => {
            Some(Difference::Changed { before: Box::new(was), after: Box::new(step.clone()) })
        }
        Some(_) => None,
    });
    let gone = before.steps.iter().filter(|step| after.step(&step.id).is_none()).cloned();
    settings.chain(steps).chain(gone.map(Difference::Removed)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn steps_are_told_apart_by_their_ids() {
        let read = |json| serde_json::from_value::<Definition>(json).unwrap();
        let end = |id: &str| json!({"id": id, "kind": "END"});
        let before = read(json!({"start": "a", "steps": [end("a"), end("b"), end("c")]}));
        let after = read(json!({
            "start": "d", "variables": [{"name": "x"}],
            "steps": [end("c"), {"id": "a", "kind": "END", "result": "1"}, end("d")],
        }));
        assert_eq!(between(&before, &before), []);
        let told: Vec<String> = between(&before, &after)
            .into_iter()
            .map(|difference| match difference {
                Difference::Added(step) => format!("+{}", step.id),
                Difference::Removed(step) => format!("-{}", step.id),
                Difference::Changed { before, after } => format!("{}~{}", before.id, after.id),
                Difference::Setting(name) => name.to_owned(),
            })
            .collect();
        assert_eq!(told, ["start", "variables", "a~a", "+d", "-b"]);
    }
}
