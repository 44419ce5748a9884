//! What differs between two definitions.

use async_graphql::{Enum, SimpleObject};
use domain::workflow::Definition;
use domain::workflow::diff::{self, Difference};

use super::step::WorkflowStep;

/// Something that differs between two definitions.
#[derive(SimpleObject)]
pub struct WorkflowDifference {
    /// What became of it.
    kind: WorkflowDifferenceKind,
    /// The step's id; for SETTING `triggers`, `start`, `variables` or `afterHandBack`.
    name: String,
    /// The step as it was; null if it is new, and for SETTING.
    before: Option<WorkflowStep>,
    /// The step as it is; null if it is gone, and for SETTING.
    after: Option<WorkflowStep>,
}

/// What became of a part of a definition.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkflowDifferenceKind {
    /// The step is new.
    Added,
    /// The step is gone.
    Removed,
    /// The step does something else, or leads elsewhere.
    Changed,
    /// Something beside the steps differs.
    Setting,
}

/// What became of `before`.
pub fn between(before: &Definition, after: &Definition) -> Vec<WorkflowDifference> {
    use WorkflowDifferenceKind::{Added, Changed, Removed, Setting};
    let shown = |difference: Difference| match difference {
        Difference::Added(step) => (Added, step.id.0.clone(), None, Some((&step).into())),
        Difference::Removed(step) => (Removed, step.id.0.clone(), Some((&step).into()), None),
        Difference::Changed { before, after } => {
            (Changed, after.id.0.clone(), Some((&*before).into()), Some((&*after).into()))
        }
        Difference::Setting(name) => (Setting, name.to_owned(), None, None),
    };
    let differences = diff::between(before, after).into_iter().map(shown);
    differences.map(|(kind, name, before, after)| WorkflowDifference { kind, name, before, after }).collect()
}
