//! "Look again": pokes between rooms and nodes that carry ids and never a value.
//!
//! Losing every hint costs a second, never data: whoever waits also looks by itself. On PostgreSQL
//! one task coalesces a node's hints for a few milliseconds and sends one NOTIFY outside the writing
//! transactions; one connection listens. SQLite has one process, so the same pokes stay inside.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, mpsc, watch};
use uuid::Uuid;

use crate::clock::Time;
use crate::id::WorkspaceId;
use crate::job::Queue;

/// Where to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Hint {
    /// New events of a workspace.
    Feed(WorkspaceId),
    /// New jobs of a queue.
    Queue(Queue),
    /// New webhook bodies.
    Ledger,
}

/// Sends and receives hints. Clones share everything.
#[derive(Clone)]
pub struct Hints(Arc<Shared>);

struct Shared {
    feeds: Mutex<HashMap<WorkspaceId, watch::Sender<()>>>,
    queues: [Arc<Notify>; Queue::ALL.len()],
    ledger: Notify,
    ticker: Notify,
    next_look: Mutex<Option<Time>>,
    outbox: Mutex<Option<mpsc::UnboundedSender<Hint>>>,
    node: Uuid,
}

impl Default for Hints {
    fn default() -> Self {
        Self(Arc::new(Shared {
            feeds: Mutex::default(),
            queues: Default::default(),
            ledger: Notify::new(),
            ticker: Notify::new(),
            next_look: Mutex::default(),
            outbox: Mutex::default(),
            node: Uuid::new_v4(),
        }))
    }
}

impl Hints {
    /// Pokes this node, and the others if they are connected.
    pub fn send(&self, hint: Hint) {
        self.poke(hint);
        if let Some(outbox) = lock(&self.0.outbox).as_ref() {
            // A closed outbox means that the program is going down.
            let _ = outbox.send(hint);
        }
    }

    fn poke(&self, hint: Hint) {
        match hint {
            Hint::Feed(workspace) => {
                if let Some(feed) = lock(&self.0.feeds).get(&workspace) {
                    feed.send_replace(());
                }
            }
            Hint::Queue(queue) => self.queue(queue).notify_one(),
            Hint::Ledger => self.0.ledger.notify_one(),
        }
    }

    /// Marks every later poke of a workspace's feed as changed in the receiver.
    #[must_use]
    pub fn feed(&self, workspace: WorkspaceId) -> watch::Receiver<()> {
        let mut feeds = lock(&self.0.feeds);
        feeds.retain(|_, sender| sender.receiver_count() > 0);
        feeds.entry(workspace).or_insert_with(|| watch::channel(()).0).subscribe()
    }

    /// Woken when a queue has new jobs.
    #[must_use]
    pub fn queue(&self, queue: Queue) -> Arc<Notify> {
        self.0.queues[queue as usize].clone()
    }

    /// Waits for new webhook bodies.
    pub async fn ledger(&self) {
        self.0.ledger.notified().await;
    }

    /// Asks this node's ticker to look at rule time `at`.
    pub fn look_at(&self, at: Time) {
        let mut next = lock(&self.0.next_look);
        if next.is_none_or(|next| at < next) {
            *next = Some(at);
            self.0.ticker.notify_one();
        }
    }

    /// Asks this node's ticker to look now: a manual clock was moved.
    pub fn look_now(&self) {
        self.0.ticker.notify_one();
    }

    /// The earliest time somebody asked for, forgotten by being read.
    pub(crate) fn take_next_look(&self) -> Option<Time> {
        lock(&self.0.next_look).take()
    }

    /// Waits until the ticker is asked to look.
    pub(crate) async fn ticker(&self) {
        self.0.ticker.notified().await;
    }

    /// Connects this node to the others. Runs until it is dropped; a lost connection is made again.
    pub async fn connect(&self, url: &str, writer: &sea_orm::DatabaseConnection) {
        let (outbox, inbox) = mpsc::unbounded_channel();
        *lock(&self.0.outbox) = Some(outbox);
        tokio::join!(self.broadcast(inbox, writer), self.listen(url));
    }

    async fn broadcast(
        &self,
        mut inbox: mpsc::UnboundedReceiver<Hint>,
        writer: &sea_orm::DatabaseConnection,
    ) {
        while let Some(first) = inbox.recv().await {
            // Many commits within a few milliseconds become one NOTIFY.
            tokio::time::sleep(Duration::from_millis(3)).await;
            let mut hints = BTreeSet::from([first]);
            while let Ok(hint) = inbox.try_recv() {
                hints.insert(hint);
            }
            for part in hints.iter().map(|hint| spell(*hint)).collect::<Vec<_>>().chunks(100) {
                let payload = format!("{} {}", self.0.node.simple(), part.join(" "));
                let notify =
                    crate::database::statement(writer, "SELECT pg_notify('colloquy', $1)", [payload.into()]);
                if let Err(error) = sea_orm::ConnectionTrait::execute_raw(writer, notify).await {
                    tracing::warn!(%error, "other nodes were not notified; they look by themselves within a second");
                }
            }
        }
    }

    async fn listen(&self, url: &str) {
        loop {
            if let Err(error) = self.listen_once(url).await {
                tracing::warn!(%error, "lost the connection that listens for other nodes; connecting again");
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    async fn listen_once(&self, url: &str) -> Result<(), sea_orm::SqlxError> {
        let mut listener = sea_orm::sqlx::postgres::PgListener::connect(url).await?;
        listener.listen("colloquy").await?;
        loop {
            let note = listener.recv().await?;
            let mut words = note.payload().split(' ');
            if words.next() == Some(&self.0.node.simple().to_string()) {
                continue;
            }
            words.filter_map(read).for_each(|hint| self.poke(hint));
        }
    }
}

fn spell(hint: Hint) -> String {
    match hint {
        Hint::Feed(workspace) => format!("feed:{}", workspace.0.simple()),
        Hint::Queue(queue) => format!("queue:{}", queue.as_str()),
        Hint::Ledger => "ledger".into(),
    }
}

fn read(word: &str) -> Option<Hint> {
    match word.split_once(':') {
        Some(("feed", id)) => Uuid::parse_str(id).ok().map(|id| Hint::Feed(WorkspaceId(id))),
        Some(("queue", name)) => Queue::ALL.into_iter().find(|queue| queue.as_str() == name).map(Hint::Queue),
        None if word == "ledger" => Some(Hint::Ledger),
        _ => None,
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // Nothing in here panics while it holds a lock, so a poisoned one is still whole.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
