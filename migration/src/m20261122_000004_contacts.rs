//! Contacts can be named by members and searched; a name that Meta replaced stays known as an old one.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

use crate::dialect::spell;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        manager.get_connection().execute_unprepared(&spell(UP, backend)).await?;
        let joined = match backend {
            DbBackend::Postgres => "string_agg(value, '\n')",
            _ => "group_concat(value, '\n')",
        };
        manager.get_connection().execute_unprepared(&FILL.replace("{joined}", joined)).await.map(drop)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(DOWN).await.map(drop)
    }
}

const UP: &str = "
ALTER TABLE contact ADD COLUMN given_name TEXT;
ALTER TABLE contact ADD COLUMN search TEXT NOT NULL DEFAULT '';
ALTER TABLE contact_identity ADD COLUMN replaced_at {time};
CREATE INDEX inbound_element_notice ON inbound_element (workspace_id, target_id) WHERE kind IN ('user_id_update', 'notice');
";

/// Close to what the program writes with every change of a name; SQLite knows the case of ASCII only.
const FILL: &str = "
UPDATE contact SET search = lower(coalesce(name || '\n', '') || coalesce(username || '\n', '')
    || coalesce((SELECT {joined} FROM contact_identity WHERE contact_id = contact.id), ''));
";

const DOWN: &str = "
DROP INDEX inbound_element_notice;
ALTER TABLE contact_identity DROP COLUMN replaced_at;
ALTER TABLE contact DROP COLUMN search;
ALTER TABLE contact DROP COLUMN given_name;
";
