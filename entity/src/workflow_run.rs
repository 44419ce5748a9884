//! A run of a workflow on a conversation.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "workflow_run")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub workspace_id: Uuid,
    pub workflow_id: Uuid,
    pub version: i64,
    pub widget_id: Uuid,
    pub conversation_id: Uuid,
    pub session_id: Option<Uuid>,
    pub foreground: bool,
    pub begun_by: String,
    pub cause: String,
    pub member_id: Option<Uuid>,
    pub api_token_id: Option<Uuid>,
    pub status: String,
    pub first_state: String,
    pub state: String,
    pub revision: i64,
    pub asks: bool,
    pub minds_customer: bool,
    pub heard_through: i64,
    pub posted: i64,
    pub taken: i64,
    pub entries: i64,
    pub transitions: i64,
    pub turn_id: Option<Uuid>,
    pub wanted_call: Option<String>,
    pub call_until: Option<DateTimeUtc>,
    pub due_at: Option<DateTimeUtc>,
    pub widget_epoch: i64,
    pub trace: Option<String>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub ended_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
