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
    /// When the wait started, for the ends of waits; they alone can share number and rank.
    pub started_at: Option<Time>,
    /// Which wait.
    pub wait: Option<Uuid>,
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
    /// The session closes.
    Closed,
    /// The next session opens.
    Opened,
    /// A person comes with the session that has just opened.
    Fresh,
}

/// One thing in the thread.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    /// A message.
    Message(entity::message::Model),
    /// A session opened.
    SessionOpened(entity::session::Model),
    /// A session closed.
    SessionClosed(entity::session::Model),
    /// A person became responsible.
    WaitStarted(entity::human_wait::Model),
    /// The person's responsibility ended.
    WaitEnded(entity::human_wait::Model),
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
    let mut timelines = HashMap::new();
    for id in conversations {
        let messages = messages.get(&id.0).cloned().unwrap_or_default();
        let sessions = sessions.iter().filter(|session| session.conversation_id == id.0).cloned();
        let waits = waits.iter().filter(|wait| wait.conversation_id == id.0).cloned();
        timelines.insert(*id, merge(page, messages, sessions.collect(), waits.collect()));
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

/// Puts everything into its place and keeps what the page asks for.
fn merge(
    page: &Page<Place>,
    messages: Vec<entity::message::Model>,
    sessions: Vec<entity::session::Model>,
    waits: Vec<entity::human_wait::Model>,
) -> Vec<(Place, Entry)> {
    let opened: HashMap<Uuid, i64> =
        sessions.iter().map(|session| (session.id, session.first_number - 1)).collect();
    let mut entries = Vec::new();
    for wait in waits {
        let edge = |number: i64, end: bool| {
            let fresh = opened.get(&wait.session_id) == Some(&number);
            let rank = if fresh { Rank::Fresh } else { Rank::Running };
            Place { number, rank, started_at: Some(wait.started_at), wait: Some(wait.id), end }
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
    let messages = messages.into_iter();
    entries
        .extend(messages.map(|message| (Place::of(message.number, Rank::Message), Entry::Message(message))));
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
    /// The place of anything but a wait.
    #[must_use]
    pub fn of(number: i64, rank: Rank) -> Self {
        Self { number, rank, started_at: None, wait: None, end: false }
    }
}
