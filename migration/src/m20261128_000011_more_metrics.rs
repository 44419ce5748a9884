//! More figures: how long things took, what the bot cited and could not answer, what did not arrive.

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

/// What is rolled up lacks the new figures: it goes, and is counted anew.
const UP: &str = "
DELETE FROM metric_bucket;
DELETE FROM metric_progress;
ALTER TABLE metric_bucket ADD COLUMN unanswered BIGINT NOT NULL DEFAULT 0;
ALTER TABLE metric_bucket ADD COLUMN undelivered TEXT NOT NULL DEFAULT '';
ALTER TABLE metric_bucket ADD COLUMN cited TEXT NOT NULL DEFAULT '';
ALTER TABLE metric_bucket ADD COLUMN first_response {bytes};
ALTER TABLE metric_bucket ADD COLUMN handling {bytes};
CREATE INDEX conversation_by_widget ON conversation (workspace_id, widget_id, status);
CREATE INDEX human_wait_by_time ON human_wait (workspace_id, started_at);
CREATE INDEX human_wait_by_end ON human_wait (workspace_id, ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX turn_unanswered ON turn (workspace_id, ended_at, id) WHERE state = 'HANDED_OVER' AND reason = 'UNSURE';
CREATE INDEX delivery_undelivered ON delivery (workspace_id, created_at) WHERE state IN ('FAILED', 'UNKNOWN');
";

const DOWN: &str = "
DROP INDEX delivery_undelivered;
DROP INDEX turn_unanswered;
DROP INDEX human_wait_by_end;
DROP INDEX human_wait_by_time;
DROP INDEX conversation_by_widget;
ALTER TABLE metric_bucket DROP COLUMN handling;
ALTER TABLE metric_bucket DROP COLUMN first_response;
ALTER TABLE metric_bucket DROP COLUMN cited;
ALTER TABLE metric_bucket DROP COLUMN undelivered;
ALTER TABLE metric_bucket DROP COLUMN unanswered;
";
