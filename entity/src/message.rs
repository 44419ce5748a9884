//! One message of a conversation, numbered without gaps.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, Default, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "message")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub workspace_id: Uuid,
    pub widget_id: Uuid,
    pub conversation_id: Uuid,
    pub session_id: Option<Uuid>,
    pub number: i64,
    pub author: String,
    pub member_id: Option<Uuid>,
    pub api_token_id: Option<Uuid>,
    pub turn_id: Option<Uuid>,
    pub provider_id: Option<String>,
    pub kind: String,
    pub text: String,
    pub counts_as_human: bool,
    pub out_of_session: bool,
    pub confidence: Option<f64>,
    pub sent_at: DateTimeUtc,
    pub received_at: DateTimeUtc,
    pub media_id: Option<String>,
    pub mime_type: Option<String>,
    pub filename: Option<String>,
    pub quotes: Option<String>,
    pub edited_text: Option<String>,
    pub edited_at: Option<DateTimeUtc>,
    pub revoked_at: Option<DateTimeUtc>,
    pub placeholder: bool,
    pub unreadable_at: Option<DateTimeUtc>,
    pub came_late: bool,
    pub duplicate_of: Option<Uuid>,
    pub resend_of: Option<Uuid>,
    pub run_id: Option<Uuid>,
    pub answers: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
