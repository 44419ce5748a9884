//! The first road: who owns what, the ledger, conversations, knowledge, sending, the feed.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

use crate::dialect::spell;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let backend = connection.get_database_backend();
        for group in [OWNERS, CHANNELS, CONTACTS, CONVERSATIONS, KNOWLEDGE, LEDGER, FEED] {
            connection.execute_unprepared(&spell(group, backend)).await?;
        }
        connection
            .execute_unprepared(if backend == DbBackend::Postgres { SEARCH_PG } else { SEARCH_LITE })
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        for table in TABLES.split_whitespace().rev() {
            connection.execute_unprepared(&format!("DROP TABLE IF EXISTS {table}")).await?;
        }
        Ok(())
    }
}

/// In the order in which they may be created; dropped in reverse.
const TABLES: &str = "workspace member api_token channel widget contact contact_identity conversation session \
    human_wait message delivery turn document document_version passage passage_search citation ledger \
    inbound_element lane feed event";

const OWNERS: &str = "
CREATE TABLE workspace (
    id {uuid} PRIMARY KEY,
    name TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    locale TEXT NOT NULL,
    created_at {time} NOT NULL
);
CREATE TABLE member (
    id {uuid} PRIMARY KEY,
    workspace_id {uuid} NOT NULL REFERENCES workspace (id),
    name TEXT NOT NULL,
    email TEXT,
    role TEXT NOT NULL,
    password_hash TEXT,
    removed_at {time},
    created_at {time} NOT NULL,
    UNIQUE (workspace_id, id)
);
CREATE TABLE api_token (
    id {uuid} PRIMARY KEY,
    workspace_id {uuid} NOT NULL,
    member_id {uuid} NOT NULL,
    name TEXT NOT NULL,
    secret_hash {bytes} NOT NULL UNIQUE,
    expires_at {time},
    last_used_at {time},
    revoked_at {time},
    created_at {time} NOT NULL,
    UNIQUE (workspace_id, id),
    FOREIGN KEY (workspace_id, member_id) REFERENCES member (workspace_id, id)
);
";

const CHANNELS: &str = "
CREATE TABLE channel (
    id {uuid} PRIMARY KEY,
    workspace_id {uuid} NOT NULL REFERENCES workspace (id),
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at {time} NOT NULL,
    UNIQUE (workspace_id, id),
    UNIQUE (workspace_id, kind)
);
CREATE TABLE widget (
    id {uuid} PRIMARY KEY,
    workspace_id {uuid} NOT NULL,
    channel_id {uuid} NOT NULL,
    state TEXT NOT NULL,
    demoted_by_channel BOOLEAN NOT NULL,
    archived_at {time},
    epoch BIGINT NOT NULL,
    name TEXT NOT NULL,
    company_display_name TEXT NOT NULL,
    human_handover_enabled BOOLEAN NOT NULL,
    phone_message_takes_over BOOLEAN NOT NULL,
    gather_quiet_ms BIGINT NOT NULL,
    gather_max_ms BIGINT NOT NULL,
    bot_enabled BOOLEAN NOT NULL,
    answer_threshold {float} NOT NULL,
    session_length_s BIGINT NOT NULL,
    mark_as_read BOOLEAN NOT NULL,
    phone_number_id TEXT,
    waba_id TEXT,
    portfolio_id TEXT,
    meta_app TEXT,
    display_phone_number TEXT,
    verified_name TEXT,
    access_token TEXT,
    last_webhook_at {time},
    created_at {time} NOT NULL,
    UNIQUE (workspace_id, id),
    FOREIGN KEY (workspace_id, channel_id) REFERENCES channel (workspace_id, id)
);
CREATE UNIQUE INDEX widget_number ON widget (phone_number_id) WHERE archived_at IS NULL AND phone_number_id IS NOT NULL;
CREATE UNIQUE INDEX widget_name ON widget (channel_id, name) WHERE archived_at IS NULL;
";

