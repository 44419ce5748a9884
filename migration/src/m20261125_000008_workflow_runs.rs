//! Runs of workflows on conversations: where each stands, what arrived for it, and what it did.

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
ALTER TABLE widget ADD COLUMN workflow_id {uuid};
ALTER TABLE message ADD COLUMN run_id {uuid};
ALTER TABLE turn ADD COLUMN handed_through BIGINT;
CREATE TABLE workflow_trigger (
    workspace_id {uuid} NOT NULL,
    kind TEXT NOT NULL,
    workflow_id {uuid} NOT NULL,
    PRIMARY KEY (workspace_id, kind, workflow_id),
    FOREIGN KEY (workspace_id, workflow_id) REFERENCES workflow (workspace_id, id)
);
CREATE TABLE workflow_run (
    id {uuid} PRIMARY KEY,
    workspace_id {uuid} NOT NULL,
    workflow_id {uuid} NOT NULL,
    version BIGINT NOT NULL,
    widget_id {uuid} NOT NULL,
    conversation_id {uuid} NOT NULL,
    session_id {uuid},
    foreground BOOLEAN NOT NULL,
    begun_by TEXT NOT NULL,
    cause TEXT NOT NULL,
    member_id {uuid},
    api_token_id {uuid},
    status TEXT NOT NULL,
    first_state TEXT NOT NULL,
    state TEXT NOT NULL,
    revision BIGINT NOT NULL,
    asks BOOLEAN NOT NULL,
    minds_customer BOOLEAN NOT NULL,
    heard_through BIGINT NOT NULL,
    posted BIGINT NOT NULL,
    taken BIGINT NOT NULL,
    entries BIGINT NOT NULL,
    transitions BIGINT NOT NULL,
    turn_id {uuid},
    wanted_call TEXT,
    call_until {time},
    due_at {time},
    widget_epoch BIGINT NOT NULL,
    trace TEXT,
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL,
    ended_at {time},
    UNIQUE (workspace_id, id),
    UNIQUE (workflow_id, cause),
    FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversation (workspace_id, id)
);
CREATE INDEX workflow_run_live ON workflow_run (conversation_id) WHERE ended_at IS NULL;
CREATE INDEX workflow_run_due ON workflow_run (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX workflow_run_by_workflow ON workflow_run (workspace_id, workflow_id, id);
CREATE INDEX workflow_run_by_conversation ON workflow_run (conversation_id, id);
CREATE TABLE workflow_stimulus (
    run_id {uuid} NOT NULL,
    number BIGINT NOT NULL,
    workspace_id {uuid} NOT NULL,
    stimulus TEXT NOT NULL,
    turn_id {uuid},
    arrived_at {time} NOT NULL,
    PRIMARY KEY (run_id, number),
    FOREIGN KEY (workspace_id, run_id) REFERENCES workflow_run (workspace_id, id)
);
CREATE TABLE workflow_transition (
    run_id {uuid} NOT NULL,
    number BIGINT NOT NULL,
    workspace_id {uuid} NOT NULL,
    stimulus TEXT NOT NULL,
    facts TEXT NOT NULL,
    at {time} NOT NULL,
    PRIMARY KEY (run_id, number),
    FOREIGN KEY (workspace_id, run_id) REFERENCES workflow_run (workspace_id, id)
);
CREATE TABLE workflow_entry (
    run_id {uuid} NOT NULL,
    number BIGINT NOT NULL,
    workspace_id {uuid} NOT NULL,
    visit BIGINT NOT NULL,
    entry TEXT NOT NULL,
    begun_at {time} NOT NULL,
    at {time} NOT NULL,
    PRIMARY KEY (run_id, number),
    FOREIGN KEY (workspace_id, run_id) REFERENCES workflow_run (workspace_id, id)
);
CREATE INDEX workflow_entry_by_visit ON workflow_entry (run_id, visit, number);
";

const DOWN: &str = "
DROP TABLE workflow_entry;
DROP TABLE workflow_transition;
DROP TABLE workflow_stimulus;
DROP TABLE workflow_run;
DROP TABLE workflow_trigger;
ALTER TABLE turn DROP COLUMN handed_through;
ALTER TABLE message DROP COLUMN run_id;
ALTER TABLE widget DROP COLUMN workflow_id;
";
