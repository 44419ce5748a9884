//! How a widget's number is doing at Meta.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "widget_health")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub widget_id: Uuid,
    pub workspace_id: Uuid,
    pub state: String,
    pub since: DateTimeUtc,
    pub error_code: Option<i64>,
    pub error_text: Option<String>,
    pub offboarded: bool,
    pub restricted: bool,
    pub disconnected: bool,
    pub mended_at: Option<DateTimeUtc>,
    pub revision: i64,
    pub probe_due_at: Option<DateTimeUtc>,
    pub probed_at: Option<DateTimeUtc>,
    pub on_business_app: Option<bool>,
    pub quality: Option<String>,
    pub subscription_due_at: Option<DateTimeUtc>,
    pub subscription_checked_at: Option<DateTimeUtc>,
    pub subscribed: Option<bool>,
    pub token_expires_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