const CONTACTS: &str = "
CREATE TABLE contact (
    id {uuid} PRIMARY KEY,
    workspace_id {uuid} NOT NULL REFERENCES workspace (id),
    name TEXT,
    username TEXT,
    created_at {time} NOT NULL,
    UNIQUE (workspace_id, id)
);
CREATE TABLE contact_identity (
    id {uuid} PRIMARY KEY,
    workspace_id {uuid} NOT NULL,
    contact_id {uuid} NOT NULL,
    kind TEXT NOT NULL,
    portfolio_id TEXT NOT NULL,
    value TEXT NOT NULL,
    created_at {time} NOT NULL,
    UNIQUE (workspace_id, kind, portfolio_id, value),
    FOREIGN KEY (workspace_id, contact_id) REFERENCES contact (workspace_id, id)
);
CREATE INDEX contact_identity_contact ON contact_identity (contact_id);
";

const CONVERSATIONS: &str = "
CREATE TABLE conversation (
    id {uuid} PRIMARY KEY,
    workspace_id {uuid} NOT NULL,
    widget_id {uuid} NOT NULL,
    contact_id {uuid} NOT NULL,
    status TEXT NOT NULL,
    handler TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    session_id {uuid},
    session_count BIGINT NOT NULL,
    last_closed_at {time},
    bot_since {time},
    human_replied BOOLEAN NOT NULL,
    snoozed_until {time},
    snooze_elapsed BOOLEAN NOT NULL,
    customer_number BIGINT,
    customer_at {time},
    human_number BIGINT,
    human_at {time},
    last_number BIGINT NOT NULL,
    window_closes_at {time},
    window_closed_by_provider BOOLEAN NOT NULL,
    inbound_ignored_at {time},
    pinned BOOLEAN NOT NULL,
    revision BIGINT NOT NULL,
    last_activity_at {time} NOT NULL,
    touched_at {time} NOT NULL,
    created_at {time} NOT NULL,
    UNIQUE (workspace_id, id),
    UNIQUE (widget_id, contact_id),
    FOREIGN KEY (workspace_id, widget_id) REFERENCES widget (workspace_id, id),
    FOREIGN KEY (workspace_id, contact_id) REFERENCES contact (workspace_id, id)
);
CREATE INDEX conversation_activity ON conversation (workspace_id, last_activity_at, id);
CREATE INDEX conversation_status ON conversation (workspace_id, status, last_activity_at, id);
CREATE INDEX conversation_snooze ON conversation (snoozed_until) WHERE snoozed_until IS NOT NULL;
CREATE TABLE session (
    id {uuid} PRIMARY KEY,
    workspace_id {uuid} NOT NULL,
    conversation_id {uuid} NOT NULL,
    number BIGINT NOT NULL,
    opened_at {time} NOT NULL,
    expires_at {time} NOT NULL,
    closed_at {time},
    close_reason TEXT,
    first_number BIGINT NOT NULL,
    last_number BIGINT,
    created_at {time} NOT NULL,
    UNIQUE (workspace_id, id),
    UNIQUE (conversation_id, number),
    FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversation (workspace_id, id)
);
CREATE UNIQUE INDEX session_open ON session (conversation_id) WHERE closed_at IS NULL;
CREATE INDEX session_due ON session (expires_at) WHERE closed_at IS NULL;
CREATE TABLE human_wait (
    id {uuid} PRIMARY KEY,
    workspace_id {uuid} NOT NULL,
    conversation_id {uuid} NOT NULL,
    session_id {uuid} NOT NULL,
    reason TEXT NOT NULL,
    from_number BIGINT NOT NULL,
    started_at {time} NOT NULL,
    first_reply_at {time},
    ended_at {time},
    last_number BIGINT,
    UNIQUE (workspace_id, id),
    FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversation (workspace_id, id),
    FOREIGN KEY (workspace_id, session_id) REFERENCES session (workspace_id, id)
);
CREATE UNIQUE INDEX human_wait_open ON human_wait (conversation_id) WHERE ended_at IS NULL;
CREATE INDEX human_wait_conversation ON human_wait (conversation_id, started_at);
CREATE TABLE message (
    id {uuid} PRIMARY KEY,
    workspace_id {uuid} NOT NULL,
    widget_id {uuid} NOT NULL,
    conversation_id {uuid} NOT NULL,
    session_id {uuid},
    number BIGINT NOT NULL,
    author TEXT NOT NULL,
    member_id {uuid},
    api_token_id {uuid},
    turn_id {uuid},
    provider_id TEXT,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    counts_as_human BOOLEAN NOT NULL,
    out_of_session BOOLEAN NOT NULL,
    confidence {float},
    sent_at {time} NOT NULL,
    received_at {time} NOT NULL,
    UNIQUE (workspace_id, id),
    UNIQUE (conversation_id, number),
    UNIQUE (widget_id, provider_id),
    FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversation (workspace_id, id),
    FOREIGN KEY (workspace_id, session_id) REFERENCES session (workspace_id, id)
);
CREATE INDEX message_session ON message (session_id, number);
CREATE TABLE turn (
    id {uuid} PRIMARY KEY,
    workspace_id {uuid} NOT NULL,
    conversation_id {uuid} NOT NULL,
    session_id {uuid} NOT NULL,
    state TEXT NOT NULL,
    first_at {time} NOT NULL,
    due_at {time} NOT NULL,
    starts BIGINT NOT NULL,
    conversation_epoch BIGINT NOT NULL,
    widget_epoch BIGINT NOT NULL,
    covers_from BIGINT,
    covers_through BIGINT,
    reason TEXT,
    created_at {time} NOT NULL,
    ended_at {time},
    UNIQUE (workspace_id, id),
    FOREIGN KEY (workspace_id, session_id) REFERENCES session (workspace_id, id)
);
CREATE UNIQUE INDEX turn_open ON turn (conversation_id) WHERE ended_at IS NULL;
CREATE INDEX turn_due ON turn (due_at) WHERE state = 'GATHERING';
CREATE INDEX turn_session ON turn (session_id);
CREATE TABLE delivery (
    id {uuid} PRIMARY KEY,
    workspace_id {uuid} NOT NULL,
    conversation_id {uuid} NOT NULL,
    message_id {uuid} NOT NULL UNIQUE,
    number BIGINT NOT NULL,
    automatic BOOLEAN NOT NULL,
    conversation_epoch BIGINT NOT NULL,
    widget_epoch BIGINT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    due_at {time} NOT NULL,
    give_up_at {time},
    sending_at {time},
    unknown_at {time},
    error_code BIGINT,
    error_text TEXT,
    dead BOOLEAN NOT NULL,
    created_at {time} NOT NULL,
    UNIQUE (workspace_id, id),
    FOREIGN KEY (workspace_id, message_id) REFERENCES message (workspace_id, id),
    FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversation (workspace_id, id)
);
CREATE INDEX delivery_conversation ON delivery (conversation_id, number);
CREATE INDEX delivery_open ON delivery (conversation_id, number) WHERE state IN ('QUEUED', 'SENDING', 'UNKNOWN');
CREATE INDEX delivery_unknown ON delivery (unknown_at) WHERE state = 'UNKNOWN' AND unknown_at IS NOT NULL;
CREATE INDEX delivery_give_up ON delivery (give_up_at) WHERE state = 'QUEUED' AND give_up_at IS NOT NULL;
";

