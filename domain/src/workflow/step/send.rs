//! Says something to the customer.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Next, Path, StepKind, Visit};
use crate::workflow::definition::To;
use crate::workflow::journal::Effect;
use crate::workflow::run::Fault;
use crate::workflow::template::{Source, Template};

/// Says something to the customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Send {
    /// What.
    pub text: Template,
    /// When it is on its way.
    #[serde(default)]
    pub next: To,
    /// When nothing may be said: the reply window is closed, or a person has acted.
    #[serde(default)]
    pub failed: To,
}

impl StepKind for Send {
    fn paths(&self) -> Vec<Path<'_>> {
        vec![Path::new("next", &self.next), Path::new("failed", &self.failed)]
    }

    fn sources(&self) -> Vec<(Cow<'static, str>, Source<'_>)> {
        vec![("text".into(), Source::Template(&self.text))]
    }

    fn enter(&self, visit: &mut Visit<'_>) -> Result<Next, Fault> {
        let text = visit.render("text", &self.text)?;
        let said = visit.say(Effect::Send { text, passages: Vec::new(), confidence: None });
        if said { Next::go("next", &self.next) } else { Next::go("failed", &self.failed) }
    }
}
