//! What Meta tells about a whole account: it left, came back, was removed or restricted.
//!
//! Applied in the order of arrival, never by Meta's times: a return may be dated before the departure. Where Meta can
//! be asked, a probe follows at once and its answer decides.

use whatsapp::AccountUpdate;

use super::{State, Why, change, lock};
use crate::error::Result;
use crate::id::WidgetId;
use crate::tx::Tx;

/// The restriction that keeps a business from answering its customers.
const NO_ANSWERS: &str = "RESTRICTED_CUSTOMER_INITIATED_MESSAGING";

/// Applies an update to one number of the account. Most events mean nothing for its health.
pub(crate) async fn updated(tx: &mut Tx<'_>, widget: WidgetId, update: &AccountUpdate) -> Result<()> {
    let Some(mut row) = lock(tx, widget).await? else { return Ok(()) };
    let now = tx.now();
    let is = State::read(&row)?;
    let to = match update.event.as_deref() {
        Some("ACCOUNT_OFFBOARDED") => {
            row.offboarded = true;
            State::Offboarded
        }
        Some("ACCOUNT_RECONNECTED") => {
            row.offboarded = false;
            match is {
                State::Offboarded | State::NeedsSetup | State::Disconnected => State::Connected,
                State::Connected | State::NeedsReauth | State::Restricted => is,
            }
        }
        Some("PARTNER_REMOVED" | "ACCOUNT_DELETED") => State::Disconnected,
        // Perhaps another app of the owner's.
        Some("PARTNER_APP_UNINSTALLED") => is,
        Some("DISABLED_UPDATE") => match update.ban_state.as_deref() {
            Some("DISABLE") => State::Restricted,
            Some("REINSTATE") if is == State::Restricted => State::Connected,
            _ => return Ok(()),
        },
        Some("ACCOUNT_RESTRICTION")
            if update.restrictions.iter().any(|restriction| restriction.kind == NO_ANSWERS) =>
        {
            State::Restricted
        }
        _ => return Ok(()),
    };
    // An account that was removed is asked again later: at once Meta may not know it everywhere yet.
    row.probe_due_at = Some(if to == State::Disconnected { now + super::PROBE_EVERY } else { now });
    let why = match to {
        State::Connected => Why::default(),
        _ if to == is => Why { code: row.error_code, text: row.error_text.clone() },
        _ => Why { code: None, text: Some(told(update)) },
    };
    change(tx, &mut row, to, why).await
}

/// A sentence for people.
fn told(update: &AccountUpdate) -> String {
    let event = update.event.as_deref().unwrap_or_default();
    match update.detail() {
        Some(detail) => format!("Meta reported {event} ({detail})"),
        None => format!("Meta reported {event}"),
    }
}
