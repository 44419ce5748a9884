//! What our own faults do to webhooks: they hold up nobody for long, nothing is lost, and once the fault is
//! mended a replay applies what was set aside.

mod body;
mod element;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use tests::Hub;

/// The elements with an outcome or a failed try, in arrival order.
async fn elements(hub: &Hub) -> Vec<entity::inbound_element::Model> {
    use entity::inbound_element::Column;
    #[expect(clippy::disallowed_methods, reason = "some elements belong to no workspace")]
    let all = entity::inbound_element::Entity::find()
        .filter(Column::Kind.ne("status"))
        .order_by_asc(Column::ArrivedAt)
        .order_by_asc(Column::Id);
    all.all(hub.env.database.reader()).await.unwrap()
}
