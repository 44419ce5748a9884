//! One answer of the bot, from gathering to its end.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "turn")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub workspace_id: Uuid,
    pub conversation_id: Uuid,
    pub session_id: Uuid,
    pub state: String,
    pub first_at: DateTimeUtc,
    pub due_at: DateTimeUtc,
    pub starts: i64,
    pub conversation_epoch: i64,
    pub widget_epoch: i64,
    pub covers_from: Option<i64>,
    pub covers_through: Option<i64>,
    pub handed_through: Option<i64>,
    pub reason: Option<String>,
    pub created_at: DateTimeUtc,
    pub ended_at: Option<DateTimeUtc>,
    pub trace: Option<String>,
    pub started_by: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
