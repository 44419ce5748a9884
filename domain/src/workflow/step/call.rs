//! Runs another workflow and goes on with its result.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::set::{self, Assignment};
use super::{Heard, Next, Path, StepKind, Visit};
use crate::workflow::definition::{Key, Name, To};
use crate::workflow::run::Fault;
use crate::workflow::template::Source;

/// Runs another workflow, in the version that is published then, and goes on with its result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Call {
    /// Which workflow.
    pub workflow: Key,
    /// Variables of that workflow, set from here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<Assignment>,
    /// Where its result is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub save_as: Option<Name>,
    /// When it came to its end.
    #[serde(default)]
    pub returned: To,
    /// When it is not published, is called too deep, lacks an input, or could not do one of its steps.
    #[serde(default)]
    pub failed: To,
}

impl StepKind for Call {
    fn paths(&self) -> Vec<Path<'_>> {
        vec![Path::new("returned", &self.returned), Path::new("failed", &self.failed)]
    }

    fn sources(&self) -> Vec<(Cow<'static, str>, Source<'_>)> {
        set::sources("inputs", &self.inputs).collect()
    }

    fn writes(&self) -> Vec<(Cow<'static, str>, &Name)> {
        self.save_as.iter().map(|name| ("saveAs".into(), name)).collect()
    }

    fn calls(&self) -> Option<&Call> {
        Some(self)
    }

    fn faults(&self) -> Vec<(&'static str, String)> {
        let mut faults = set::too_many("inputs", &self.inputs, 0);
        if !self.workflow.is_well_formed() {
            faults.push(("workflow", format!("`{}` is no name of a workflow", self.workflow)));
        }
        faults
    }

    fn enter(&self, visit: &mut Visit<'_>) -> Result<Next, Fault> {
        visit.note("workflow", self.workflow.0.as_str());
        let mut inputs = Vec::new();
        for input in &self.inputs {
            inputs.push((
                input.variable.clone(),
                visit.value(&format!("inputs.{}", input.variable), &input.value)?,
            ));
        }
        Ok(Next::Call { workflow: self.workflow.clone(), inputs })
    }

    fn hear(&self, visit: &mut Visit<'_>, what: &Heard) -> Result<Option<Next>, Fault> {
        Ok(match what {
            Heard::Returned(result) => {
                visit.note("result", result.clone());
                // The workflow was run: what does not fit must not make it run again.
                let kept = self.save_as.as_ref().is_none_or(|name| visit.set(name, result.clone()).is_ok());
                Some(if kept {
                    Next::go("returned", &self.returned)?
                } else {
                    Next::go("failed", &self.failed)?
                })
            }
            Heard::NotRun(fault) => {
                visit.note("fault", fault.message.as_str());
                Some(Next::go("failed", &self.failed)?)
            }
            Heard::Message(_) | Heard::Signal(_) | Heard::Elapsed | Heard::Result(_) => None,
        })
    }
}
