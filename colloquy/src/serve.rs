//! `colloquy serve`: the API, the jobs, or both, until a signal; then what is in flight finishes.

use std::io::IsTerminal;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::ListenerExt;
use domain::clock::Clock;
use domain::database::Durability;
use domain::job::Queue;
use domain::{Env, due, workspace};
use jobs::worker::{Pool, QueueSettings, Workers};
use sea_orm::DbBackend;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinHandle};

use crate::cli::{Role, ServeArgs};
use crate::settings::Settings;
use crate::{Fault, gauges, key, log, migrate, open, single};

/// How long what is in flight may take after a signal.
const PATIENCE: Duration = Duration::from_secs(20);

pub async fn run(args: ServeArgs) -> Result<(), Fault> {
    let settings = Settings::from_environment()?;
    log::init(&settings.log);
    if args.role != Role::All && settings.database_url.starts_with("sqlite:") {
        return Err("--role api|jobs needs PostgreSQL: SQLite is for one process that does both".into());
    }
    let _alone = single::alone(&settings.database_url)?;
    let env = open::env(&settings, Clock::System, Durability::PowerCut).await?;
    migrate::before_serving(&env, args.migrate).await?;
    check_keys(&env).await?;
    if settings.owner_token.is_none() && !std::io::stdout().is_terminal() {
        // Before the workspace is made: a token that can be written nowhere would be lost.
        key::check_writable(&settings.state_dir)?;
    }
    if let Some(founded) = workspace::found_first(&env, settings.owner_token.as_deref()).await? {
        hand_out(&settings, &founded)?;
    }
    let metrics =
        settings.metrics_addr.map(|addr| gauges::install().map(|handle| (addr, handle))).transpose()?;
    let listener = match args.role {
        Role::All | Role::Api => Some(bind(settings.addr, "COLLOQUY_ADDR").await?),
        Role::Jobs => None,
    };
    let api_settings =
        api::Settings { allowed_origins: settings.allowed_origins.clone(), ..api::Settings::default() };
    let server = Server::start(env, args.role, listener, api_settings, HEARTBEAT).await?;
    if let Some((addr, handle)) = metrics {
        let listener = bind(addr, "COLLOQUY_METRICS_ADDR").await?;
        tokio::spawn(axum::serve(listener, gauges::router(handle)).into_future());
    }
    stopped().await;
    tracing::info!("stopping; what is in flight finishes");
    server.stop().await
}

/// How often a worker says that it is alive.
pub const HEARTBEAT: Duration = Duration::from_secs(5);

/// A running server.
pub struct Server {
    env: Env,
    stop: watch::Sender<bool>,
    http: Option<JoinHandle<std::io::Result<()>>>,
    workers: Option<Arc<Workers>>,
    background: Vec<AbortHandle>,
    /// Where the API listens.
    pub addr: Option<SocketAddr>,
}

impl Server {
    /// Starts serving on `listener` (the API) and working (the jobs), as the role says.
    pub async fn start(
        env: Env,
        role: Role,
        listener: Option<TcpListener>,
        settings: api::Settings,
        heartbeat: Duration,
    ) -> Result<Self, Fault> {
        let (stop, stopping) = watch::channel(false);
        let mut background = Vec::new();
        if env.database.backend() == DbBackend::Postgres {
            let hints = env.clone();
            background.push(
                tokio::spawn(async move {
                    hints.hints.connect(hints.database.url(), hints.database.writer()).await
                })
                .abort_handle(),
            );
        }
        background.push(tokio::spawn(gauges::watch(env.clone())).abort_handle());
        let workers = match role {
            Role::All | Role::Jobs => {
                background.push(tokio::spawn(due::tick(env.clone())).abort_handle());
                Some(Arc::new(start_workers(&env, heartbeat)))
            }
            Role::Api => None,
        };
        let mut addr = None;
        let mut http = None;
        if let Some(listener) = listener {
            addr = Some(listener.local_addr()?);
            let alive = workers.clone();
            let ready = readiness(env.clone(), alive);
            let router = api::router(env.clone(), settings, ready, wait_for(stopping.clone()));
            // Or an event waits for the acknowledgement of the one before it, forty milliseconds.
            let listener = listener.tap_io(|connection| drop(connection.set_nodelay(true)));
            let serve = axum::serve(listener, router).with_graceful_shutdown(wait_for(stopping)());
            http = Some(tokio::spawn(serve.into_future()));
            tracing::info!(addr = %addr.map_or_else(String::new, |addr| addr.to_string()), "serving");
        }
        Ok(Self { env, stop, http, workers, background, addr })
    }

