//! What happened on a widget in a quarter of an hour.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "metric_bucket")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub widget_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub quarter: i64,
    pub workspace_id: Uuid,
    pub conversations: i64,
    pub customer: i64,
    pub bot: i64,
    pub agent: i64,
    pub business_app: i64,
    pub closed: i64,
    pub resolved_by_bot: i64,
    pub handed_over: String,
    pub unanswered: i64,
    pub undelivered: String,
    pub cited: String,
    pub first_response: Option<Vec<u8>>,
    pub feedback: String,
    pub handling: Option<Vec<u8>>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
