//! Mending a linked number by hand: with a new access token, or just by asking Meta again.

use super::connect::ask;
use super::{lock, save, token_place, token_row};
use crate::actor::Actor;
use crate::env::Env;
use crate::error::{Error, Refusal, Result};
use crate::health;
use crate::id::WidgetId;
use crate::scope::Scope;
use crate::tx::{Committed, Tx};

/// Asks Meta for the number, with a new token or the stored one. If it is there, the token is kept, whatever was
/// wrong is over, and what waits to be sent goes out.
///
/// # Errors
/// NOT_FOUND; Denied for plain members; Invalid on `accessToken`; INVALID_TRANSITION for a widget that is archived or
/// has no number; REJECTED_BY_META with Meta's reason; Unavailable when Meta cannot be reached.
pub async fn reconnect(
    env: &Env,
    actor: &Actor,
    id: WidgetId,
    access_token: Option<&str>,
) -> Result<Committed> {
    let scope = Scope::of(env, actor.workspace);
    let seen = super::load(&scope, &[id]).await?.pop().ok_or(Error::NotFound)?;
    actor.must_administer()?;
    if let Some(token) = access_token {
        super::connect::check_token(token)?;
    }
    let (Some(number), Some(waba), None) = (&seen.phone_number_id, &seen.waba_id, seen.archived_at) else {
        return Err(Error::refused(
            Refusal::InvalidTransition,
            "no number is linked: use widgetConnectNumber",
        ));
    };
    let token = match access_token {
        Some(token) => token.to_owned(),
        None => super::access_token(env, &seen)?
            .ok_or_else(|| Error::invalid("accessToken", "the stored token is gone: paste a new one"))?,
    };
    let shown = ask(env, &token, number, waba).await?;
    let mut tx = Tx::begin(env, actor.workspace).await?;
    let (_, mut widget) = lock(&tx, id).await?;
    if widget.archived_at.is_some() || widget.phone_number_id != seen.phone_number_id {
        return Err(Error::Conflict);
    }
    let place = token_row(&widget);
    widget.access_token = Some(env.keyring.seal(token_place(&place), &token));
    widget.display_phone_number.clone_from(&shown.number.display_phone_number);
    widget.verified_name.clone_from(&shown.number.verified_name);
    save(&mut tx, &widget).await?;
    health::linked(&mut tx, &widget, &shown).await?;
    tx.commit().await
}