    /// Takes nothing new, lets what is in flight finish, and closes the database.
    pub async fn stop(self) -> Result<(), Fault> {
        self.stop.send_replace(true);
        if let Some(http) = self.http
            && tokio::time::timeout(PATIENCE, http).await.is_err()
        {
            tracing::warn!("some requests did not finish in time");
        }
        for task in &self.background {
            task.abort();
        }
        if let Some(workers) = self.workers {
            workers.shutdown(PATIENCE).await;
        }
        self.env.database.close().await?;
        Ok(())
    }
}

fn wait_for(
    stopping: watch::Receiver<bool>,
) -> impl Fn() -> futures_util::future::BoxFuture<'static, ()> + Clone + Send + Sync {
    move || {
        let mut stopping = stopping.clone();
        Box::pin(async move {
            // A dropped sender means that the server is gone, which is a stop too.
            let _ = stopping.wait_for(|stop| *stop).await;
        })
    }
}

fn start_workers(env: &Env, heartbeat: Duration) -> Workers {
    let pool = match env.database.backend() {
        DbBackend::Postgres => Pool::Postgres(env.database.queue().get_postgres_connection_pool().clone()),
        _ => Pool::Sqlite(env.database.queue().get_sqlite_connection_pool().clone()),
    };
    // Short jobs come in crowds; slow ones are fetched one by one, so that another node can take the next.
    let queues = Queue::ALL.map(|queue| {
        let (concurrency, batch) = match queue {
            Queue::Short => (8, 8),
            Queue::Outside | Queue::Calls => (32, 1),
            Queue::Crowds => (2, 8),
            // So that pruning does not keep figures waiting.
            Queue::Upkeep => (2, 1),
        };
        (QueueSettings { queue: queue.as_str(), concurrency, batch }, env.hints.queue(queue))
    });
    jobs::worker::start(
        pool,
        env.database.queue().clone(),
        &queues,
        jobs::handle::Rules(env.clone()),
        heartbeat,
    )
}

fn readiness(env: Env, workers: Option<Arc<Workers>>) -> api::Ready {
    Arc::new(move || {
        let (env, workers) = (env.clone(), workers.clone());
        Box::pin(async move {
            match migration::status(env.database.reader()).await {
                Ok(migration::Status::Current) => {}
                Ok(_) => return Err("the database lacks migrations".to_owned()),
                Err(_) => return Err("the database does not answer".to_owned()),
            }
            match workers {
                Some(workers) if !workers.alive() => Err("the workers are not running".to_owned()),
                _ => Ok(()),
            }
        })
    })
}

/// A number whose token was sealed with a key that is gone cannot send: say so before serving.
async fn check_keys(env: &Env) -> Result<(), Fault> {
    let unknown = domain::widget::unknown_keys(env).await?;
    match unknown.as_slice() {
        [] => Ok(()),
        keys => Err(format!(
            "access tokens were sealed with key {}: add it to COLLOQUY_SECRET_KEY",
            keys.join(", ")
        )
        .into()),
    }
}

/// The first token goes to a terminal, else into a file that only its owner reads.
fn hand_out(settings: &Settings, founded: &workspace::Founded) -> Result<(), Fault> {
    let Some(token) = &founded.token else {
        tracing::info!(workspace = %founded.workspace, "made a workspace; its token is COLLOQUY_OWNER_TOKEN");
        return Ok(());
    };
    if std::io::stdout().is_terminal() {
        println!("\nA workspace was made. Its first token, shown only now:\n\n    {}\n", token.secret);
    } else {
        let file = settings.state_dir.join(format!("first-token-{}", founded.workspace));
        key::write_private(&file, &token.secret)?;
        tracing::info!(workspace = %founded.workspace, file = %file.display(), "made a workspace; its first token is in the file");
    }
    Ok(())
}

async fn bind(addr: SocketAddr, name: &str) -> Result<TcpListener, Fault> {
    TcpListener::bind(addr).await.map_err(|error| format!("cannot listen on {addr} ({name}): {error}").into())
}

/// Waits for Ctrl-C or SIGTERM.
pub async fn stopped() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut term) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = term.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
