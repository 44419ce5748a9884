//! One webhook body as it arrived, with the Meta app that signed it.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "ledger")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub app: String,
    pub body_hash: Vec<u8>,
    pub body: Option<Vec<u8>>,
    pub deliveries: i64,
    pub trace: String,
    pub received_at: DateTimeUtc,
    pub parsed_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