const KNOWLEDGE: &str = "
CREATE TABLE document (
    id {uuid} PRIMARY KEY,
    workspace_id {uuid} NOT NULL REFERENCES workspace (id),
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    active_version_id {uuid},
    version_count BIGINT NOT NULL,
    created_at {time} NOT NULL,
    UNIQUE (workspace_id, id)
);
CREATE UNIQUE INDEX document_kind ON document (workspace_id, kind) WHERE kind <> 'OTHER';
CREATE TABLE document_version (
    id {uuid} PRIMARY KEY,
    workspace_id {uuid} NOT NULL,
    document_id {uuid} NOT NULL,
    number BIGINT NOT NULL,
    language TEXT NOT NULL,
    state TEXT NOT NULL,
    text TEXT NOT NULL,
    created_at {time} NOT NULL,
    UNIQUE (workspace_id, id),
    UNIQUE (document_id, number),
    FOREIGN KEY (workspace_id, document_id) REFERENCES document (workspace_id, id)
);
CREATE TABLE passage (
    id {uuid} PRIMARY KEY,
    workspace_id {uuid} NOT NULL,
    document_version_id {uuid} NOT NULL,
    position BIGINT NOT NULL,
    heading TEXT,
    text TEXT NOT NULL,
    UNIQUE (workspace_id, id),
    UNIQUE (document_version_id, position),
    FOREIGN KEY (workspace_id, document_version_id) REFERENCES document_version (workspace_id, id)
);
CREATE TABLE citation (
    id {uuid} PRIMARY KEY,
    workspace_id {uuid} NOT NULL,
    message_id {uuid} NOT NULL,
    passage_id {uuid} NOT NULL,
    position BIGINT NOT NULL,
    UNIQUE (message_id, position),
    FOREIGN KEY (workspace_id, message_id) REFERENCES message (workspace_id, id),
    FOREIGN KEY (workspace_id, passage_id) REFERENCES passage (workspace_id, id)
);
";

