//! The thread as people read it: messages, and between them sessions and people coming and going.
//!
//! Invariant: an entry's place never changes once it exists, so pages by place neither repeat nor hide
//! one. Places lean on message numbers only; times of different origin do not sort.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, Condition, QueryFilter};
use uuid::Uuid;

use crate::clock::Time;
use crate::error::Result;
use crate::id::ConversationId;
use crate::message;
use crate::page::{self, Page};
use crate::scope::Scope;

/// Where an entry stands: after a message number, then by what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The message itself, or the last message before the entry (0 before the first one).
    pub number: i64,
    /// What it is.
    pub rank: Rank,
    /// When a wait started or a note was written: only these can share number and rank.
    pub at: Option<Time>,
    /// Which wait or note.
    pub of: Option<Uuid>,
    /// The end of that wait, not its start.
    pub end: bool,
}

/// What may stand between two messages, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rank {
    /// The message with the number.
    Message,
    /// A person comes or goes in the session that is running.
    Running,
    /// A note that was written in the session that is running.
    Noted,
    /// The session closes.
    Closed,
    /// A note that was written while no session was open.
    NotedClosed,
    /// The next session opens.
    Opened,
    /// A person comes with the session that has just opened.
    Fresh,
}

/// One thing in the thread.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    /// A message.
    Message(Box<entity::message::Model>),
    /// A session opened.
    SessionOpened(entity::session::Model),
    /// A session closed.
    SessionClosed(entity::session::Model),
    /// A person became responsible.
    WaitStarted(entity::human_wait::Model),
    /// The person's responsibility ended.
    WaitEnded(entity::human_wait::Model),
    /// A member wrote a note for colleagues.
    Note(entity::note::Model),
}

/// A page of the timeline of each of these conversations, in order.
///
/// # Errors
/// The database's.
pub async fn timeline(
    scope: &Scope,
    conversations: &[ConversationId],
    page: &Page<Place>,
) -> Result<HashMap<ConversationId, Vec<(Place, Entry)>>> {
    let numbers = Page {
        after: page.after.map(|place| place.number),
        // A place between messages has its own number's message before it.
        before: page.before.map(|place| place.number + i64::from(place.rank != Rank::Message)),
        backwards: page.backwards,
        limit: page.limit,
    };
    let mut messages: HashMap<Uuid, Vec<_>> = HashMap::new();
    for message in message::pages(scope, conversations, &numbers).await? {
        messages.entry(message.conversation_id).or_default().push(message);
    }
    // Beyond the last message of a full page nothing is wanted.
    let span = |id: &ConversationId| {
        let found = messages.get(&id.0).map(Vec::as_slice).unwrap_or_default();
        let full = found.len() as u64 >= page.limit;
        let (from, to) = (page.after.map(|place| place.number), page.before.map(|place| place.number));
        match page.backwards {
            false => (from, found.last().filter(|_| full).map(|message| message.number).or(to)),
            true => (found.first().filter(|_| full).map(|message| message.number).or(from), to),
        }
    };
    let sessions = sessions(scope, conversations, &span).await?;
    let waits = waits(scope, conversations, &span).await?;
    let notes = notes(scope, conversations, &span).await?;
    let mut timelines = HashMap::new();
    for id in conversations {
        let messages = messages.get(&id.0).cloned().unwrap_or_default();
        let sessions = sessions.iter().filter(|session| session.conversation_id == id.0).cloned();
        let waits = waits.iter().filter(|wait| wait.conversation_id == id.0).cloned();
        let notes = notes.iter().filter(|note| note.conversation_id == id.0).cloned();
        let between =
            Between { sessions: sessions.collect(), waits: waits.collect(), notes: notes.collect() };
        timelines.insert(*id, merge(page, messages, between));
    }
    Ok(timelines)
}

/// From the gap after one number to the gap after another; None is unbounded.
type Span = (Option<i64>, Option<i64>);

fn within<C: ColumnTrait>(column: C, (from, to): Span, shift: i64) -> Condition {
    let mut condition = Condition::all().add(column.is_not_null());
    if let Some(from) = from {
        condition = condition.add(column.gte(from + shift));
    }
    if let Some(to) = to {
        condition = condition.add(column.lte(to + shift));
    }
    condition
}

