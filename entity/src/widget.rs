//! A configured bot on a channel; on WhatsApp one linked phone number.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "widget")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub workspace_id: Uuid,
    pub channel_id: Uuid,
    pub state: String,
    pub demoted_by_channel: bool,
    pub archived_at: Option<DateTimeUtc>,
    pub epoch: i64,
    pub name: String,
    pub company_display_name: String,
    pub human_handover_enabled: bool,
    pub phone_message_takes_over: bool,
    pub gather_quiet_ms: i64,
    pub gather_max_ms: i64,
    pub bot_enabled: bool,
    pub answer_threshold: f64,
    pub session_length_s: i64,
    pub mark_as_read: bool,
    pub phone_number_id: Option<String>,
    pub waba_id: Option<String>,
    pub portfolio_id: Option<String>,
    pub meta_app: Option<String>,
    pub display_phone_number: Option<String>,
    pub verified_name: Option<String>,
    pub access_token: Option<String>,
    pub workflow_id: Option<Uuid>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
