//! A stretch in which a person was responsible.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "human_wait")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub workspace_id: Uuid,
    pub conversation_id: Uuid,
    pub session_id: Uuid,
    pub reason: String,
    pub from_number: i64,
    pub started_at: DateTimeUtc,
    pub first_reply_at: Option<DateTimeUtc>,
    pub ended_at: Option<DateTimeUtc>,
    pub last_number: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
