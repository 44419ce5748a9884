//! A reaction, an edit or a delete of a message.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "message_change")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub workspace_id: Uuid,
    pub widget_id: Uuid,
    pub message_id: Uuid,
    pub kind: String,
    pub author: String,
    pub provider_id: String,
    pub emoji: Option<String>,
    pub text: Option<String>,
    pub sent_at: DateTimeUtc,
    pub received_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
