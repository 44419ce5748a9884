//! What stops the sends of a whole number or account, how a number is doing, and the pace of sends.

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
        let connection = manager.get_connection();
        connection.execute_unprepared(&spell(DOWN, connection.get_database_backend())).await.map(drop)
    }
}

/// Numbers that were linked before are looked at with the first tick.
const UP: &str = "
CREATE TABLE send_gate (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    reason TEXT,
    open_at {time},
    blocked_since {time},
    blocked_at {time},
    strikes BIGINT NOT NULL DEFAULT 0,
    per_second BIGINT NOT NULL DEFAULT 20,
    sent TEXT NOT NULL DEFAULT '',
    waiting BOOLEAN NOT NULL DEFAULT FALSE,
    release_at {time},
    PRIMARY KEY (kind, key)
);
CREATE INDEX send_gate_release ON send_gate (release_at) WHERE waiting;
CREATE INDEX send_gate_error ON send_gate (open_at) WHERE reason IS NOT NULL;
ALTER TABLE lane ADD COLUMN gate_kind TEXT;
ALTER TABLE lane ADD COLUMN gate_key TEXT;
ALTER TABLE lane ADD COLUMN gated_at {time};
CREATE INDEX lane_gate ON lane (gate_kind, gate_key, gated_at) WHERE state = 'PARKED' AND gate_key IS NOT NULL;
ALTER TABLE delivery ADD COLUMN refusals BIGINT NOT NULL DEFAULT 0;
ALTER TABLE conversation ADD COLUMN paced_until {time};
CREATE INDEX inbound_element_field ON inbound_element (widget_id, field, arrived_at);
ALTER TABLE widget DROP COLUMN last_webhook_at;
CREATE TABLE widget_health (
    widget_id {uuid} PRIMARY KEY,
    workspace_id {uuid} NOT NULL,
    state TEXT NOT NULL,
    since {time} NOT NULL,
    error_code BIGINT,
    error_text TEXT,
    offboarded BOOLEAN NOT NULL DEFAULT FALSE,
    restricted BOOLEAN NOT NULL DEFAULT FALSE,
    disconnected BOOLEAN NOT NULL DEFAULT FALSE,
    mended_at {time},
    revision BIGINT NOT NULL DEFAULT 0,
    probe_due_at {time},
    probed_at {time},
    on_business_app BOOLEAN,
    quality TEXT,
    subscription_due_at {time},
    subscription_checked_at {time},
    subscribed BOOLEAN,
    token_expires_at {time},
    FOREIGN KEY (workspace_id, widget_id) REFERENCES widget (workspace_id, id)
);
CREATE INDEX widget_health_probe ON widget_health (probe_due_at) WHERE probe_due_at IS NOT NULL;
INSERT INTO widget_health (widget_id, workspace_id, state, since, probe_due_at, subscription_due_at)
    SELECT id, workspace_id, 'CONNECTED', created_at, created_at, created_at FROM widget
    WHERE archived_at IS NULL AND phone_number_id IS NOT NULL;
";

const DOWN: &str = "
DROP TABLE widget_health;
ALTER TABLE widget ADD COLUMN last_webhook_at {time};
DROP INDEX inbound_element_field;
ALTER TABLE conversation DROP COLUMN paced_until;
ALTER TABLE delivery DROP COLUMN refusals;
DROP INDEX lane_gate;
ALTER TABLE lane DROP COLUMN gated_at;
ALTER TABLE lane DROP COLUMN gate_key;
ALTER TABLE lane DROP COLUMN gate_kind;
DROP TABLE send_gate;
";
