//! The sending of one outbound message.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "delivery")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub workspace_id: Uuid,
    pub conversation_id: Uuid,
    pub message_id: Uuid,
    pub number: i64,
    pub automatic: bool,
    pub conversation_epoch: i64,
    pub widget_epoch: i64,
    pub state: String,
    pub attempts: i64,
    pub refusals: i64,
    pub due_at: DateTimeUtc,
    pub give_up_at: Option<DateTimeUtc>,
    pub sending_at: Option<DateTimeUtc>,
    pub unknown_at: Option<DateTimeUtc>,
    pub error_code: Option<i64>,
    pub error_text: Option<String>,
    pub fault: Option<String>,
    pub dead: bool,
    pub created_at: DateTimeUtc,
    pub trace: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
