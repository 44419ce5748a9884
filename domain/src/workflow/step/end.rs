//! Ends the workflow.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{Next, Path, StepKind, Visit};
use crate::workflow::run::Fault;
use crate::workflow::template::{Expression, Source};

/// Ends the workflow; one that was called goes back to its caller.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct End {
    /// What it gives to its caller; null if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<Expression>,
}

impl StepKind for End {
    fn paths(&self) -> Vec<Path<'_>> {
        Vec::new()
    }

    fn sources(&self) -> Vec<(Cow<'static, str>, Source<'_>)> {
        self.result.iter().map(|result| ("result".into(), Source::Expression(result))).collect()
    }

    fn enter(&self, visit: &mut Visit<'_>) -> Result<Next, Fault> {
        let result = self.result.as_ref().map(|result| visit.value("result", result)).transpose()?;
        Ok(Next::Return(result.unwrap_or(Json::Null)))
    }
}
