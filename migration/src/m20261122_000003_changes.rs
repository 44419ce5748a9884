//! What is said about a message after it was stored: reactions, edits, deletes, the content that replaces a
//! placeholder, the row that turned out to be the same message; and what it quotes or carries.

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
ALTER TABLE message ADD COLUMN media_id TEXT;
ALTER TABLE message ADD COLUMN mime_type TEXT;
ALTER TABLE message ADD COLUMN filename TEXT;
ALTER TABLE message ADD COLUMN quotes TEXT;
ALTER TABLE message ADD COLUMN edited_text TEXT;
ALTER TABLE message ADD COLUMN edited_at {time};
ALTER TABLE message ADD COLUMN revoked_at {time};
ALTER TABLE message ADD COLUMN placeholder BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE message ADD COLUMN unreadable_at {time};
ALTER TABLE message ADD COLUMN came_late BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE message ADD COLUMN duplicate_of {uuid};
ALTER TABLE message ADD COLUMN resend_of {uuid};
CREATE INDEX message_unreadable ON message (unreadable_at) WHERE unreadable_at IS NOT NULL;
CREATE TABLE message_change (
    id {uuid} PRIMARY KEY,
    workspace_id {uuid} NOT NULL,
    widget_id {uuid} NOT NULL,
    message_id {uuid} NOT NULL,
    kind TEXT NOT NULL,
    author TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    emoji TEXT,
    text TEXT,
    sent_at {time} NOT NULL,
    received_at {time} NOT NULL,
    UNIQUE (workspace_id, id),
    UNIQUE (widget_id, provider_id),
    FOREIGN KEY (workspace_id, message_id) REFERENCES message (workspace_id, id)
);
CREATE INDEX message_change_message ON message_change (message_id, sent_at, id);
";

const DOWN: &str = "
DROP TABLE message_change;
DROP INDEX message_unreadable;
ALTER TABLE message DROP COLUMN resend_of;
ALTER TABLE message DROP COLUMN duplicate_of;
ALTER TABLE message DROP COLUMN came_late;
ALTER TABLE message DROP COLUMN unreadable_at;
ALTER TABLE message DROP COLUMN placeholder;
ALTER TABLE message DROP COLUMN revoked_at;
ALTER TABLE message DROP COLUMN edited_at;
ALTER TABLE message DROP COLUMN edited_text;
ALTER TABLE message DROP COLUMN quotes;
ALTER TABLE message DROP COLUMN filename;
ALTER TABLE message DROP COLUMN mime_type;
ALTER TABLE message DROP COLUMN media_id;
";
