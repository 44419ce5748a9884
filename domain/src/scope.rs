//! Reads that cannot leave their workspace.
//!
//! Every row of a workspace is found through [`Scope::find`] or [`Tx::find`](crate::Tx::find), so an
//! id of another workspace is NOT_FOUND by construction. A bare `Entity::find` is a disallowed
//! method outside this file and the sweeps that serve every workspace.

use sea_orm::{
    AccessMode, ColumnTrait, DatabaseConnection, DatabaseTransaction, DbBackend, EntityTrait, IsolationLevel,
    QueryFilter, Select, TransactionTrait,
};

use crate::database::begun;
use crate::env::Env;
use crate::error::Result;
use crate::id::WorkspaceId;

/// A table whose rows belong to a workspace.
pub trait Scoped: EntityTrait {
    /// The column that says to which.
    const WORKSPACE: Self::Column;
}

macro_rules! scoped {
    ($($table:ident),*) => {$(
        impl Scoped for entity::$table::Entity {
            const WORKSPACE: Self::Column = entity::$table::Column::WorkspaceId;
        }
    )*};
}

scoped!(
    member,
    api_token,
    channel,
    widget,
    widget_health,
    contact,
    contact_identity,
    business_hours,
    conversation,
    conversation_tag,
    session,
    human_wait,
    message,
    message_change,
    metric_bucket,
    metric_progress,
    note,
    feedback,
    training_ticket,
    training_document,
    tag,
    turn,
    delivery,
    document,
    document_version,
    passage,
    citation,
    inbound_element,
    event,
    feed,
    workflow,
    workflow_entry,
    workflow_run,
    workflow_stimulus,
    workflow_transition,
    workflow_trigger,
    workflow_version
);

impl Scoped for entity::workspace::Entity {
    const WORKSPACE: Self::Column = entity::workspace::Column::Id;
}

/// The rows of one workspace, for reading.
#[derive(Clone)]
pub struct Scope {
    reader: DatabaseConnection,
    workspace: WorkspaceId,
}

impl Scope {
    /// The rows that members of `workspace` may see.
    #[must_use]
    pub fn of(env: &Env, workspace: WorkspaceId) -> Self {
        Self { reader: env.database.reader().clone(), workspace }
    }

    /// Starts a query that sees only this workspace.
    #[must_use]
    pub fn find<E: Scoped>(&self) -> Select<E> {
        within::<E>(self.workspace)
    }

    /// Whose rows these are.
    #[must_use]
    pub fn workspace(&self) -> WorkspaceId {
        self.workspace
    }

    /// Several reads that see one moment.
    ///
    /// # Errors
    /// The database's.
    pub(crate) async fn snapshot(&self) -> Result<DatabaseTransaction> {
        // On SQLite a transaction that only reads is one.
        let (level, mode) = match self.reader.get_database_backend() {
            DbBackend::Postgres => (Some(IsolationLevel::RepeatableRead), Some(AccessMode::ReadOnly)),
            _ => (None, None),
        };
        let reader = self.reader.clone();
        Ok(begun(async move { reader.begin_with_config(level, mode).await }).await?)
    }

    /// Where the query runs.
    #[must_use]
    pub fn reader(&self) -> &DatabaseConnection {
        &self.reader
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that adds the workspace")]
pub(crate) fn within<E: Scoped>(workspace: WorkspaceId) -> Select<E> {
    E::find().filter(E::WORKSPACE.eq(workspace.0))
}

/// Starts a query over every workspace: the ledger, routing, sign-in and the ticker only.
#[expect(clippy::disallowed_methods, reason = "sweeps serve every workspace")]
pub(crate) fn everywhere<E: EntityTrait>() -> Select<E> {
    E::find()
}
