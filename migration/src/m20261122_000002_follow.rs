//! Turns and deliveries keep the trace of what caused them, turns the job that started them; the indexes of
//! pruning and of due turns say what their queries ask.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::ConnectionTrait;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(UP).await.map(drop)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(DOWN).await.map(drop)
    }
}

const UP: &str = "
ALTER TABLE turn ADD COLUMN trace TEXT;
ALTER TABLE turn ADD COLUMN started_by BIGINT;
ALTER TABLE delivery ADD COLUMN trace TEXT;
DROP INDEX turn_due;
CREATE INDEX turn_due ON turn (due_at) WHERE ended_at IS NULL;
DROP INDEX ledger_age;
CREATE INDEX ledger_age ON ledger (received_at) WHERE parsed_at IS NOT NULL;
CREATE INDEX delivery_queued ON delivery (created_at) WHERE state = 'QUEUED';
";

const DOWN: &str = "
DROP INDEX delivery_queued;
DROP INDEX ledger_age;
CREATE INDEX ledger_age ON ledger (received_at) WHERE body IS NOT NULL;
DROP INDEX turn_due;
CREATE INDEX turn_due ON turn (due_at) WHERE state = 'GATHERING';
ALTER TABLE delivery DROP COLUMN trace;
ALTER TABLE turn DROP COLUMN started_by;
ALTER TABLE turn DROP COLUMN trace;
";
