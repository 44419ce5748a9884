//! Whether Meta still sends us the account's webhooks: without the subscription a number is silent and looks well.

use whatsapp::TokenInfo;

use super::{SUBSCRIPTION_EVERY, State};
use crate::env::Env;
use crate::error::Result;
use crate::event::Event;
use crate::id::WidgetId;
use crate::tx::Tx;

/// What Meta told. None for what it did not.
pub(super) struct Shown {
    subscribed: Option<bool>,
    token: Option<TokenInfo>,
}

/// Asks for the token's app and for the apps that hear of the account.
pub(super) async fn look(env: &Env, token: &str, waba_id: Option<&str>) -> Shown {
    let graph = env.outside.graph();
    let info = graph.debug_token(token).await.ok();
    let apps = match waba_id {
        Some(waba_id) => graph.subscribed_apps(token, waba_id).await.ok(),
        None => None,
    };
    let ours = info.as_ref().and_then(|info| info.app_id.as_deref());
    let subscribed = apps.map(|apps| match ours {
        Some(ours) => apps.iter().any(|app| app == ours),
        // Whose token it is was not told: any app may be ours.
        None => !apps.is_empty(),
    });
    Shown { subscribed, token: info }
}

/// Keeps it. The caller writes the row.
pub(super) fn note(tx: &mut Tx<'_>, row: &mut entity::widget_health::Model, shown: &Shown) -> Result<()> {
    let now = tx.now();
    row.subscription_due_at = Some(now + SUBSCRIPTION_EVERY);
    if let Some(token) = &shown.token {
        row.token_expires_at = token.expires_at;
    }
    let Some(subscribed) = shown.subscribed else { return Ok(()) };
    row.subscription_checked_at = Some(now);
    tell(tx, row, subscribed)
}

/// Keeps whether the webhooks are subscribed, and tells people when that changed. The caller writes the row.
pub(super) fn tell(tx: &mut Tx<'_>, row: &mut entity::widget_health::Model, subscribed: bool) -> Result<()> {
    if row.subscribed.unwrap_or(true) != subscribed {
        let state = State::read(row)?;
        let widget = WidgetId(row.widget_id);
        tx.announce(Event::WidgetHealthChanged {
            widget,
            from: state,
            to: state,
            subscribed: Some(subscribed),
        });
    }
    row.subscribed = Some(subscribed);
    Ok(())
}
