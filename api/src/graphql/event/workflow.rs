//! A run of a workflow is doing otherwise.

use async_graphql::ID;
use domain::id::{RunId, WorkflowId};
use domain::workflow::live::Status;

use super::in_conversation;
use crate::graphql::link::Glance;
use crate::graphql::workflow::WorkflowRunStatus;

in_conversation! {
    /// A run of a workflow began, was interrupted, goes on or is over.
    WorkflowRunChanged(workflow: WorkflowId, run: RunId, to: Status) {
        /// The id of the workflow.
        workflow_id: ID = workflow.into(),
        /// The workflow as it is now; null if it is gone.
        workflow: Glance<WorkflowId> = Glance(workflow),
        /// The id of the run.
        run_id: ID = run.into(),
        /// The run as it is now; null if it is gone.
        run: Glance<RunId> = Glance(run),
        /// How it was doing then.
        to: WorkflowRunStatus = to.into(),
    }
}
