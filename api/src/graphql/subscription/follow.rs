//! Following the feed: what was missed, then what happens, with signs of progress between.
//!
//! Invariant: every position after the first cursor is looked at exactly once, in order. A hint only says
//! "look"; losing one costs a second. Nothing is held in memory beyond one page.

use std::collections::VecDeque;
use std::time::Duration;

use async_graphql::Result;
use domain::feed::{self, Entry, Filter};
use domain::{Env, Scope, telemetry};
use futures_util::{Stream, stream};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use crate::graphql::cursor::Cursor;
use crate::graphql::error::resync_required;
use crate::graphql::operation::Operation;

/// Silence before a sign of progress: below the promised ten seconds by what a slow read may take.
const PROGRESS: Duration = Duration::from_secs(8);
/// The first sign of progress comes soon, so that a client has a cursor although nothing happens.
const FIRST_PROGRESS: Duration = Duration::from_secs(1);
/// How long a lost hint may go unnoticed.
const LOOK: Duration = Duration::from_secs(1);
/// Events per read.
const PAGE: u64 = 100;

/// An event that is wanted, or a sign of progress.
pub(super) struct Mark {
    /// Up to here everything was sent.
    pub cursor: Cursor,
    /// What happened.
    pub entry: Option<Entry>,
}

/// Follows the feed from a cursor, or from where it stands now.
pub(super) async fn follow<'a>(
    env: &Env,
    operation: &'a Operation,
    after: Option<Cursor>,
    filter: Filter,
) -> Result<impl Stream<Item = Result<Mark>> + use<'a>> {
    let scope = operation.scope.clone();
    // Before anything is read: what is committed after the read pokes this receiver.
    let hints = env.hints.feed(scope.workspace());
    let cursor =
        operation.told(start(&scope, after).await)?.map_err(|lost| resync_required(lost.to_string()))?;
    let reader = Reader {
        scope,
        filter,
        hints,
        cursor,
        waiting: VecDeque::new(),
        progress_at: Instant::now() + FIRST_PROGRESS,
        _open: Open::new(),
    };
    Ok(stream::unfold(Some(reader), move |reader| async move {
        let mut reader = reader?;
        match reader.next().await {
            Ok(Ok(mark)) => Some((Ok(mark), Some(reader))),
            Ok(Err(lost)) => Some((Err(resync_required(lost.to_string())), None)),
            Err(fault) => Some((Err(operation.tell(&fault)), None)),
        }
    }))
}

async fn start(
    scope: &Scope,
    after: Option<Cursor>,
) -> domain::Result<std::result::Result<feed::Cursor, feed::Lost>> {
    match after {
        None => {
            let head = feed::head(scope).await?;
            let workspace = scope.workspace();
            Ok(Ok(feed::Cursor { workspace, generation: head.generation, position: head.last }))
        }
        Some(Cursor(text)) => match text.parse::<feed::Cursor>() {
            Ok(cursor) => Ok(feed::resume(scope, &cursor).await?.map(|()| cursor)),
            Err(lost) => Ok(Err(lost)),
        },
    }
}

struct Reader {
    scope: Scope,
    filter: Filter,
    hints: watch::Receiver<()>,
    cursor: feed::Cursor,
    waiting: VecDeque<Entry>,
    progress_at: Instant,
    _open: Open,
}

impl Reader {
    async fn next(&mut self) -> domain::Result<std::result::Result<Mark, feed::Lost>> {
        loop {
            while let Some(entry) = self.waiting.pop_front() {
                self.cursor.position = entry.position;
                if self.filter.wants(&entry.event) {
                    return Ok(Ok(self.mark(Some(entry))));
                }
                if self.progress_at <= Instant::now() {
                    return Ok(Ok(self.mark(None)));
                }
            }
            self.hints.mark_unchanged();
            match feed::after(&self.scope, self.cursor.position, PAGE).await {
                Ok(entries) => self.waiting.extend(entries),
                Err(fault) => match feed::resume(&self.scope, &self.cursor).await? {
                    // Pruned under a reader that was too slow.
                    Err(lost) => return Ok(Err(lost)),
                    Ok(()) => return Err(fault),
                },
            }
            if !self.waiting.is_empty() {
                continue;
            }
            if self.progress_at <= Instant::now() {
                return Ok(Ok(self.mark(None)));
            }
            let look = self.progress_at.min(Instant::now() + LOOK);
            tokio::select! {
                changed = self.hints.changed() => {
                    // The sender lives as long as a receiver does; without it the timer is what remains.
                    if changed.is_err() {
                        sleep_until(look).await;
                    }
                }
                () = sleep_until(look) => {}
            }
        }
    }

    fn mark(&mut self, entry: Option<Entry>) -> Mark {
        self.progress_at = Instant::now() + PROGRESS;
        Mark { cursor: self.cursor.into(), entry }
    }
}

/// Counts the stream as long as it lives.
struct Open;

impl Open {
    fn new() -> Self {
        telemetry::subscriptions(1.0);
        Self
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        telemetry::subscriptions(-1.0);
    }
}
