//! The row and the facts: reading one into the other and back.

use super::facts::{Facts, Handler, Mark, Status, status};
use crate::error::Corrupt;

/// Whether the bot of a widget may act now. A disabled channel has demoted its ACTIVE widgets, so the
/// widget alone tells.
#[must_use]
pub fn bot_is_on(widget: &entity::widget::Model) -> bool {
    widget.state == "ACTIVE" && widget.bot_enabled && widget.archived_at.is_none()
}

impl Handler {
    /// As stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bot => "BOT",
            Self::Human => "HUMAN",
        }
    }

    /// Reads a stored handler.
    ///
    /// # Errors
    /// [`Corrupt`] for a text that no rule writes.
    pub fn read(row: &entity::conversation::Model) -> Result<Self, Corrupt> {
        [Self::Bot, Self::Human].into_iter().find(|handler| handler.as_str() == row.handler).ok_or_else(
            || Corrupt {
                table: "conversation",
                id: row.id.to_string(),
                what: format!("handler {}", row.handler),
            },
        )
    }
}

/// Reads the facts of a row.
///
/// # Errors
/// [`Corrupt`] when a column holds what no rule writes.
pub(super) fn read(row: &entity::conversation::Model, bot_on: bool) -> Result<Facts, Corrupt> {
    let corrupt =
        |what: &str| Corrupt { table: "conversation", id: row.id.to_string(), what: what.to_owned() };
    let mark = |number: Option<i64>, at| match (number, at) {
        (Some(number), Some(at)) => Ok(Some(Mark { number, at })),
        (None, None) => Ok(None),
        _ => Err(corrupt("half a mark")),
    };
    Ok(Facts {
        open: row.session_id.is_some(),
        handler: Handler::read(row)?,
        bot_on,
        closed_at: row.last_closed_at,
        bot_since: row.bot_since,
        snoozed_until: row.snoozed_until,
        snooze_elapsed: row.snooze_elapsed,
        human_replied: row.human_replied,
        customer: mark(row.customer_number, row.customer_at)?,
        human: mark(row.human_number, row.human_at)?,
    })
}

/// Writes the facts and the status that follows from them. The session's id is the caller's.
pub(super) fn write(row: &mut entity::conversation::Model, facts: &Facts) {
    status(facts).as_str().clone_into(&mut row.status);
    facts.handler.as_str().clone_into(&mut row.handler);
    row.last_closed_at = facts.closed_at;
    row.bot_since = facts.bot_since;
    row.snoozed_until = facts.snoozed_until;
    row.snooze_elapsed = facts.snooze_elapsed;
    row.human_replied = facts.human_replied;
    row.customer_number = facts.customer.map(|mark| mark.number);
    row.customer_at = facts.customer.map(|mark| mark.at);
    row.human_number = facts.human.map(|mark| mark.number);
    row.human_at = facts.human.map(|mark| mark.at);
}

impl Status {
    /// Reads a stored status.
    ///
    /// # Errors
    /// [`Corrupt`] for a text that no rule writes.
    pub fn read(row: &entity::conversation::Model) -> Result<Self, Corrupt> {
        Self::ALL.into_iter().find(|status| status.as_str() == row.status).ok_or_else(|| Corrupt {
            table: "conversation",
            id: row.id.to_string(),
            what: format!("status {}", row.status),
        })
    }
}
