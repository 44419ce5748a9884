//! The one thread of a contact on a widget, with the stored facts its status is derived from.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "conversation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub workspace_id: Uuid,
    pub widget_id: Uuid,
    pub contact_id: Uuid,
    pub status: String,
    pub handler: String,
    pub epoch: i64,
    pub session_id: Option<Uuid>,
    pub session_count: i64,
    pub last_closed_at: Option<DateTimeUtc>,
    pub bot_since: Option<DateTimeUtc>,
    pub human_replied: bool,
    pub snoozed_until: Option<DateTimeUtc>,
    pub snooze_elapsed: bool,
    pub customer_number: Option<i64>,
    pub customer_at: Option<DateTimeUtc>,
    pub human_number: Option<i64>,
    pub human_at: Option<DateTimeUtc>,
    pub last_number: i64,
    pub window_closes_at: Option<DateTimeUtc>,
    pub window_closed_by_provider: bool,
    pub paced_until: Option<DateTimeUtc>,
    pub inbound_ignored_at: Option<DateTimeUtc>,
    pub pinned: bool,
    pub revision: i64,
    pub last_activity_at: DateTimeUtc,
    pub touched_at: DateTimeUtc,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
