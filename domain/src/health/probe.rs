//! Asking Meta how a number is doing, every five minutes.
//!
//! The answer decides, but a disconnection and a restriction stand whatever it is: Meta still shows such a number as
//! connected.

use chrono::TimeDelta;
use whatsapp::{CallError, ErrorClass, PhoneNumber, classify};

use super::{PROBE_AGAIN, PROBE_EVERY, State, Why, change, lock, refused, subscription};
use crate::env::Env;
use crate::error::{Error, Result};
use crate::gate::{self, pace};
use crate::id::{WidgetId, WorkspaceId};
use crate::scope::Scope;
use crate::tx::Tx;
use crate::widget;

/// Asks about the number and, once an hour, about its subscription. Does nothing when neither is due.
///
/// # Errors
/// NOT_FOUND; the database's. What Meta answers is no error here.
pub async fn probe(env: &Env, workspace: WorkspaceId, id: WidgetId) -> Result<()> {
    let scope = Scope::of(env, workspace);
    let widget = widget::load(&scope, &[id]).await?.pop().ok_or(Error::NotFound)?;
    let token = widget::access_token(env, &widget)?;
    let (Some(number), Some(token), None) = (&widget.phone_number_id, token, widget.archived_at) else {
        return claim(env, workspace, id, PROBE_EVERY).await.map(drop);
    };
    let Some(seen) = claim(env, workspace, id, PROBE_AGAIN).await? else { return Ok(()) };
    let answer = env.outside.graph().phone_number(&token, number).await;
    let shown = match seen.subscription_due_at.is_some_and(|at| at <= env.clock.now()) {
        true => Some(subscription::look(env, &token, widget.waba_id.as_deref()).await),
        false => None,
    };
    let mut tx = Tx::begin(env, workspace).await?;
    let Some(mut row) = lock(&tx, id).await? else { return Ok(()) };
    if row.revision != seen.revision || row.mended_at != seen.mended_at {
        // Something happened while Meta answered: perhaps after it looked.
        let now = tx.now();
        row.probe_due_at = Some(now);
        tx.due(now);
        tx.save(&row).await?;
        return tx.commit().await.map(drop);
    }
    if let Some(shown) = shown {
        subscription::note(&mut tx, &mut row, &shown)?;
    }
    conclude(&mut tx, row, answer).await?;
    tx.commit().await.map(drop)
}

/// Takes a probe that is due: while Meta lets it wait, nobody else asks the same. `again` is when it is due next, if
/// nobody writes what came out.
async fn claim(
    env: &Env,
    workspace: WorkspaceId,
    id: WidgetId,
    again: TimeDelta,
) -> Result<Option<entity::widget_health::Model>> {
    let mut tx = Tx::begin(env, workspace).await?;
    let now = tx.now();
    let due = |row: &entity::widget_health::Model| row.probe_due_at.is_some_and(|at| at <= now);
    let Some(mut row) = lock(&tx, id).await?.filter(due) else { return Ok(None) };
    row.probe_due_at = Some(now + again);
    tx.save(&row).await?;
    tx.commit().await?;
    Ok(Some(row))
}

async fn conclude(
    tx: &mut Tx<'_>,
    mut row: entity::widget_health::Model,
    answer: std::result::Result<PhoneNumber, CallError>,
) -> Result<()> {
    let now = tx.now();
    match answer {
        Ok(number) => {
            row.probe_due_at = Some(now + PROBE_EVERY);
            row.probed_at = Some(now);
            let (seen, why) = judge(&number).err().unwrap_or((State::Connected, Why::default()));
            learn(tx, &mut row, &number).await?;
            change(tx, &mut row, seen, why).await
        }
        Err(CallError::Refused(error)) => {
            let class = classify(&error);
            if matches!(class, ErrorClass::Reauthorize | ErrorClass::Registration | ErrorClass::Integrity) {
                row.probed_at = Some(now);
                return refused(tx, &mut row, class, &error).await;
            }
            row.probe_due_at = Some(now + PROBE_AGAIN);
            Ok(tx.save(&row).await?)
        }
        Err(CallError::NotWritten { .. } | CallError::Unknown { .. }) => {
            row.probe_due_at = Some(now + PROBE_AGAIN);
            Ok(tx.save(&row).await?)
        }
    }
}

/// What Meta says of a number that it shows: whether it can be used, or what it is instead.
///
/// # Errors
/// The state, and why, of one that cannot.
pub(crate) fn judge(number: &PhoneNumber) -> std::result::Result<(), (State, Why)> {
    let why = |what: &str, is: &str| Why {
        code: None,
        text: Some(format!("Meta shows the number's {what} as {is}")),
    };
    match number.status.as_deref() {
        Some(status @ ("BANNED" | "RESTRICTED")) => return Err((State::Restricted, why("status", status))),
        Some(status @ ("DISCONNECTED" | "DELETED" | "MIGRATED" | "PENDING" | "UNVERIFIED")) => {
            return Err((State::NeedsSetup, why("status", status)));
        }
        _ => {}
    }
    match number.platform_type.as_deref() {
        Some(platform) if platform != "CLOUD_API" => Err((State::NeedsSetup, why("platform", platform))),
        _ => Ok(()),
    }
}

/// Keeps what Meta tells beside.
pub(crate) async fn learn(
    tx: &Tx<'_>,
    row: &mut entity::widget_health::Model,
    number: &PhoneNumber,
) -> Result<()> {
    row.quality.clone_from(&number.quality_rating);
    row.on_business_app = number.is_on_biz_app.or(row.on_business_app);
    // Where Meta does not tell, the slower pace is the safe one.
    let per_second = if row.on_business_app == Some(false) { pace::CLOUD } else { pace::COEXISTING };
    gate::set_pace(tx, WidgetId(row.widget_id), per_second).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(status: Option<&str>, platform: Option<&str>) -> PhoneNumber {
        PhoneNumber {
            status: status.map(str::to_owned),
            platform_type: platform.map(str::to_owned),
            ..PhoneNumber::default()
        }
    }

    #[test]
    fn only_what_meta_calls_unusable_is_not_connected() {
        for fine in [(None, None), (Some("CONNECTED"), Some("CLOUD_API")), (Some("FLAGGED"), None)] {
            assert!(judge(&number(fine.0, fine.1)).is_ok(), "{fine:?}");
        }
        let state = |status, platform| judge(&number(status, platform)).unwrap_err().0;
        assert_eq!(state(Some("BANNED"), None), State::Restricted);
        assert_eq!(state(Some("DISCONNECTED"), Some("CLOUD_API")), State::NeedsSetup);
        assert_eq!(state(Some("CONNECTED"), Some("NOT_APPLICABLE")), State::NeedsSetup);
    }
}
