//! Workflows and their versions.

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
CREATE TABLE workflow (
    id {uuid} PRIMARY KEY,
    workspace_id {uuid} NOT NULL REFERENCES workspace (id),
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    draft TEXT NOT NULL,
    revision BIGINT NOT NULL,
    last_number BIGINT NOT NULL,
    published_number BIGINT,
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL,
    UNIQUE (workspace_id, id),
    UNIQUE (workspace_id, key)
);
CREATE TABLE workflow_version (
    id {uuid} PRIMARY KEY,
    workspace_id {uuid} NOT NULL,
    workflow_id {uuid} NOT NULL,
    number BIGINT NOT NULL,
    definition TEXT NOT NULL,
    note TEXT,
    member_id {uuid} NOT NULL,
    api_token_id {uuid},
    published_at {time} NOT NULL,
    UNIQUE (workspace_id, id),
    UNIQUE (workflow_id, number),
    FOREIGN KEY (workspace_id, workflow_id) REFERENCES workflow (workspace_id, id),
    FOREIGN KEY (workspace_id, member_id) REFERENCES member (workspace_id, id)
);
";

const DOWN: &str = "
DROP TABLE workflow_version;
DROP TABLE workflow;
";