/// Both indexes hold the same overlapping bigrams, so that a two-character Chinese word is found.
const SEARCH_LITE: &str = "
CREATE VIRTUAL TABLE passage_search USING fts5 (passage_id UNINDEXED, document_version_id UNINDEXED, grams,
    tokenize = 'unicode61');
";
const SEARCH_PG: &str = "
CREATE TABLE passage_search (
    passage_id UUID PRIMARY KEY,
    document_version_id UUID NOT NULL,
    grams TEXT NOT NULL
);
CREATE INDEX passage_search_grams ON passage_search USING gin (to_tsvector('simple', grams));
CREATE INDEX passage_search_version ON passage_search (document_version_id);
";

const LEDGER: &str = "
CREATE TABLE ledger (
    id {uuid} PRIMARY KEY,
    app TEXT NOT NULL,
    body_hash {bytes} NOT NULL,
    body {bytes},
    deliveries BIGINT NOT NULL,
    trace TEXT NOT NULL,
    received_at {time} NOT NULL,
    parsed_at {time},
    UNIQUE (app, body_hash)
);
CREATE INDEX ledger_waiting ON ledger (app, received_at, id) WHERE parsed_at IS NULL;
CREATE INDEX ledger_age ON ledger (received_at) WHERE body IS NOT NULL;
CREATE TABLE inbound_element (
    id {uuid} PRIMARY KEY,
    ledger_id {uuid} NOT NULL REFERENCES ledger (id),
    position BIGINT NOT NULL,
    app TEXT NOT NULL,
    workspace_id {uuid},
    widget_id {uuid},
    lane_key TEXT,
    field TEXT NOT NULL,
    kind TEXT NOT NULL,
    target_id TEXT,
    content TEXT NOT NULL,
    trace TEXT NOT NULL,
    sent_at {time} NOT NULL,
    arrived_at {time} NOT NULL,
    outcome TEXT,
    reason TEXT,
    attempts BIGINT NOT NULL,
    first_tried_at {time},
    due_at {time},
    settled_at {time},
    UNIQUE (ledger_id, position)
);
CREATE INDEX inbound_element_lane ON inbound_element (lane_key, arrived_at, ledger_id, sent_at, position) WHERE outcome IS NULL;
CREATE INDEX inbound_element_waiting ON inbound_element (app, arrived_at) WHERE outcome IS NULL;
CREATE INDEX inbound_element_parked ON inbound_element (due_at) WHERE outcome = 'PARKED';
CREATE INDEX inbound_element_target ON inbound_element (widget_id, target_id) WHERE outcome = 'PARKED';
CREATE INDEX inbound_element_quarantine ON inbound_element (workspace_id, id) WHERE outcome = 'QUARANTINED';
CREATE TABLE lane (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    state TEXT NOT NULL,
    token BIGINT NOT NULL,
    due_at {time},
    lease_until {time},
    PRIMARY KEY (kind, key)
);
CREATE INDEX lane_due ON lane (due_at) WHERE state = 'PARKED';
CREATE INDEX lane_lease ON lane (lease_until) WHERE state IN ('HELD', 'READY');
";

const FEED: &str = "
CREATE TABLE feed (
    workspace_id {uuid} PRIMARY KEY REFERENCES workspace (id),
    generation {uuid} NOT NULL,
    last BIGINT NOT NULL,
    pruned_through BIGINT NOT NULL
);
CREATE TABLE event (
    workspace_id {uuid} NOT NULL,
    position BIGINT NOT NULL,
    kind TEXT NOT NULL,
    widget_id {uuid},
    conversation_id {uuid},
    body TEXT NOT NULL,
    trace TEXT,
    at {time} NOT NULL,
    PRIMARY KEY (workspace_id, position),
    FOREIGN KEY (workspace_id) REFERENCES feed (workspace_id)
);
CREATE INDEX event_age ON event (at);
";
