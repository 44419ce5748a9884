//! Setting the hours.

use sea_orm::sea_query::OnConflict;
use sea_orm::{EntityTrait, IntoActiveModel};

use super::Hours;
use crate::actor::Actor;
use crate::env::Env;
use crate::error::{Error, Result};
use crate::event::Event;
use crate::tx::{Committed, Tx};

/// The whole of the hours, as they are to be. None takes them away: the company is always open again.
pub type Update = Option<Hours>;

/// Replaces the workspace's hours.
///
/// # Errors
/// Denied for plain members; Invalid on `weekly` or `holidays`.
pub async fn update(env: &Env, actor: &Actor, hours: Update) -> Result<Committed> {
    actor.must_administer()?;
    let hours = hours.map(Hours::checked).transpose()?;
    let mut tx = Tx::begin(env, actor.workspace).await?;
    match hours {
        Some(hours) => {
            let json = |value: serde_json::Result<String>| value.map_err(Error::internal);
            let row = entity::business_hours::Model {
                workspace_id: tx.workspace.0,
                weekly: json(serde_json::to_string(&hours.weekly))?,
                holidays: json(serde_json::to_string(&hours.holidays))?,
                updated_at: tx.now(),
            };
            use entity::business_hours::Column;
            let replace = OnConflict::column(Column::WorkspaceId)
                .update_columns([Column::Weekly, Column::Holidays, Column::UpdatedAt])
                .to_owned();
            entity::business_hours::Entity::insert(row.into_active_model())
                .on_conflict(replace)
                .exec_without_returning(tx.db())
                .await?;
        }
        None => {
            use sea_orm::{ColumnTrait, QueryFilter};
            let ours = entity::business_hours::Column::WorkspaceId.eq(tx.workspace.0);
            entity::business_hours::Entity::delete_many().filter(ours).exec(tx.db()).await?;
        }
    }
    tx.announce(Event::WorkspaceChanged {});
    tx.commit().await
}
