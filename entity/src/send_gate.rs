//! What stops the sends of more than one conversation: a number, or an account.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "send_gate")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    pub reason: Option<String>,
    pub open_at: Option<DateTimeUtc>,
    pub blocked_since: Option<DateTimeUtc>,
    pub blocked_at: Option<DateTimeUtc>,
    pub strikes: i64,
    pub per_second: i64,
    pub sent: String,
    pub waiting: bool,
    pub release_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
