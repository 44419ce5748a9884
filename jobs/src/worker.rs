//! One worker for each queue: started, restarted after an error, watched, stopped.
//!
//! Invariant: a worker's name is never used twice, not even after a restart. What is locked under a name that
//! has stopped beating is therefore free for another worker after three heartbeats, and what is locked under a
//! living name is running.

use std::{
    convert::Infallible,
    pin::pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    task::{Context, Poll},
    time::{Duration, Instant},
};

use apalis::prelude::{Event, EventListenerExt, Monitor, MonitorContext, Service, Task, WorkerBuilder};
use apalis_postgres::PostgresStorage;
use apalis_sqlite::SqliteStorage;
use domain::job::table;
use futures_util::future::{BoxFuture, FutureExt, join_all};
use sea_orm::DatabaseConnection;
use tokio::{
    sync::{Notify, Semaphore, watch},
    task::AbortHandle,
    time::{sleep, timeout},
};
use tracing::Instrument;
use uuid::Uuid;

use crate::{
    durable::{self, Handler},
    source::{Fetched, Source, Store},
    wake::Wake,
};

/// So many heartbeats without a sign of life, and a worker's jobs are given to another.
const MISSED_HEARTBEATS: u32 = 3;

/// After an error, once for each error in a row up to five: a database that is down is not asked in a loop.
const REST: Duration = Duration::from_secs(1);

/// How long an aborted handler may take to reach its next await.
const LAST_MOMENT: Duration = Duration::from_secs(1);

#[derive(Clone, Debug)]
pub struct QueueSettings {
    pub queue: &'static str,
    /// How many of its jobs run at the same time in this process.
    pub concurrency: usize,
    /// How many are fetched at once: 1 where a job is slow, so that another node can take the next one.
    pub batch: usize,
}

/// apalis' way to the tables that `connection` knows too.
#[derive(Clone)]
pub enum Pool {
    Sqlite(sqlx::SqlitePool),
    Postgres(sqlx::PgPool),
}

/// The workers of this process. Dropping them lets them run on.
pub struct Workers {
    connection: DatabaseConnection,
    queues: Vec<Arc<Queue>>,
    monitor: AbortHandle,
    context: MonitorContext,
    stop: watch::Sender<bool>,
    heartbeat: Duration,
}

/// Starts a worker for each queue; inside a tokio runtime. `heartbeat` is in whole seconds, at least one: the
/// databases count in them.
pub fn start(
    pool: Pool,
    connection: DatabaseConnection,
    queues: &[(QueueSettings, Arc<Notify>)],
    handler: impl Handler,
    heartbeat: Duration,
) -> Workers {
    let process = Uuid::new_v4();
    let (stop, stopped) = watch::channel(false);
    let mut monitor = Monitor::new().should_restart(|_, _| true);
    let queues: Vec<_> = queues.iter().map(|(settings, hint)| Queue::new(process, settings, hint)).collect();
    for queue in &queues {
        let run = Run {
            queue: Arc::clone(queue),
            worker: String::new(),
            handler: handler.clone(),
            connection: connection.clone(),
            stopped: stopped.clone(),
        };
        monitor = match &pool {
            Pool::Sqlite(pool) => {
                let config = apalis_sqlite::Config::default()
                    .queue(queue.settings.queue)
                    .heartbeat_interval(heartbeat)
                    .missed_heartbeats(MISSED_HEARTBEATS as usize);
                register(monitor, SqliteStorage::new(pool).with_config(config), run)
            }
            Pool::Postgres(pool) => {
                let config = apalis_postgres::Config::default()
                    .queue(queue.settings.queue)
                    .heartbeat_interval(heartbeat)
                    .missed_heartbeats(MISSED_HEARTBEATS as usize);
                register(monitor, PostgresStorage::new(pool).with_config(config), run)
            }
        };
    }
    let context = monitor.context();
    let monitor = tokio::spawn(monitor.run()).abort_handle();
    Workers { connection, queues, monitor, context, stop, heartbeat }
}

impl Workers {
    /// Whether every worker has given a sign of life lately.
    pub fn alive(&self) -> bool {
        let limit = self.heartbeat * MISSED_HEARTBEATS;
        !self.monitor.is_finished() && self.queues.iter().all(|queue| queue.silent_for() < limit)
    }

    /// Fetches nothing more, waits for what runs (its heartbeats go on), aborts it when `patience` ends, and
    /// leaves no job locked.
    pub async fn shutdown(&self, patience: Duration) {
        {
            let mut idle = pin!(self.idle());
            if timeout(patience, &mut idle).await.is_err() {
                tracing::warn!("jobs that did not finish in time are stopped and given back");
                let _ = self.stop.send(true);
                let _ = timeout(LAST_MOMENT, idle).await;
            }
        }
        // Refused only by a monitor that is gone; either way the workers end with the task.
        let _ = self.context.shutdown();
        let ended = async {
            while !self.monitor.is_finished() {
                sleep(Duration::from_millis(10)).await;
            }
        };
        if timeout(LAST_MOMENT, ended).await.is_err() {
            self.monitor.abort();
        }
        for queue in &self.queues {
            if let Err(error) = table::release(&self.connection, &queue.prefix).await {
                tracing::warn!(%error, "jobs stay locked until their workers count as dead");
            }
        }
    }

