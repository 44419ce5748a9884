//! Elements that name an account instead of a number: they concern every workspace with a number of it.

use std::collections::HashSet;

use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};

use crate::error::Result;
use crate::scope::everywhere;
use crate::tx::SystemTx;

/// One widget for each workspace and Meta app through which a number of the account is linked. An account is in
/// one portfolio, so one widget speaks for all of its workspace.
pub(super) async fn widgets(tx: &SystemTx<'_>, waba_id: &str) -> Result<Vec<entity::widget::Model>> {
    use entity::widget::Column;
    let mut all = everywhere::<entity::widget::Entity>()
        .filter(Column::WabaId.eq(waba_id))
        .filter(Column::ArchivedAt.is_null())
        .order_by_asc(Column::Id)
        .all(tx.db())
        .await?;
    let mut seen = HashSet::new();
    all.retain(|widget| seen.insert((widget.workspace_id, widget.meta_app.clone())));
    Ok(all)
}
