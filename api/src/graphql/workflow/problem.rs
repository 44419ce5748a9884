//! What keeps a workflow from being published.

use async_graphql::{Enum, SimpleObject};
use domain::workflow::{Problem, check};

/// Something that is to be mended before a workflow can be published.
#[derive(SimpleObject)]
pub struct WorkflowProblem {
    /// What, for programs.
    code: WorkflowProblemCode,
    /// The step; null if it is the workflow's own.
    step: Option<String>,
    /// The field or the path of the step, else of the workflow.
    field: String,
    /// What is wrong and what would be right, for people.
    message: String,
}

impl From<Problem> for WorkflowProblem {
    fn from(problem: Problem) -> Self {
        Self {
            code: problem.code.into(),
            step: problem.step.map(|step| step.0),
            field: problem.field,
            message: problem.message,
        }
    }
}

/// What can be wrong with a workflow.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "check::ProblemCode")]
pub enum WorkflowProblemCode {
    /// There is more of something than allowed.
    TooLarge,
    /// A name is not spelled as names are.
    BadName,
    /// Two steps or two variables have one name.
    DuplicateName,
    /// A path that a step needs leads nowhere.
    MissingPath,
    /// A path leads to a step that there is not.
    UnknownStep,
    /// No path leads to the step.
    UnreachableStep,
    /// A run could go round for ever without waiting for anything.
    LoopWithoutWait,
    /// A text or an expression reads, or a step sets, something that there is not.
    UnknownVariable,
    /// A text or an expression is not well formed.
    BadExpression,
    /// A setting of a step is out of its range.
    BadSetting,
    /// The workflow that a step calls is not published.
    UnknownWorkflow,
}
