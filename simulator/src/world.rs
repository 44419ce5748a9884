//! The handle, and the state behind it.
//!
//! Invariant: a lock is never held across an await, nor while another is taken; only the dice may be
//! asked under one.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use chrono::{DateTime, Utc};
use serde_json::Value;
use tokio::{net::TcpListener, runtime::Handle, sync::watch};

use crate::{
    clock::Clock,
    config::Config,
    control,
    courier::Courier,
    customer::{Customer, People},
    dice::Dice,
    graph,
    limit::Limits,
    listener::{Lines, Wire},
    lock::lock,
    number::{Accounts, Number},
    script::{Script, Settings},
    thread::Book,
};

/// A running stand-in for Meta. A cheap handle: when the last one is dropped the simulator stops.
#[derive(Clone)]
pub struct Simulator {
    pub(crate) world: Arc<World>,
    /// Tasks and scripts hold handles without it, so that they keep nothing alive.
    _life: Option<Arc<Life>>,
}

pub(crate) struct World {
    pub(crate) graph_addr: SocketAddr,
    pub(crate) control_addr: Option<SocketAddr>,
    pub(crate) runtime: Handle,
    pub(crate) wire: watch::Sender<Wire>,
    pub(crate) held: watch::Sender<bool>,
    pub(crate) stall: watch::Sender<bool>,
    pub(crate) stalled: Arc<watch::Sender<usize>>,
    pub(crate) pending: Arc<watch::Sender<usize>>,
    /// Rises with every change of the book.
    pub(crate) changes: watch::Sender<u64>,
    pub(crate) dice: Dice,
    pub(crate) clock: Mutex<Clock>,
    pub(crate) settings: Mutex<Settings>,
    pub(crate) accounts: Mutex<Accounts>,
    pub(crate) people: Mutex<People>,
    pub(crate) book: Mutex<Book>,
    pub(crate) limits: Mutex<Limits>,
    pub(crate) courier: Courier,
}

struct Life(Arc<World>);

impl Drop for Life {
    fn drop(&mut self) {
        self.0.wire.send_replace(Wire::Down);
    }
}

impl Simulator {
    /// Starts listening. Needs a tokio runtime, which also runs everything later.
    pub async fn start(config: Config) -> io::Result<Simulator> {
        if let Some(addr) = config.control_addr
            && !addr.ip().is_loopback()
        {
            let reason = "the control API listens on loopback addresses only";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, reason));
        }
        let graph = TcpListener::bind(config.graph_addr).await?;
        let control = match config.control_addr {
            Some(addr) => Some(TcpListener::bind(addr).await?),
            None => None,
        };
        let world = Arc::new(World {
            graph_addr: graph.local_addr()?,
            control_addr: control.as_ref().map(TcpListener::local_addr).transpose()?,
            runtime: Handle::current(),
            wire: watch::Sender::new(Wire::Up),
            held: watch::Sender::new(false),
            stall: watch::Sender::new(false),
            stalled: Arc::new(watch::Sender::new(0)),
            pending: Arc::new(watch::Sender::new(0)),
            changes: watch::Sender::new(0),
            dice: Dice::new(config.seed),
            clock: Mutex::default(),
            settings: Mutex::default(),
            accounts: Mutex::default(),
            people: Mutex::default(),
            book: Mutex::default(),
            limits: Mutex::default(),
            courier: Courier::new()?,
        });
        let inner = Simulator { world: world.clone(), _life: None };
        let lines = Lines::new(graph, world.wire.subscribe())?;
        inner.spawn(graph::serve(inner.clone(), lines));
        if let Some(socket) = control {
            inner.spawn(control::serve(inner.clone(), socket));
        }
        Ok(Simulator { _life: Some(Arc::new(Life(world.clone()))), world })
    }

    /// Stops listening and posting at once, whoever still holds a handle.
    pub fn stop(&self) {
        self.world.wire.send_replace(Wire::Down);
    }

    /// Base address of the Graph API, without a trailing slash.
    pub fn graph_url(&self) -> String {
        format!("http://{}", self.world.graph_addr)
    }

    /// Base address of the control API, when there is one.
    pub fn control_url(&self) -> Option<String> {
        self.world.control_addr.map(|addr| format!("http://{addr}"))
    }

    /// The switches.
    pub fn script(&self) -> Script {
        Script { simulator: self.inner() }
    }

    /// Links a number, or replaces what is known of it and of its app.
    pub fn add_number(&self, number: Number) {
        lock(&self.world.accounts).add(number);
    }

    /// Sends an app's webhooks elsewhere, those that wait for a 200 included.
    pub fn set_callback(&self, app: &str, url: &str) {
        if let Some(app) = lock(&self.world.accounts).apps.get_mut(app) {
            app.callback = url.to_owned();
        }
    }

    /// From now on sends are received, recorded and delivered, but not answered.
    pub fn hold_sends(&self) {
        self.world.held.send_replace(true);
    }

    /// Answers the sends that were held, and holds no more.
    pub fn release_sends(&self) {
        self.world.held.send_replace(false);
    }

    /// `X-Hub-Signature-256` for a body.
    pub fn sign(secret: &str, body: &[u8]) -> String {
        crate::signature::sign(secret, body)
    }

    /// A one-time code of the signup dialogue, good for this number's token.
    pub fn signup_code(&self, phone_number_id: &str) -> String {
        let code = self.world.dice.token(40);
        lock(&self.world.accounts).codes.insert(code.clone(), phone_number_id.to_owned());
        code
    }

    /// A handle that does not keep the simulator running.
    pub(crate) fn inner(&self) -> Simulator {
        Simulator { world: self.world.clone(), _life: None }
    }

    /// The provider's time.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        // Cloned first: a test's clock may take its time, or look at the simulator.
        let clock = lock(&self.world.clock).clone();
        clock.now()
    }

    pub(crate) fn settings<T>(&self, read: impl FnOnce(&mut Settings) -> T) -> T {
        read(&mut lock(&self.world.settings))
    }

    pub(crate) fn number(&self, phone_number_id: &str) -> Option<Number> {
        lock(&self.world.accounts).numbers.get(phone_number_id).cloned()
    }

    /// The customer as known now.
    pub(crate) fn current(&self, customer: &Customer) -> Customer {
        lock(&self.world.people).now(customer)
    }

    /// Queues a webhook of a number.
    pub(crate) fn queue(&self, number: &Number, field: &str, value: Value) {
        self.world.courier.queue(self, &number.phone_number_id, number, field, value);
    }

    /// Runs a task until it ends or the simulator stops.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut wire = self.world.wire.subscribe();
        self.world.runtime.spawn(async move {
            tokio::select! {
                _ = wire.wait_for(|wire| *wire == Wire::Down) => {}
                () = task => {}
            }
        });
    }

    /// Tells those who wait that the book has changed.
    pub(crate) fn changed(&self) {
        self.world.changes.send_modify(|n| *n = n.wrapping_add(1));
    }
}
