//! The thread as people read it.

use async_graphql::{SimpleObject, Union};
use domain::conversation::timeline::Entry;

use crate::graphql::human_wait::HumanWait;
use crate::graphql::message::Message;
use crate::graphql::note::Note;
use crate::graphql::session::Session;

/// One thing in the thread of a conversation.
#[derive(Union)]
pub enum TimelineItem {
    /// Somebody wrote.
    Message(Message),
    /// A session opened.
    SessionOpening(SessionOpening),
    /// A session closed.
    SessionClosing(SessionClosing),
    /// A person became responsible.
    HumanWaitStart(HumanWaitStart),
    /// A person's responsibility ended.
    HumanWaitEnd(HumanWaitEnd),
    /// A member wrote a note for colleagues.
    Note(Note),
}

/// The place in the thread where a session opened.
#[derive(SimpleObject)]
pub struct SessionOpening {
    /// The session as it is now; `openedAt` tells when.
    session: Session,
}

/// The place in the thread where a session closed.
#[derive(SimpleObject)]
pub struct SessionClosing {
    /// The session; `closedAt` and `closeReason` tell when and why.
    session: Session,
}

/// The place in the thread where a person became responsible.
#[derive(SimpleObject)]
pub struct HumanWaitStart {
    /// The wait as it is now; `startedAt` and `reason` tell when and why.
    human_wait: HumanWait,
}

/// The place in the thread where a person's responsibility ended, by hand back or close.
#[derive(SimpleObject)]
pub struct HumanWaitEnd {
    /// The wait; `endedAt` tells when.
    human_wait: HumanWait,
}

impl From<Entry> for TimelineItem {
    fn from(entry: Entry) -> Self {
        match entry {
            Entry::Message(row) => Self::Message((*row).into()),
            Entry::SessionOpened(row) => Self::SessionOpening(SessionOpening { session: row.into() }),
            Entry::SessionClosed(row) => Self::SessionClosing(SessionClosing { session: row.into() }),
            Entry::WaitStarted(row) => Self::HumanWaitStart(HumanWaitStart { human_wait: row.into() }),
            Entry::Note(row) => Self::Note(row.into()),
            Entry::WaitEnded(row) => Self::HumanWaitEnd(HumanWaitEnd { human_wait: row.into() }),
        }
    }
}