async fn sessions(
    scope: &Scope,
    conversations: &[ConversationId],
    span: impl Fn(&ConversationId) -> Span,
) -> Result<Vec<entity::session::Model>> {
    use entity::session::Column;
    let of = |id: &ConversationId| {
        let opened = within(Column::FirstNumber, span(id), 1);
        let closed = within(Column::LastNumber, span(id), 0);
        scope
            .find::<entity::session::Entity>()
            .filter(Column::ConversationId.eq(id.0))
            .filter(Condition::any().add(opened).add(closed))
    };
    page::each(scope, conversations.iter().map(of).collect()).await
}

async fn waits(
    scope: &Scope,
    conversations: &[ConversationId],
    span: impl Fn(&ConversationId) -> Span,
) -> Result<Vec<entity::human_wait::Model>> {
    use entity::human_wait::Column;
    let of = |id: &ConversationId| {
        let started = within(Column::FromNumber, span(id), 1);
        let ended = within(Column::LastNumber, span(id), 0);
        scope
            .find::<entity::human_wait::Entity>()
            .filter(Column::ConversationId.eq(id.0))
            .filter(Condition::any().add(started).add(ended))
    };
    page::each(scope, conversations.iter().map(of).collect()).await
}

async fn notes(
    scope: &Scope,
    conversations: &[ConversationId],
    span: impl Fn(&ConversationId) -> Span,
) -> Result<Vec<entity::note::Model>> {
    use entity::note::Column;
    let of = |id: &ConversationId| {
        let written = within(Column::AfterNumber, span(id), 0);
        scope.find::<entity::note::Entity>().filter(Column::ConversationId.eq(id.0)).filter(written)
    };
    page::each(scope, conversations.iter().map(of).collect()).await
}

/// What stands between the messages.
struct Between {
    sessions: Vec<entity::session::Model>,
    waits: Vec<entity::human_wait::Model>,
    notes: Vec<entity::note::Model>,
}

/// Puts everything into its place and keeps what the page asks for.
fn merge(
    page: &Page<Place>,
    messages: Vec<entity::message::Model>,
    Between { sessions, waits, notes }: Between,
) -> Vec<(Place, Entry)> {
    let opened: HashMap<Uuid, i64> =
        sessions.iter().map(|session| (session.id, session.first_number - 1)).collect();
    let mut entries = Vec::new();
    for wait in waits {
        let edge = |number: i64, end: bool| {
            let fresh = opened.get(&wait.session_id) == Some(&number);
            let rank = if fresh { Rank::Fresh } else { Rank::Running };
            Place { number, rank, at: Some(wait.started_at), of: Some(wait.id), end }
        };
        entries.push((edge(wait.from_number - 1, false), Entry::WaitStarted(wait.clone())));
        if let Some(number) = wait.last_number {
            entries.push((edge(number, true), Entry::WaitEnded(wait)));
        }
    }
    for session in sessions {
        let opened = Place::of(session.first_number - 1, Rank::Opened);
        entries.push((opened, Entry::SessionOpened(session.clone())));
        if let Some(number) = session.last_number {
            entries.push((Place::of(number, Rank::Closed), Entry::SessionClosed(session)));
        }
    }
    for note in notes {
        let rank = if note.in_session { Rank::Noted } else { Rank::NotedClosed };
        let (at, of) = (Some(note.created_at), Some(note.id));
        entries.push((Place { number: note.after_number, rank, at, of, end: false }, Entry::Note(note)));
    }
    let messages = messages.into_iter();
    entries.extend(
        messages.map(|message| (Place::of(message.number, Rank::Message), Entry::Message(Box::new(message)))),
    );
    entries.retain(|(place, _)| {
        page.after.is_none_or(|after| *place > after) && page.before.is_none_or(|before| *place < before)
    });
    entries.sort_by_key(|(place, _)| *place);
    let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
    match page.backwards {
        false => entries.truncate(limit),
        true => drop(entries.drain(..entries.len().saturating_sub(limit))),
    }
    entries
}

