//! The unit of work: rows, events, jobs and lanes change together or not at all.
//!
//! Invariants. No write without its event, no work without its job. Locks are taken in the order
//! channel, widget, contact, conversation (by id), session, turn and delivery under it, training
//! ticket, document (by id), health, gates, lanes (by
//! kind and key), feed: `commit` takes the last two itself, so a step cannot get them wrong.
//! A [`SystemTx`] serves every workspace: it writes only ledger, element, gate, lane and job rows and
//! announces nothing.

use std::collections::BTreeMap;

use sea_orm::sea_query::LockType;
use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ConnectionTrait, DatabaseTransaction, EntityTrait,
    IntoActiveModel, QuerySelect, Select,
};

use crate::clock::Time;
use crate::env::Env;
use crate::error::{Error, Result};
use crate::event::Event;
use crate::feed::{self, Cursor};
use crate::id::WorkspaceId;
use crate::job::{self, Job};
use crate::lane::{self, LaneKey};
use crate::scope::{self, Scoped};
use crate::seam::{self, Seam};
use crate::{hint::Hint, trace};

/// A transaction of one workspace.
pub struct Tx<'e> {
    /// The surroundings.
    pub env: &'e Env,
    /// Whose rows it may touch.
    pub workspace: WorkspaceId,
    /// What its events follow back to: the webhook or the request that caused it (see [`trace`]).
    pub trace: Option<String>,
    db: DatabaseTransaction,
    now: Option<Time>,
    events: Vec<Event>,
    tail: Tail,
    #[cfg(debug_assertions)]
    _open: one_at_a_time::Open,
}

/// A transaction of no workspace, for the ledger, the lanes and the ticker.
pub struct SystemTx<'e> {
    /// The surroundings.
    pub env: &'e Env,
    db: DatabaseTransaction,
    tail: Tail,
    #[cfg(debug_assertions)]
    _open: one_at_a_time::Open,
}

/// What `commit` writes last, in lock order.
#[derive(Default)]
struct Tail {
    lanes: BTreeMap<LaneKey, LaneWork>,
    jobs: Vec<Job>,
    due: Option<Time>,
}

enum LaneWork {
    Wake,
    Hurry,
    Renew { token: i64 },
}

/// What a committed transaction leaves behind.
#[derive(Debug, Clone)]
pub struct Committed {
    /// The position of its last event: read your own writes. None when it changed nothing.
    pub cursor: Option<Cursor>,
}

