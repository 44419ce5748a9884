//! Makes the bot responsible again.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Next, Path, StepKind, Visit};
use crate::workflow::definition::To;
use crate::workflow::facts::Silence;
use crate::workflow::journal::Effect;
use crate::workflow::run::Fault;

/// Makes the bot responsible again, if a person was asked for and none has acted yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct HandBack {
    /// Then.
    #[serde(default)]
    pub next: To,
}

impl StepKind for HandBack {
    fn paths(&self) -> Vec<Path<'_>> {
        vec![Path::new("next", &self.next)]
    }

    fn enter(&self, visit: &mut Visit<'_>) -> Result<Next, Fault> {
        if visit.facts.silent != Some(Silence::PersonActed) {
            visit.effects.push(Effect::HandBack);
        }
        Next::go("next", &self.next)
    }
}
