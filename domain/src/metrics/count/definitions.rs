//! What each figure counts, and by which time. All of them are counted by one statement.

use super::super::tally::Word;
use super::super::{Counts, Rated};
use crate::conversation::WaitReason;
use crate::delivery::Fault;
use crate::message::AuthorKind;

/// A figure that adds up.
pub(super) struct Definition {
    /// What is counted: tables, and which of their rows. `$1` is the workspace.
    pub rows: &'static str,
    /// Whose it is.
    pub widget: &'static str,
    /// The time by which it counts.
    pub at: &'static str,
    /// By what it is told apart: a text.
    pub word: &'static str,
    /// Where so many of a word are added.
    pub add: fn(&mut Counts, &str, i64),
}

pub(super) const ALL: [&Definition; 6] = [&MESSAGES, &OPENED, &CLOSED, &UNANSWERED, &FEEDBACK, &UNDELIVERED];

/// By clock time, whatever became of their delivery; rows that proved to be another message are none, and what Meta says
/// is nobody's. The widgets are the workspace's: an index over them holds all that is read.
const MESSAGES: Definition = Definition {
    rows: "message m WHERE m.duplicate_of IS NULL",
    widget: "m.widget_id",
    at: "m.sent_at",
    word: "m.author",
    add: |counts, author, n| match AuthorKind::parse(author) {
        Some(AuthorKind::Customer) => counts.customer += n,
        Some(AuthorKind::Bot) => counts.bot += n,
        Some(AuthorKind::Agent) => counts.agent += n,
        Some(AuthorKind::BusinessApp) => counts.business_app += n,
        Some(AuthorKind::System) | None => {}
    },
};

/// Sessions, and the first reason for which a person became responsible in them.
const OPENED: Definition = Definition {
    rows: "session s JOIN conversation c ON c.id = s.conversation_id WHERE s.workspace_id = $1",
    widget: "c.widget_id",
    at: "s.opened_at",
    word: "COALESCE((SELECT h.reason FROM human_wait h WHERE h.session_id = s.id ORDER BY h.started_at, h.id LIMIT 1), '')",
    add: |counts, reason, n| {
        counts.conversations += n;
        if let Some(reason) = WaitReason::parse(reason) {
            counts.handed_over.add(reason, n);
        }
    },
};

/// Sessions, and whether a person was ever responsible in them.
const CLOSED: Definition = Definition {
    rows: "session s JOIN conversation c ON c.id = s.conversation_id WHERE s.workspace_id = $1",
    widget: "c.widget_id",
    at: "s.closed_at",
    word: "CASE WHEN EXISTS (SELECT 1 FROM human_wait h WHERE h.session_id = s.id) THEN 'PEOPLE' ELSE 'BOT' END",
    add: |counts, by, n| {
        counts.closed += n;
        if by == "BOT" {
            counts.resolved_by_bot += n;
        }
    },
};

/// Turns by when they ended, if nothing in the company's knowledge answered.
const UNANSWERED: Definition = Definition {
    rows: "turn t JOIN conversation c ON c.id = t.conversation_id \
           WHERE t.workspace_id = $1 AND t.state = 'HANDED_OVER' AND t.reason = 'UNSURE'",
    widget: "c.widget_id",
    at: "t.ended_at",
    word: "''",
    add: |counts, _, n| counts.unanswered += n,
};

/// Ratings by when the rated message was written, so that they stand beside how many there were.
const FEEDBACK: Definition = Definition {
    rows: "feedback f JOIN message m ON m.id = f.message_id WHERE f.workspace_id = $1 AND m.duplicate_of IS NULL",
    widget: "m.widget_id",
    at: "m.sent_at",
    word: "m.author || '_' || f.rating",
    add: |counts, rated, n| {
        if let Some(rated) = Rated::read(rated) {
            counts.feedback.add(rated, n);
        }
    },
};

/// Sends that failed or of which nobody knows, by when they were written. Those from before faults were stored have
/// Meta's code.
const UNDELIVERED: Definition = Definition {
    rows: "delivery d JOIN conversation c ON c.id = d.conversation_id \
           WHERE d.workspace_id = $1 AND d.state IN ('FAILED', 'UNKNOWN')",
    widget: "c.widget_id",
    at: "d.created_at",
    word: "CASE WHEN d.state = 'UNKNOWN' THEN d.state ELSE COALESCE(d.fault, CAST(d.error_code AS TEXT), '') END",
    add: |counts, fault, n| {
        let of_code = || fault.parse().ok().map(Fault::of_code);
        counts.undelivered.add(Fault::parse(fault).or_else(of_code).unwrap_or(Fault::Other), n);
    },
};
