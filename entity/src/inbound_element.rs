//! One element of a webhook body and what became of it.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "inbound_element")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub ledger_id: Uuid,
    pub position: i64,
    pub app: String,
    pub workspace_id: Option<Uuid>,
    pub widget_id: Option<Uuid>,
    pub lane_key: Option<String>,
    pub field: String,
    pub kind: String,
    pub target_id: Option<String>,
    pub content: String,
    pub trace: String,
    pub sent_at: DateTimeUtc,
    pub arrived_at: DateTimeUtc,
    pub outcome: Option<String>,
    pub reason: Option<String>,
    pub attempts: i64,
    pub first_tried_at: Option<DateTimeUtc>,
    pub due_at: Option<DateTimeUtc>,
    pub settled_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
