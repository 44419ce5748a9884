//! A number that its owner has just linked or mended, and that Meta shows.

use whatsapp::PhoneNumber;

use super::{PROBE_EVERY, SUBSCRIPTION_EVERY, State, Why, change, judge, learn, lock, subscription};
use crate::clock::Time;
use crate::error::Result;
use crate::gate::{self, GateKey};
use crate::id::WidgetId;
use crate::tx::Tx;

/// The health of a number that is linked now and answered a moment ago.
fn fresh(widget: &entity::widget::Model, now: Time) -> entity::widget_health::Model {
    entity::widget_health::Model {
        widget_id: widget.id,
        workspace_id: widget.workspace_id,
        state: State::Connected.as_str().to_owned(),
        since: now,
        error_code: None,
        error_text: None,
        offboarded: false,
        restricted: false,
        disconnected: false,
        mended_at: Some(now),
        revision: 0,
        probe_due_at: Some(now + PROBE_EVERY),
        probed_at: Some(now),
        on_business_app: None,
        quality: None,
        subscription_due_at: Some(now + SUBSCRIPTION_EVERY),
        subscription_checked_at: Some(now),
        subscribed: Some(true),
        token_expires_at: None,
    }
}

/// What Meta showed of a number while it was linked.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    pub number: PhoneNumber,
    pub token_expires_at: Option<Time>,
}

/// The number was linked, or its owner says that it is mended, and Meta agrees: whatever was wrong with it is over,
/// a restriction too.
pub(crate) async fn linked(tx: &mut Tx<'_>, widget: &entity::widget::Model, shown: &Shown) -> Result<()> {
    let mut row = lock_or_make(tx, widget).await?;
    let known = fresh(widget, tx.now());
    (row.offboarded, row.restricted, row.disconnected) = (false, false, false);
    row.mended_at = known.mended_at;
    row.probe_due_at = known.probe_due_at;
    row.probed_at = known.probed_at;
    row.subscription_due_at = known.subscription_due_at;
    row.subscription_checked_at = known.subscription_checked_at;
    subscription::tell(tx, &mut row, true)?;
    row.token_expires_at = shown.token_expires_at;
    let (to, why) = judge(&shown.number).err().unwrap_or((State::Connected, Why::default()));
    if to == State::Connected {
        // Whoever mends it wants it tried now, a pause or not.
        for gate in GateKey::before(widget) {
            gate::open(tx, &gate).await?;
        }
    }
    learn(tx, &mut row, &shown.number).await?;
    change(tx, &mut row, to, why).await
}

/// The row, ours alone; made for a number that has none yet.
pub(super) async fn lock_or_make(
    tx: &mut Tx<'_>,
    widget: &entity::widget::Model,
) -> Result<entity::widget_health::Model> {
    if let Some(row) = lock(tx, WidgetId(widget.id)).await? {
        return Ok(row);
    }
    let row = fresh(widget, tx.now());
    tx.insert(row.clone()).await?;
    Ok(row)
}
