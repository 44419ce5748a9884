//! Holds the bot's turns: the real workers run the real rules, but a turn's job waits for its release.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use domain::id::TurnId;
use domain::job::Job;
use jobs::durable::{Failure, Handler};
use jobs::handle::Rules;
use tokio::sync::watch;

/// Which turns may run. Clones are one gate.
#[derive(Clone)]
pub struct Gate(Arc<Shared>);

struct Shared {
    open: watch::Sender<HashSet<TurnId>>,
    waiting: Mutex<Vec<TurnId>>,
}

impl Gate {
    /// A gate that holds every turn.
    pub fn shut() -> Self {
        Self(Arc::new(Shared { open: watch::Sender::new(HashSet::new()), waiting: Mutex::default() }))
    }

    /// Lets the jobs of a turn pass, those that come later too.
    pub fn release(&self, turn: TurnId) {
        self.0.open.send_if_modified(|open| open.insert(turn));
    }

    /// How many jobs wait for a release that has not come.
    pub fn held(&self) -> u64 {
        let open = self.0.open.borrow();
        self.waiting(|waiting| waiting.iter().filter(|turn| !open.contains(turn)).count()) as u64
    }

    async fn pass(&self, turn: TurnId) {
        let mut open = self.0.open.subscribe();
        self.waiting(|waiting| waiting.push(turn));
        // The sender lives as long as this gate.
        let _ = open.wait_for(|open| open.contains(&turn)).await;
        self.waiting(|waiting| {
            let place = waiting.iter().position(|other| *other == turn);
            place.map(|place| waiting.swap_remove(place));
        });
    }

    fn waiting<T>(&self, look: impl FnOnce(&mut Vec<TurnId>) -> T) -> T {
        look(&mut self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The rules behind a gate.
#[derive(Clone)]
pub struct Held {
    pub rules: Rules,
    pub gate: Gate,
}

impl Handler for Held {
    async fn handle(&self, payload: serde_json::Value, attempt: u32) -> Result<(), Failure> {
        if let Ok(Job::Turn { turn, .. }) = serde_json::from_value(payload.clone()) {
            self.gate.pass(turn).await;
        }
        self.rules.handle(payload, attempt).await
    }
}