impl Place {
    /// The place of anything but a wait or a note.
    #[must_use]
    pub fn of(number: i64, rank: Rank) -> Self {
        Self { number, rank, at: None, of: None, end: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::AuthorKind;

    fn at(second: i64) -> Time {
        Time::from_timestamp(1_772_442_000 + second, 0).unwrap()
    }

    fn message(number: i64) -> entity::message::Model {
        entity::message::Model {
            id: Uuid::from_u128(number.unsigned_abs().into()),
            number,
            author: AuthorKind::Customer.as_str().to_owned(),
            sent_at: at(number),
            received_at: at(number),
            ..entity::message::Model::default()
        }
    }

    fn session(number: i64, first: i64, last: Option<i64>) -> entity::session::Model {
        entity::session::Model {
            id: Uuid::from_u128(100 + u128::from(number.unsigned_abs())),
            workspace_id: Uuid::nil(),
            conversation_id: Uuid::nil(),
            number,
            opened_at: at(0),
            expires_at: at(0),
            closed_at: last.map(|_| at(0)),
            close_reason: None,
            first_number: first,
            last_number: last,
            created_at: at(0),
        }
    }

    fn wait(id: u128, session: i64, from: i64, last: Option<i64>) -> entity::human_wait::Model {
        entity::human_wait::Model {
            id: Uuid::from_u128(200 + id),
            workspace_id: Uuid::nil(),
            conversation_id: Uuid::nil(),
            session_id: Uuid::from_u128(100 + u128::from(session.unsigned_abs())),
            reason: "JOINED".to_owned(),
            from_number: from,
            // All in one moment, as with a clock that stands still.
            started_at: at(0),
            first_reply_at: None,
            ended_at: last.map(|_| at(0)),
            last_number: last,
        }
    }

    fn note(id: u128, after_number: i64, in_session: bool) -> entity::note::Model {
        entity::note::Model {
            id: Uuid::from_u128(300 + id),
            workspace_id: Uuid::nil(),
            conversation_id: Uuid::nil(),
            member_id: None,
            api_token_id: None,
            after_number,
            in_session,
            text: String::new(),
            created_at: at(0),
            edited_at: None,
            deleted_at: None,
        }
    }

    /// Two sessions; the first one has two waits between the messages 2 and 3 and one up to its close,
    /// the second one begins with a person. Notes stand before the first message, within, and after the close.
    fn thread(page: &Page<Place>) -> Vec<(Place, Entry)> {
        let messages = (1..=5).map(message).collect();
        let sessions = vec![session(1, 1, Some(3)), session(2, 4, None)];
        let waits =
            vec![wait(1, 1, 3, Some(2)), wait(2, 1, 3, Some(2)), wait(3, 1, 4, Some(3)), wait(4, 2, 4, None)];
        let notes =
            vec![note(1, 0, false), note(2, 2, true), note(3, 2, true), note(4, 3, true), note(5, 3, false)];
        merge(page, messages, Between { sessions, waits, notes })
    }

    fn page(after: Option<Place>, before: Option<Place>, backwards: bool, limit: u64) -> Page<Place> {
        Page { after, before, backwards, limit }
    }

    fn name(entry: &Entry) -> String {
        match entry {
            Entry::Message(message) => message.number.to_string(),
            Entry::SessionOpened(session) => format!("open {}", session.number),
            Entry::SessionClosed(session) => format!("close {}", session.number),
            Entry::WaitStarted(wait) => format!("start {}", wait.id.as_u128() - 200),
            Entry::WaitEnded(wait) => format!("end {}", wait.id.as_u128() - 200),
            Entry::Note(note) => format!("note {}", note.id.as_u128() - 300),
        }
    }

    #[test]
    fn boundaries_stand_between_the_messages_in_the_order_of_life() {
        let all = thread(&page(None, None, false, 100));
        let names: Vec<_> = all.iter().map(|(_, entry)| name(entry)).collect();
        assert_eq!(
            names,
            [
                "note 1", "open 1", "1", "2", "start 1", "end 1", "start 2", "end 2", "note 2", "note 3",
                "3", "start 3", "end 3", "note 4", "close 1", "note 5", "open 2", "start 4", "4", "5"
            ]
        );
    }

    #[test]
    fn pages_of_every_size_in_both_directions_are_the_whole() {
        let whole = thread(&page(None, None, false, 100));
        for limit in 1..=whole.len() as u64 {
            let mut forwards = Vec::new();
            loop {
                let after = forwards.last().map(|(place, _): &(Place, Entry)| *place);
                let next = thread(&page(after, None, false, limit));
                if next.is_empty() {
                    break;
                }
                forwards.extend(next);
            }
            assert_eq!(forwards, whole, "forwards by {limit}");
            let mut backwards: Vec<(Place, Entry)> = Vec::new();
            loop {
                let before = backwards.first().map(|(place, _)| *place);
                let previous = thread(&page(None, before, true, limit));
                if previous.is_empty() {
                    break;
                }
                backwards.splice(0..0, previous);
            }
            assert_eq!(backwards, whole, "backwards by {limit}");
        }
    }
}
