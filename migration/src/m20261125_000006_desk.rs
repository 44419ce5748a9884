//! What people keep beside the messages: notes for colleagues, tags, when the company is open, and which
//! contacts may be the same person.

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
CREATE TABLE note (
    id {uuid} PRIMARY KEY,
    workspace_id {uuid} NOT NULL,
    conversation_id {uuid} NOT NULL,
    member_id {uuid},
    api_token_id {uuid},
    after_number BIGINT NOT NULL,
    in_session BOOLEAN NOT NULL,
    text TEXT NOT NULL,
    created_at {time} NOT NULL,
    edited_at {time},
    deleted_at {time},
    UNIQUE (workspace_id, id),
    FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversation (workspace_id, id),
    FOREIGN KEY (workspace_id, member_id) REFERENCES member (workspace_id, id)
);
CREATE INDEX note_conversation ON note (conversation_id, after_number);
CREATE TABLE tag (
    id {uuid} PRIMARY KEY,
    workspace_id {uuid} NOT NULL REFERENCES workspace (id),
    name TEXT NOT NULL,
    folded TEXT NOT NULL,
    created_at {time} NOT NULL,
    UNIQUE (workspace_id, id),
    UNIQUE (workspace_id, folded)
);
CREATE TABLE conversation_tag (
    workspace_id {uuid} NOT NULL,
    conversation_id {uuid} NOT NULL,
    tag_id {uuid} NOT NULL,
    added_at {time} NOT NULL,
    PRIMARY KEY (conversation_id, tag_id),
    FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversation (workspace_id, id),
    FOREIGN KEY (workspace_id, tag_id) REFERENCES tag (workspace_id, id)
);
CREATE INDEX conversation_tag_tag ON conversation_tag (tag_id, conversation_id);
CREATE TABLE contact_conflict (
    workspace_id {uuid} NOT NULL,
    lower_id {uuid} NOT NULL,
    higher_id {uuid} NOT NULL,
    found_at {time} NOT NULL,
    PRIMARY KEY (lower_id, higher_id),
    FOREIGN KEY (workspace_id, lower_id) REFERENCES contact (workspace_id, id),
    FOREIGN KEY (workspace_id, higher_id) REFERENCES contact (workspace_id, id)
);
CREATE TABLE business_hours (
    workspace_id {uuid} PRIMARY KEY REFERENCES workspace (id),
    weekly TEXT NOT NULL,
    holidays TEXT NOT NULL,
    updated_at {time} NOT NULL
);
";

const DOWN: &str = "
DROP TABLE business_hours;
DROP TABLE contact_conflict;
DROP TABLE conversation_tag;
DROP TABLE tag;
DROP TABLE note;
";
