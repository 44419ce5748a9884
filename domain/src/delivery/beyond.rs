//! What an error of Meta's means beyond the message that met it: the gate of its number or account closes, or the
//! number's health changes. It may come as an answer, in a status, or in a webhook of its own.

use chrono::TimeDelta;
use whatsapp::{ErrorClass, GraphError};

use crate::clock::Time;
use crate::error::Result;
use crate::gate::{self, GateKey, Reason};
use crate::health;
use crate::id::WidgetId;
use crate::tx::Tx;

/// The longest that Meta may ask a number, a pair or an account to wait.
const LONGEST_WISH: TimeDelta = TimeDelta::hours(1);

/// Stops what the error stops, if it is more than the message. `began` is when the call that met it did: what has been mended since is left alone.
pub(crate) async fn beyond(
    tx: &mut Tx<'_>,
    widget: &entity::widget::Model,
    error: &GraphError,
    began: Time,
) -> Result<()> {
    let number = GateKey::number(WidgetId(widget.id));
    let class = whatsapp::classify(error);
    match class {
        ErrorClass::ThrottleNumber => {
            gate::back_off(tx, &number, Reason::Throttled, retry_after(error), began).await?;
        }
        ErrorClass::ThrottleAccount => {
            let account = widget.waba_id.as_deref().map_or(number, GateKey::account);
            let asked_for = regain(error).or(retry_after(error));
            gate::back_off(tx, &account, Reason::Throttled, asked_for, began).await?;
        }
        ErrorClass::Reauthorize | ErrorClass::Registration | ErrorClass::Integrity => {
            health::failed(tx, widget, class, error, began).await?;
        }
        ErrorClass::ThrottlePair
        | ErrorClass::Transient
        | ErrorClass::Window
        | ErrorClass::Recipient
        | ErrorClass::Payload
        | ErrorClass::UnknownPermanent => {}
    }
    Ok(())
}

pub(super) fn retry_after(error: &GraphError) -> Option<TimeDelta> {
    let seconds = i64::try_from(error.retry_after?).unwrap_or(i64::MAX);
    Some(TimeDelta::try_seconds(seconds).unwrap_or(LONGEST_WISH).min(LONGEST_WISH))
}

fn regain(error: &GraphError) -> Option<TimeDelta> {
    let minutes = error.regain_access_minutes.filter(|minutes| *minutes > 0)?;
    let minutes = i64::try_from(minutes).unwrap_or(i64::MAX);
    Some(TimeDelta::try_minutes(minutes).unwrap_or(LONGEST_WISH).min(LONGEST_WISH))
}
