//! A session as a line of CSV (RFC 4180), and the names of its columns.
//!
//! The names are an interface: new ones are added at the end, none is renamed or moved.

use std::borrow::Cow;

use csv::{Terminator, WriterBuilder};
use domain::conversation::{CloseReason, WaitReason};
use domain::id::{ConversationId, SessionId};
use domain::session::Exported;
use domain::{Error, Result, Time};

use crate::graphql::rfc3339;

const COLUMNS: [&str; 18] = [
    "session_id",
    "number",
    "widget_id",
    "conversation_id",
    "contact_id",
    "contact_name",
    "opened_at",
    "closed_at",
    "close_reason",
    "messages_total",
    "messages_customer",
    "messages_bot",
    "messages_agent",
    "messages_business_app",
    "first_human_reason",
    "resolved_by_bot",
    "first_response_seconds",
    "handling_seconds",
];

/// The line with the names of the columns.
///
/// # Errors
/// None that memory does not run into first.
pub(super) fn header() -> Result<Vec<u8>> {
    lines(std::iter::once(COLUMNS.map(str::to_owned)))
}

/// A line for each session.
///
/// # Errors
/// None that memory does not run into first.
pub(super) fn write(sessions: &[Exported]) -> Result<Vec<u8>> {
    lines(sessions.iter().map(cells))
}

fn lines(lines: impl Iterator<Item = [String; COLUMNS.len()]>) -> Result<Vec<u8>> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    for line in lines {
        writer.write_record(line).map_err(Error::internal)?;
    }
    writer.into_inner().map_err(|error| Error::internal(error.into_error()))
}

fn cells(of: &Exported) -> [String; COLUMNS.len()] {
    let session = &of.session;
    let time = |time: Option<Time>| time.map(rfc3339).unwrap_or_default();
    [
        SessionId(session.id).to_string(),
        session.number.to_string(),
        of.widget.to_string(),
        ConversationId(session.conversation_id).to_string(),
        of.contact.to_string(),
        harmless(of.contact_name.as_deref().unwrap_or_default()).into_owned(),
        rfc3339(session.opened_at),
        time(session.closed_at),
        of.close_reason.map(CloseReason::as_str).unwrap_or_default().to_owned(),
        of.messages.total().to_string(),
        of.messages.customer.to_string(),
        of.messages.bot.to_string(),
        of.messages.agent.to_string(),
        of.messages.business_app.to_string(),
        of.people.first_reason.map(WaitReason::as_str).unwrap_or_default().to_owned(),
        of.people.resolved_by_bot.to_string(),
        of.people.first_response.map(|length| length.num_seconds().to_string()).unwrap_or_default(),
        of.people.handling.num_seconds().to_string(),
    ]
}

/// A text that a spreadsheet does not take for a formula (OWASP, CSV injection): customers choose their names.
fn harmless(text: &str) -> Cow<'_, str> {
    match text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) {
        true => Cow::Owned(format!("'{text}")),
        false => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_like_a_formula_gets_an_apostrophe_and_nothing_else_does() {
        for text in ["=1+1", "+886 2", "-2", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(harmless(text), format!("'{text}"));
        }
        for text in ["", "Ada", "Ada = Bo", "'=1", "王小明", "a@b"] {
            assert_eq!(harmless(text), text);
        }
    }
}
