//! Versions of workflows.

use async_graphql::{Context, ID, Object, Result};
use domain::id::{MemberId, WorkflowId, WorkflowVersionId};
use domain::row;
use domain::workflow::definition::Key;
use domain::workflow::{Definition, file, find};

use super::definition::WorkflowDefinition;
use super::difference::{self, WorkflowDifference};
use crate::graphql::error::bad_input;
use crate::graphql::link::Link;
use crate::graphql::loader::WorkflowNumber;
use crate::graphql::operation::{Operation, operation};
use crate::graphql::time::DateTime;

/// A version.
pub struct WorkflowVersion(row::WorkflowVersion);

impl From<row::WorkflowVersion> for WorkflowVersion {
    fn from(row: row::WorkflowVersion) -> Self {
        Self(row)
    }
}

/// A version of a workflow. It never changes.
#[Object]
impl WorkflowVersion {
    /// Names this version.
    pub(in crate::graphql) async fn id(&self) -> ID {
        WorkflowVersionId(self.0.id).into()
    }

    /// Its workflow.
    async fn workflow(&self) -> Link<WorkflowId> {
        Link(WorkflowId(self.0.workflow_id))
    }

    /// Its number in the workflow: 1, 2, 3.
    async fn number(&self) -> i64 {
        self.0.number
    }

    /// What it does. Needs an admin: it may hold credentials.
    async fn definition(&self, ctx: &Context<'_>) -> Result<WorkflowDefinition> {
        Ok(WorkflowDefinition::from(&definition_of(operation(ctx), &self.0)?))
    }

    /// This version as a file, to be imported elsewhere. Needs an admin: it may hold credentials.
    async fn file(&self, ctx: &Context<'_>) -> Result<String> {
        let operation = operation(ctx);
        let workflow = operation.named(WorkflowId(self.0.workflow_id)).await?;
        let definition = definition_of(operation, &self.0)?;
        Ok(file::write(&Key(workflow.key), &workflow.name, &definition))
    }

    /// What differs between an earlier version, or any other, and this one. Needs an admin.
    async fn differences(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The number of the other version.")] since: i64,
    ) -> Result<Vec<WorkflowDifference>> {
        let operation = operation(ctx);
        let other = operation.find(WorkflowNumber(WorkflowId(self.0.workflow_id), since)).await?;
        let Some(other) = other else { return Err(bad_input(format!("since: there is no version {since}"))) };
        let (before, after) = (definition_of(operation, &other)?, definition_of(operation, &self.0)?);
        Ok(difference::between(&before, &after))
    }

    /// What its author says about it; null if nothing.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// Who published it.
    async fn published_by(&self) -> Link<MemberId> {
        Link(MemberId(self.0.member_id))
    }

    /// When it was published first.
    async fn published_at(&self) -> DateTime {
        self.0.published_at.into()
    }
}

fn definition_of(operation: &Operation, row: &row::WorkflowVersion) -> Result<Definition> {
    operation.told(operation.actor.must_administer())?;
    operation.read(find::definition(row))
}
