//! Changing what the workspace is called, its clock and its language.

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use domain::workspace::{self, Change};

use super::Workspace;
use crate::graphql::cursor::{self, Cursor};
use crate::graphql::operation::{env, operation};
use crate::graphql::user_error::user_errors;

user_errors! {
    /// Why a change of the workspace was refused.
    WorkspaceUserError;
    /// Why a change of the workspace was refused, for programs.
    WorkspaceErrorCode {}
}

/// What is to change. Fields that are left out stay as they are.
#[derive(InputObject)]
pub struct WorkspaceUpdateInput {
    /// The company's name: 1 to 120 characters.
    name: Option<String>,
    /// The IANA time zone that days and business hours are counted in, for example `Asia/Taipei`.
    time_zone: Option<String>,
    /// The language of the company as BCP 47 names it, for example `zh-Hant-TW`.
    locale: Option<String>,
}

/// What a change of the workspace answers.
#[derive(SimpleObject)]
pub struct WorkspaceUpdatePayload {
    /// The workspace as it is now.
    workspace: Workspace,
    /// Why it was refused; empty if it was done.
    user_errors: Vec<WorkspaceUserError>,
    /// Where the change stands in the feed of events; null if nothing changed.
    event_cursor: Option<Cursor>,
}

/// Changes of the workspace.
#[derive(Default)]
pub struct WorkspaceMutation;

#[Object]
impl WorkspaceMutation {
    /// Changes the workspace's name, clock or language. Needs an admin.
    async fn workspace_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to change.")] input: WorkspaceUpdateInput,
    ) -> Result<WorkspaceUpdatePayload> {
        let operation = operation(ctx);
        let change = Change { name: input.name, time_zone: input.time_zone, locale: input.locale };
        let done = workspace::update(env(ctx), &operation.actor, &change).await;
        let (event_cursor, user_errors) = cursor::and_errors(operation.settle(done)?);
        let workspace = Workspace(operation.told(workspace::load(&operation.scope).await)?);
        Ok(WorkspaceUpdatePayload { workspace, user_errors, event_cursor })
    }
}
