//! Which messages an answer answers: what is left again when it is stopped.

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

/// Numbers, separated by commas; null where none are known.
const UP: &str = "ALTER TABLE message ADD COLUMN answers TEXT";

const DOWN: &str = "ALTER TABLE message DROP COLUMN answers";
