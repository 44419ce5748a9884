//! What members think of answers, what the bot is to learn, why sends failed, and whether all figures are rolled up.

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

/// Nobody rated anything before: what is rolled up stays right. Where Meta gave a code, it says the fault.
const UP: &str = "
CREATE TABLE feedback (
    id {uuid} PRIMARY KEY,
    workspace_id {uuid} NOT NULL,
    message_id {uuid} NOT NULL,
    member_id {uuid} NOT NULL,
    rating TEXT NOT NULL,
    rated_at {time} NOT NULL,
    UNIQUE (workspace_id, id),
    UNIQUE (message_id, member_id),
    FOREIGN KEY (workspace_id, message_id) REFERENCES message (workspace_id, id),
    FOREIGN KEY (workspace_id, member_id) REFERENCES member (workspace_id, id)
);
CREATE TABLE training_ticket (
    id {uuid} PRIMARY KEY,
    workspace_id {uuid} NOT NULL,
    message_id {uuid},
    member_id {uuid} NOT NULL,
    question TEXT NOT NULL,
    wrong TEXT,
    answer TEXT NOT NULL,
    state TEXT NOT NULL,
    failure TEXT,
    created_at {time} NOT NULL,
    changed_at {time} NOT NULL,
    UNIQUE (workspace_id, id),
    FOREIGN KEY (workspace_id, message_id) REFERENCES message (workspace_id, id),
    FOREIGN KEY (workspace_id, member_id) REFERENCES member (workspace_id, id)
);
CREATE INDEX training_ticket_message ON training_ticket (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX training_ticket_training ON training_ticket (workspace_id, id) WHERE state = 'TRAINING';
CREATE TABLE training_document (
    workspace_id {uuid} NOT NULL,
    ticket_id {uuid} NOT NULL,
    document_id {uuid} NOT NULL,
    position BIGINT NOT NULL,
    version_id {uuid},
    PRIMARY KEY (ticket_id, document_id),
    FOREIGN KEY (workspace_id, ticket_id) REFERENCES training_ticket (workspace_id, id),
    FOREIGN KEY (workspace_id, document_id) REFERENCES document (workspace_id, id),
    FOREIGN KEY (workspace_id, version_id) REFERENCES document_version (workspace_id, id)
);
ALTER TABLE metric_bucket ADD COLUMN feedback TEXT NOT NULL DEFAULT '';
ALTER TABLE delivery ADD COLUMN fault TEXT;
UPDATE delivery SET fault = CASE WHEN error_text LIKE '%(WINDOW_CLOSED)%' THEN 'WINDOW_CLOSED'
    WHEN error_text IS NULL THEN 'OTHER' ELSE 'NOT_SENT' END WHERE state = 'FAILED' AND error_code IS NULL;
ALTER TABLE metric_progress ADD COLUMN built BOOLEAN NOT NULL DEFAULT FALSE;
";

const DOWN: &str = "
ALTER TABLE delivery DROP COLUMN fault;
ALTER TABLE metric_progress DROP COLUMN built;
ALTER TABLE metric_bucket DROP COLUMN feedback;
DROP TABLE training_document;
DROP TABLE training_ticket;
DROP TABLE feedback;
";
