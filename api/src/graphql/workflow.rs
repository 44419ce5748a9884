//! Workflows.

mod definition;
mod difference;
mod journal;
mod mutation;
mod problem;
mod run;
mod simulation;
mod step;
mod template;
mod version;

use async_graphql::{Context, ID, Object, Result};
use domain::id::WorkflowId;
use domain::row;
use domain::workflow::definition::Key;
use domain::workflow::{Definition, file, find, templates};

use super::connection::{Connection, Paging};
use super::loader::{ProblemsOf, WorkflowNumber, WorkflowVersionsOf};
use super::operation::{Operation, operation};
use super::time::DateTime;
use definition::WorkflowDefinition;
use difference::WorkflowDifference;
pub use mutation::WorkflowMutation;
use problem::WorkflowProblem;
pub use run::{WorkflowRun, WorkflowRunMutation, WorkflowRunQuery, WorkflowRunStatus};
use template::WorkflowTemplate;
pub use version::WorkflowVersion;

/// A workflow.
pub struct Workflow(row::Workflow);

impl From<row::Workflow> for Workflow {
    fn from(row: row::Workflow) -> Self {
        Self(row)
    }
}

/// What the company lets happen by itself in a conversation: a graph of steps. Its draft can be changed and tried out
/// at any time; what is published are its versions, which never change.
#[Object]
impl Workflow {
    /// Names this workflow.
    pub(super) async fn id(&self) -> ID {
        WorkflowId(self.0.id).into()
    }

    /// By which other workflows call it; it never changes.
    async fn key(&self) -> &str {
        &self.0.key
    }

    /// What people call it.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// How often its name or its draft was written: give it with a change, so that nobody's is overwritten.
    async fn revision(&self) -> i64 {
        self.0.revision
    }

    /// What is being worked on. Needs an admin: it may hold credentials.
    async fn draft(&self, ctx: &Context<'_>) -> Result<WorkflowDefinition> {
        Ok(WorkflowDefinition::from(&self.draft_of(operation(ctx))?))
    }

    /// The draft as a file, to be imported elsewhere. Needs an admin: it may hold credentials.
    async fn draft_file(&self, ctx: &Context<'_>) -> Result<String> {
        let draft = self.draft_of(operation(ctx))?;
        Ok(file::write(&Key(self.0.key.clone()), &self.0.name, &draft))
    }

    /// What keeps the draft from being published; empty if nothing does.
    async fn problems(&self, ctx: &Context<'_>) -> Result<Vec<WorkflowProblem>> {
        let problems = operation(ctx).find(ProblemsOf(WorkflowId(self.0.id))).await?;
        Ok(problems.unwrap_or_default().into_iter().map(WorkflowProblem::from).collect())
    }

    /// What differs between the published version and the draft; all of it if none is published. Needs an admin.
    async fn draft_differences(&self, ctx: &Context<'_>) -> Result<Vec<WorkflowDifference>> {
        let operation = operation(ctx);
        let draft = self.draft_of(operation)?;
        let published = match self.published_row(ctx).await? {
            Some(version) => operation.read(find::definition(&version))?,
            None => Definition::default(),
        };
        Ok(difference::between(&published, &draft))
    }

    /// The version that is published; null if none is.
    async fn published(&self, ctx: &Context<'_>) -> Result<Option<WorkflowVersion>> {
        Ok(self.published_row(ctx).await?.map(WorkflowVersion::from))
    }

    /// Its versions, newest first.
    async fn versions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many from the beginning, 1 to 100; without first and last 50.")]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "At most so many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<Connection<WorkflowVersion>> {
        let page = Paging { first, after, last, before }.page()?;
        let rows = operation(ctx).find(WorkflowVersionsOf(WorkflowId(self.0.id), page.clone())).await?;
        Ok(Connection::new(&page, rows.unwrap_or_default(), |row| (row.number, WorkflowVersion::from(row))))
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// When its name, its draft or what is published of it changed last.
    async fn updated_at(&self) -> DateTime {
        self.0.updated_at.into()
    }
}

impl Workflow {
    fn draft_of(&self, operation: &Operation) -> Result<Definition> {
        operation.told(operation.actor.must_administer())?;
        operation.read(find::draft(&self.0))
    }

    async fn published_row(&self, ctx: &Context<'_>) -> Result<Option<row::WorkflowVersion>> {
        match self.0.published_number {
            Some(number) => operation(ctx).find(WorkflowNumber(WorkflowId(self.0.id), number)).await,
            None => Ok(None),
        }
    }
}

/// Reads of workflows.
#[derive(Default)]
pub struct WorkflowQuery;

#[Object]
impl WorkflowQuery {
    /// The workspace's workflows, oldest first.
    async fn workflows(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many from the beginning, 1 to 100; without first and last 50.")]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "At most so many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<Connection<Workflow>> {
        let operation = operation(ctx);
        let page = Paging { first, after, last, before }.page()?;
        let rows = operation.told(find::list(&operation.scope, &page).await)?;
        Ok(Connection::new(&page, rows, |row| (row.id, Workflow(row))))
    }

    /// Workflows to begin with.
    async fn workflow_templates(&self) -> Vec<WorkflowTemplate> {
        templates::all().iter().map(WorkflowTemplate::from).collect()
    }

    /// The JSON Schema of a workflow's file, for editors: see `draftFile` and `workflowImport`.
    async fn workflow_file_schema(&self) -> String {
        file::schema()
    }
}
