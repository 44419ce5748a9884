//! Closes the session.

use serde::{Deserialize, Serialize};

use super::{Next, Path, StepKind, Visit};
use crate::workflow::journal::Effect;
use crate::workflow::run::Fault;

/// Closes the session, and with it ends the run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Close {}

impl StepKind for Close {
    fn paths(&self) -> Vec<Path<'_>> {
        Vec::new()
    }

    fn enter(&self, visit: &mut Visit<'_>) -> Result<Next, Fault> {
        visit.effects.push(Effect::Close);
        Ok(Next::Stop)
    }
}