impl<'e> Tx<'e> {
    /// Begins.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when no connection can be had.
    pub async fn begin(env: &'e Env, workspace: WorkspaceId) -> Result<Tx<'e>> {
        Ok(Tx {
            #[cfg(debug_assertions)]
            _open: one_at_a_time::Open::new(),
            db: env.database.begin().await?,
            env,
            workspace,
            trace: trace::current(),
            now: None,
            events: Vec::new(),
            tail: Tail::default(),
        })
    }

    /// Where statements run.
    pub fn db(&self) -> &DatabaseTransaction {
        &self.db
    }

    /// Starts a query that sees only this workspace.
    pub fn find<E: Scoped>(&self) -> Select<E> {
        scope::within::<E>(self.workspace)
    }

    /// The rule time of this transaction: read once, after the rows that matter are locked.
    pub fn now(&mut self) -> Time {
        *self.now.get_or_insert_with(|| self.env.clock.now())
    }

    /// Reads rule time now, but never before `floor` (the last time that a locked row has seen).
    pub(crate) fn read_now_after(&mut self, floor: Time) {
        let now = self.now.unwrap_or_else(|| self.env.clock.now());
        self.now = Some(now.max(floor));
    }

    /// Records that something happened. Written with its position at commit.
    pub fn announce(&mut self, event: Event) {
        self.events.push(event);
    }

    /// Records work; it exists if and only if this commits.
    pub fn enqueue(&mut self, job: Job) {
        self.tail.jobs.push(job);
    }

    /// Records that a lane has work.
    pub fn wake(&mut self, lane: LaneKey) {
        self.tail.lanes.entry(lane).or_insert(LaneWork::Wake);
    }

    /// Records that what a parked lane waited for is settled.
    pub fn hurry(&mut self, lane: LaneKey) {
        self.tail.lanes.entry(lane).or_insert(LaneWork::Hurry);
    }

    /// Makes the commit depend on still holding `lane`, and renews its lease.
    pub fn renew(&mut self, lane: LaneKey, token: i64) {
        self.tail.lanes.insert(lane, LaneWork::Renew { token });
    }

    /// Tells this node's ticker to look at `at`.
    pub fn due(&mut self, at: Time) {
        self.tail.due = Some(self.tail.due.map_or(at, |due| due.min(at)));
    }

    /// Writes a new row.
    ///
    /// # Errors
    /// The database's.
    pub async fn insert<M, A>(&self, row: M) -> Result<(), sea_orm::DbErr>
    where
        M: IntoActiveModel<A>,
        A: ActiveModelTrait + ActiveModelBehavior + Send,
    {
        <A::Entity as EntityTrait>::insert(row.into_active_model()).exec_without_returning(&self.db).await?;
        Ok(())
    }

    /// Writes a changed row back whole; the caller holds its lock.
    ///
    /// # Errors
    /// The database's; a vanished row is one.
    pub async fn save<M, A>(&self, row: &M) -> Result<(), sea_orm::DbErr>
    where
        M: IntoActiveModel<A> + Clone,
        A: ActiveModelTrait + ActiveModelBehavior + Send,
        <A::Entity as EntityTrait>::Model: IntoActiveModel<A>,
    {
        row.clone().into_active_model().reset_all().update(&self.db).await?;
        Ok(())
    }

    /// One row of a statement that always gives one.
    pub(crate) async fn db_one<const N: usize>(
        &self,
        sql: &str,
        values: [sea_orm::Value; N],
    ) -> Result<sea_orm::QueryResult> {
        let row = self.db.query_one_raw(crate::database::statement(&self.db, sql, values)).await?;
        row.ok_or_else(|| Error::internal("a statement that always gives a row gave none"))
    }

    /// Lanes, jobs, events, COMMIT, then the hints.
    ///
    /// # Errors
    /// [`Error::Conflict`] when a held lane was lost, else the database's; nothing is written then.
    pub async fn commit(self) -> Result<Committed> {
        let Self { env, workspace, trace, db, now, events, tail, .. } = self;
        seam::take(workspace, Seam::BeforeTail)?;
        let (jobs, due) = write_tail(env, &db, tail).await?;
        let cursor = match events.is_empty() {
            true => None,
            false => {
                let now = now.unwrap_or_else(|| env.clock.now());
                Some(feed::append(&db, workspace, &events, trace.as_deref(), now).await?)
            }
        };
        seam::after_feed().await;
        seam::take(workspace, Seam::BeforeCommit)?;
        db.commit().await?;
        seam::take(workspace, Seam::AfterCommit)?;
        if cursor.is_some() {
            env.hints.send(Hint::Feed(workspace));
        }
        give_hints(env, &jobs, due);
        Ok(Committed { cursor })
    }
}

impl<'e> SystemTx<'e> {
    /// Begins.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when no connection can be had.
    pub async fn begin(env: &'e Env) -> Result<SystemTx<'e>> {
        Ok(SystemTx {
            #[cfg(debug_assertions)]
            _open: one_at_a_time::Open::new(),
            db: env.database.begin().await?,
            env,
            tail: Tail::default(),
        })
    }

    /// Where statements run.
    pub fn db(&self) -> &DatabaseTransaction {
        &self.db
    }

    /// Records work.
    pub fn enqueue(&mut self, job: Job) {
        self.tail.jobs.push(job);
    }

    /// Records that a lane has work.
    pub fn wake(&mut self, lane: LaneKey) {
        self.tail.lanes.entry(lane).or_insert(LaneWork::Wake);
    }

    /// Makes the commit depend on still holding `lane`, and renews its lease.
    pub fn renew(&mut self, lane: LaneKey, token: i64) {
        self.tail.lanes.insert(lane, LaneWork::Renew { token });
    }

    /// Tells this node's ticker to look at `at`.
    pub fn due(&mut self, at: Time) {
        self.tail.due = Some(self.tail.due.map_or(at, |due| due.min(at)));
    }

    /// Lanes, jobs, COMMIT, then the hints.
    ///
    /// # Errors
    /// [`Error::Conflict`] when a held lane was lost, else the database's; nothing is written then.
    pub async fn commit(self) -> Result<()> {
        let (jobs, due) = write_tail(self.env, &self.db, self.tail).await?;
        self.db.commit().await?;
        give_hints(self.env, &jobs, due);
        Ok(())
    }
}

async fn write_tail(env: &Env, db: &DatabaseTransaction, tail: Tail) -> Result<(Vec<Job>, Option<Time>)> {
    let mut jobs = tail.jobs;
    for (key, work) in tail.lanes {
        match work {
            LaneWork::Wake => jobs.extend(lane::wake(db, &key).await?),
            LaneWork::Hurry => jobs.extend(lane::hurry(db, &key).await?),
            LaneWork::Renew { token } => {
                if !lane::renew(env, db, &key, token).await? {
                    return Err(Error::Conflict);
                }
            }
        }
    }
    job::insert(db, &jobs).await?;
    Ok((jobs, tail.due))
}

fn give_hints(env: &Env, jobs: &[Job], due: Option<Time>) {
    for job in jobs {
        env.hints.send(Hint::Queue(job.queue()));
    }
    if let Some(due) = due {
        env.hints.look_at(due);
    }
}

/// Locks the rows of a query on PostgreSQL; SQLite's writer is alone anyway. Keys never change, so foreign
/// keys that point here stay checkable: a plain FOR UPDATE would deadlock with them.
pub(crate) fn locked<E: EntityTrait>(select: Select<E>) -> Select<E> {
    select.lock(LockType::NoKeyUpdate)
}

/// Keeps others from changing the rows of a query, not from reading or sharing them.
pub(crate) fn shared<E: EntityTrait>(select: Select<E>) -> Select<E> {
    select.lock_shared()
}

/// Whether this database takes row locks.
pub(crate) fn has_row_locks(db: &impl ConnectionTrait) -> bool {
    db.get_database_backend() == sea_orm::DbBackend::Postgres
}

#[cfg(debug_assertions)]
mod one_at_a_time {
    //! A `begin` while the same task has a transaction open would deadlock on SQLite's one writer.

    use std::collections::HashSet;
    use std::sync::Mutex;

    static OPEN: Mutex<Option<HashSet<tokio::task::Id>>> = Mutex::new(None);

    pub(super) struct Open(Option<tokio::task::Id>);

    impl Open {
        pub(super) fn new() -> Self {
            let task = tokio::task::try_id();
            if let Some(task) = task {
                let mut open = OPEN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                let fresh = open.get_or_insert_default().insert(task);
                drop(open);
                assert!(fresh, "a transaction begins while this task has another one open");
            }
            Self(task)
        }
    }

    impl Drop for Open {
        fn drop(&mut self) {
            if let Some(task) = self.0 {
                let mut open = OPEN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                open.get_or_insert_default().remove(&task);
            }
        }
    }
}