    /// Takes every slot as it becomes free and keeps it: then nothing runs, and nothing can be fetched.
    async fn idle(&self) {
        let all = join_all(self.queues.iter().map(|queue| queue.slots.acquire_many(queue.settings.slots())));
        all.await.into_iter().flatten().for_each(|permits| permits.forget());
        // Whoever asks again need not wait.
        self.queues.iter().for_each(|queue| queue.slots.close());
    }
}

/// A queue as its worker in this process sees it, over all restarts.
struct Queue {
    settings: QueueSettings,
    /// What the names of its workers begin with, here and nowhere else.
    prefix: String,
    hint: Arc<Notify>,
    slots: Arc<Semaphore>,
    /// How often it was restarted since the last heartbeat.
    failures: AtomicU32,
    last_beat: Mutex<Instant>,
}

impl Queue {
    fn new(process: Uuid, settings: &QueueSettings, hint: &Arc<Notify>) -> Arc<Queue> {
        Arc::new(Queue {
            settings: settings.clone(),
            prefix: format!("{}-{}-", settings.queue, process.simple()),
            hint: Arc::clone(hint),
            slots: Arc::new(Semaphore::new(settings.slots() as usize)),
            failures: AtomicU32::new(0),
            last_beat: Mutex::new(Instant::now()),
        })
    }

    fn beat(&self) {
        self.failures.store(0, Ordering::Relaxed);
        *self.last_beat.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    fn silent_for(&self) -> Duration {
        self.last_beat.lock().unwrap_or_else(PoisonError::into_inner).elapsed()
    }
}

impl QueueSettings {
    fn slots(&self) -> u32 {
        u32::try_from(self.concurrency.max(1)).unwrap_or(u32::MAX)
    }
}

fn register<S: Store, H: Handler>(monitor: Monitor, store: S, run: Run<H>) -> Monitor
where
    S::Error: Into<apalis::prelude::BoxDynError>,
{
    monitor.register(move |restarts| {
        let queue = Arc::clone(&run.queue);
        let worker = format!("{}{restarts}", queue.prefix);
        let wake = Wake::new(Arc::clone(&queue.hint));
        let mut source =
            Source::new(store.clone(), wake, Arc::clone(&queue.slots), queue.settings.batch.max(1));
        if restarts > 0 {
            let failures = queue.failures.fetch_add(1, Ordering::Relaxed) + 1;
            source = source.rest(REST * failures.min(5));
        }
        WorkerBuilder::new(worker.clone())
            .backend(source)
            .on_event(move |_, event| {
                if matches!(event, Event::HeartBeat) {
                    queue.beat();
                }
            })
            .build(Run { worker, ..run.clone() })
    })
}

/// Runs each job as a task of its own, which outlives its worker: a lost database connection ends the worker,
/// and must not break off a call to a stranger half-way.
#[derive(Clone)]
struct Run<H> {
    queue: Arc<Queue>,
    worker: String,
    handler: H,
    connection: DatabaseConnection,
    stopped: watch::Receiver<bool>,
}

impl<H: Handler> Service<Task<Fetched>> for Run<H> {
    type Response = ();
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<(), Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, task: Task<Fetched>) -> Self::Future {
        let (fetched, row) = task.take();
        let job = durable::Job {
            id: row.task_id().map(ToString::to_string).unwrap_or_default(),
            queue: self.queue.settings.queue,
            worker: self.worker.clone(),
            // The row counts the attempts before this one.
            attempt: u32::try_from(row.attempt()).unwrap_or(u32::MAX).saturating_add(1),
            attempts: row.max_attempts().map_or(1, |n| u32::try_from(n).unwrap_or(u32::MAX)),
            payload: fetched.payload,
        };
        let span = tracing::info_span!("job", queue = job.queue, id = job.id, attempt = job.attempt);
        let (handler, connection, mut stopped) =
            (self.handler.clone(), self.connection.clone(), self.stopped.clone());
        let slot = fetched.slot;
        let running = tokio::spawn(
            async move {
                tokio::select! {
                    () = durable::run(handler, &connection, job) => {}
                    Ok(_) = stopped.wait_for(|stopped| *stopped) => {}
                }
                drop(slot);
            }
            .instrument(span),
        );
        async move {
            // An error is a panic in `durable` itself, or the end of the runtime; the job stays locked until
            // this process is gone.
            if let Err(error) = running.await {
                tracing::error!(%error, "a job ended without an outcome");
            }
            Ok(())
        }
        .boxed()
    }
}
