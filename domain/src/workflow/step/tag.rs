//! Tags the conversation.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Next, Path, StepKind, Visit};
use crate::tag;
use crate::text::fold;
use crate::workflow::definition::To;
use crate::workflow::journal::Effect;
use crate::workflow::run::Fault;

/// Puts tags on the conversation and takes others off.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Tag {
    /// The names of tags to put on; one that the company does not have yet is made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub add: Vec<String>,
    /// The names of tags to take off.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remove: Vec<String>,
    /// Then.
    #[serde(default)]
    pub next: To,
}

impl StepKind for Tag {
    fn paths(&self) -> Vec<Path<'_>> {
        vec![Path::new("next", &self.next)]
    }

    fn faults(&self) -> Vec<(&'static str, String)> {
        let mut faults = Vec::new();
        if self.add.is_empty() && self.remove.is_empty() {
            faults.push(("add", "name at least one tag to put on or to take off".to_owned()));
        }
        for (field, names) in [("add", &self.add), ("remove", &self.remove)] {
            if names.len() > tag::MOST {
                faults.push((field, format!("there are {}; give at most {}", names.len(), tag::MOST)));
            }
            let wrong = names.iter().find(|name| tag::checked(name).is_err());
            faults.extend(wrong.map(|name| (field, format!("`{name}` is no name of a tag"))));
        }
        if let Some(both) =
            self.add.iter().find(|name| self.remove.iter().any(|other| fold(other) == fold(name)))
        {
            faults.push(("remove", format!("`{both}` is put on and taken off")));
        }
        faults
    }

    fn enter(&self, visit: &mut Visit<'_>) -> Result<Next, Fault> {
        let named = |names: &[String]| -> Vec<String> {
            let mut seen = BTreeSet::new();
            names
                .iter()
                .map(|name| name.trim())
                .filter(|name| seen.insert(fold(name)))
                .map(str::to_owned)
                .collect()
        };
        let (add, remove) = (named(&self.add), named(&self.remove));
        visit.effects.push(Effect::Tag { add, remove });
        Next::go("next", &self.next)
    }
}
