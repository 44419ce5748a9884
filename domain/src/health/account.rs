//! What Meta tells about a whole account: it left, came back, was removed or restricted.
//!
//! Applied in the order of arrival, never by Meta's times: a return may be dated before the departure. A probe follows at
//! once, and its answer decides; but a disconnection or a restriction lasts until Meta or a person takes it back.

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
    let is = State::read(&row)?;
    let seen = match update.event.as_deref() {
        Some("ACCOUNT_OFFBOARDED") => State::Offboarded,
        Some("ACCOUNT_RECONNECTED") => {
            row.offboarded = false;
            row.disconnected = false;
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
            Some("REINSTATE") => {
                row.restricted = false;
                if is == State::Restricted { State::Connected } else { is }
            }
            _ => return Ok(()),
        },
        Some("ACCOUNT_RESTRICTION")
            if update.restrictions.iter().any(|restriction| restriction.kind == NO_ANSWERS) =>
        {
            State::Restricted
        }
        _ => return Ok(()),
    };
    row.probe_due_at = Some(tx.now());
    let why = match seen {
        State::Connected => Why::default(),
        _ if seen == is => Why::kept(&row),
        _ => Why { code: None, text: Some(told(update)) },
    };
    change(tx, &mut row, seen, why).await
}

/// A sentence for people.
fn told(update: &AccountUpdate) -> String {
    let event = update.event.as_deref().unwrap_or_default();
    match update.detail() {
        Some(detail) => format!("Meta reported {event} ({detail})"),
        None => format!("Meta reported {event}"),
    }
}
