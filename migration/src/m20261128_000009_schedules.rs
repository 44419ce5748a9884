//! When a workflow that a time of the week begins is due, and what was published when a run went on.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::ConnectionTrait;

use crate::dialect::spell;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        connection.execute_unprepared(&spell(UP, connection.get_database_backend())).await.map(drop)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(DOWN).await.map(drop)
    }
}

const UP: &str = "
ALTER TABLE workflow_trigger ADD COLUMN due_at {time};
ALTER TABLE workflow_transition ADD COLUMN published TEXT NOT NULL DEFAULT '{}';
CREATE INDEX workflow_trigger_due ON workflow_trigger (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX workflow_run_by_widget ON workflow_run (widget_id, id) WHERE ended_at IS NULL;
CREATE INDEX workflow_run_ended ON workflow_run (ended_at) WHERE ended_at IS NOT NULL;
";

const DOWN: &str = "
DROP INDEX workflow_run_ended;
DROP INDEX workflow_run_by_widget;
DROP INDEX workflow_trigger_due;
ALTER TABLE workflow_transition DROP COLUMN published;
ALTER TABLE workflow_trigger DROP COLUMN due_at;
";
