//! Closes the session.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Next, Path, StepKind, Visit};
use crate::workflow::journal::Effect;
use crate::workflow::run::Fault;

/// Closes the session, and with it ends the run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Close {
    /// Why, for its author; it changes nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

impl StepKind for Close {
    fn paths(&self) -> Vec<Path<'_>> {
        Vec::new()
    }

    fn enter(&self, visit: &mut Visit<'_>) -> Result<Next, Fault> {
        visit.settle(Effect::Close);
        Ok(Next::Stop)
    }
}
