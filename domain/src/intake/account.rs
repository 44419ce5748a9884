//! Elements that name an account instead of a number.

use std::collections::HashSet;

use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};

use crate::error::Result;
use crate::scope::everywhere;
use crate::tx::SystemTx;

/// The widgets of an account's numbers, or of the one that is named. A number that nobody here has concerns nobody.
pub(super) async fn numbers(
    tx: &SystemTx<'_>,
    waba_id: &str,
    number: Option<&str>,
) -> Result<Vec<entity::widget::Model>> {
    use entity::widget::Column;
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let mut all = everywhere::<entity::widget::Entity>()
        .filter(Column::WabaId.eq(waba_id))
        .filter(Column::ArchivedAt.is_null())
        .order_by_asc(Column::Id)
        .all(tx.db())
        .await?;
    if let Some(number) = number.map(digits) {
        all.retain(|widget| widget.display_phone_number.as_deref().map(digits).as_ref() == Some(&number));
    }
    Ok(all)
}

/// The widget of the number that is named, or one for each workspace.
pub(super) async fn concerned(
    tx: &SystemTx<'_>,
    waba_id: &str,
    number: Option<&str>,
) -> Result<Vec<entity::widget::Model>> {
    match number {
        Some(number) => numbers(tx, waba_id, Some(number)).await,
        None => one_each(tx, waba_id).await,
    }
}

/// One widget for each workspace and Meta app through which a number of the account is linked. An account is in
/// one portfolio, so one widget speaks for all of its workspace.
pub(super) async fn one_each(tx: &SystemTx<'_>, waba_id: &str) -> Result<Vec<entity::widget::Model>> {
    let mut all = numbers(tx, waba_id, None).await?;
    let mut seen = HashSet::new();
    all.retain(|widget| seen.insert((widget.workspace_id, widget.meta_app.clone())));
    Ok(all)
}
