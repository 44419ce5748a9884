//! Figures for people, rolled up in quarters of an hour.

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
CREATE TABLE metric_bucket (
    widget_id {uuid} NOT NULL,
    quarter BIGINT NOT NULL,
    workspace_id {uuid} NOT NULL,
    conversations BIGINT NOT NULL,
    customer BIGINT NOT NULL,
    bot BIGINT NOT NULL,
    agent BIGINT NOT NULL,
    business_app BIGINT NOT NULL,
    closed BIGINT NOT NULL,
    resolved_by_bot BIGINT NOT NULL,
    handed_over TEXT NOT NULL,
    PRIMARY KEY (widget_id, quarter),
    FOREIGN KEY (workspace_id, widget_id) REFERENCES widget (workspace_id, id)
);
CREATE TABLE metric_progress (
    workspace_id {uuid} PRIMARY KEY REFERENCES workspace (id),
    position BIGINT NOT NULL,
    built_from BIGINT NOT NULL
);
CREATE INDEX message_by_time ON message (widget_id, sent_at, author) WHERE duplicate_of IS NULL;
CREATE INDEX session_by_time ON session (workspace_id, opened_at);
CREATE INDEX session_by_end ON session (workspace_id, closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX human_wait_session ON human_wait (session_id, started_at);
";

const DOWN: &str = "
DROP INDEX human_wait_session;
DROP INDEX session_by_end;
DROP INDEX session_by_time;
DROP INDEX message_by_time;
DROP TABLE metric_progress;
DROP TABLE metric_bucket;
";
