//! Where a worker's jobs come from: apalis' storage for registering, heartbeats and the recovery of a dead
//! worker's jobs, with a fetch of our own in front of it.
//!
//! apalis' own fetch asks the database at every wake-up of the worker, so at every step of a handler; forgets
//! the wake-up that came during a fetch; stops the heartbeats while fetched jobs wait for a free place; and
//! leaves them locked when it is stopped in the middle. Here a fetch is one statement, made only when [`Wake`]
//! gives a reason.
//!
//! Invariant: every fetched job holds one of its queue's slots from before the fetch until it is settled. So
//! no job is fetched that cannot start at once, and who holds all slots knows that nothing runs.

use std::{
    collections::VecDeque,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use apalis::prelude::{Backend, Identity, Task, WorkerContext};
use apalis_core::backend::{BackendConfig, finalize::Ephemeral};
use apalis_postgres::PostgresStorage;
use apalis_sqlite::SqliteStorage;
use futures_util::{FutureExt, future::BoxFuture};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Sleep, sleep},
};

use crate::wake::Wake;

/// The bytes of a job and the place that it takes. Not decoded here: a payload that does not decode would end
/// the worker, again and again.
pub struct Fetched {
    pub payload: Vec<u8>,
    pub slot: OwnedSemaphorePermit,
}

type Batch<E> = BoxFuture<'static, Result<Vec<Task<Vec<u8>>>, E>>;

/// apalis' storage for one of the two databases.
pub trait Store: Backend<Task = Task<Vec<u8>>> + Clone + Send + Sync + Unpin + 'static {
    /// Locks up to `limit` due jobs for `worker`. One statement, outside a transaction: on SQLite it waits for
    /// the one writer, and must not keep it.
    fn fetch(&self, worker: &WorkerContext, limit: usize) -> Batch<Self::Error>;
}

impl Store for SqliteStorage<Vec<u8>> {
    fn fetch(&self, worker: &WorkerContext, limit: usize) -> Batch<Self::Error> {
        let (pool, config, worker) =
            (self.pool().clone(), self.config().clone().batch_size(limit), worker.clone());
        async move { apalis_sqlite::queries::fetch_next(&pool, &config, &worker).await }.boxed()
    }
}

impl Store for PostgresStorage<Vec<u8>> {
    fn fetch(&self, worker: &WorkerContext, limit: usize) -> Batch<Self::Error> {
        let (pool, config, worker) =
            (self.pool().clone(), self.config().clone().batch_size(limit), worker.clone());
        async move {
            let mut connection = pool.acquire().await?;
            apalis_postgres::queries::fetch_next(&mut *connection, &config, &worker).await
        }
        .boxed()
    }
}

pub struct Source<S: Store> {
    store: S,
    wake: Wake,
    slots: Arc<Semaphore>,
    batch: usize,
    resting: Option<Pin<Box<Sleep>>>,
    look: bool,
    fetching: Option<(Batch<S::Error>, OwnedSemaphorePermit)>,
    fetched: VecDeque<Task<Fetched>>,
}

impl<S: Store> Source<S> {
    pub fn new(store: S, wake: Wake, slots: Arc<Semaphore>, batch: usize) -> Source<S> {
        Source {
            store,
            wake,
            slots,
            batch,
            resting: None,
            look: true,
            fetching: None,
            fetched: VecDeque::new(),
        }
    }

    /// Does nothing for a while, not even register: for a worker whose predecessor ended with an error.
    pub fn rest(self, time: Duration) -> Source<S> {
        Source { resting: Some(Box::pin(sleep(time))), ..self }
    }

    fn start_fetch(&mut self, worker: &WorkerContext) {
        let free = self.slots.available_permits().min(self.batch);
        // None free: the end of a job polls the worker again. Refused: somebody is taking all slots to stop.
        if free > 0
            && let Ok(slots) = Arc::clone(&self.slots).try_acquire_many_owned(free as u32)
        {
            self.look = false;
            self.fetching = Some((self.store.fetch(worker, free), slots));
        }
    }

    fn drive_fetch(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        let Some((fetch, _)) = &mut self.fetching else { return Poll::Ready(Ok(())) };
        let answer = ready!(fetch.as_mut().poll(cx));
        let Some((_, mut slots)) = self.fetching.take() else { return Poll::Ready(Ok(())) };
        let tasks = answer?;
        // As many as asked for: there may be more.
        self.look |= tasks.len() == slots.num_permits();
        for task in tasks {
            let slot = slots.split(1).expect("a fetch returns no more than its limit, one slot for each");
            self.fetched.push_back(task.map_args(|payload| Fetched { payload, slot }));
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: Store> Backend for Source<S> {
    type Task = Task<Fetched>;
    type Error = S::Error;

    fn poll_ready(&mut self, cx: &mut Context<'_>, worker: &WorkerContext) -> Poll<Result<(), S::Error>> {
        if let Some(resting) = &mut self.resting {
            ready!(resting.as_mut().poll(cx));
            self.resting = None;
        }
        // Before the heartbeat: both wait for a connection, and SQLite has one. A fetch that holds it and is
        // not polled would never give it back.
        ready!(self.drive_fetch(cx))?;
        self.store.poll_ready(cx, worker)
    }

    fn poll_next(
        &mut self,
        cx: &mut Context<'_>,
        worker: &WorkerContext,
    ) -> Poll<Option<Result<Task<Fetched>, S::Error>>> {
        loop {
            if let Some(task) = self.fetched.pop_front() {
                return Poll::Ready(Some(Ok(task)));
            }
            self.look |= self.wake.fired(cx);
            if self.look {
                self.start_fetch(worker);
            }
            if self.fetching.is_none() {
                return Poll::Pending;
            }
            if let Err(error) = ready!(self.drive_fetch(cx)) {
                return Poll::Ready(Some(Err(error)));
            }
        }
    }

    fn poll_close(&mut self, cx: &mut Context<'_>, worker: &WorkerContext) -> Poll<Result<(), S::Error>> {
        self.store.poll_close(cx, worker)
    }
}

impl<S: Store> BackendConfig for Source<S> {
    type Args = Fetched;
    type Id = ();
    type Kind = Ephemeral;
    type Config = ();
    /// Not the storage's: it acknowledges and locks, which `durable` does.
    type Layer = Identity;

    fn config(&self) -> &() {
        &()
    }

    fn middleware(&mut self, _: &mut WorkerContext) -> Identity {
        Identity::new()
    }
}
