//! Things that must go one after the other.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "lane")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    pub state: String,
    pub token: i64,
    pub due_at: Option<DateTimeUtc>,
    pub lease_until: Option<DateTimeUtc>,
    pub gate_kind: Option<String>,
    pub gate_key: Option<String>,
    pub gated_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
