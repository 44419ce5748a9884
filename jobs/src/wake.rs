//! When a worker looks for work: after a hint, and once a second without one.
//!
//! Invariant: a wake-up is used up only by [`Wake::fired`], and both of its sources are armed again before
//! that returns. A hint that arrives while a look is under way therefore causes one more look.

use std::{future::Future, pin::Pin, sync::Arc, task::Context, time::Duration};

use tokio::{
    sync::{Notify, futures::OwnedNotified},
    time::{Interval, MissedTickBehavior, interval},
};

/// A lost hint costs at most this long; so does a job whose time has come, for which nobody hints.
const TICK: Duration = Duration::from_secs(1);

pub struct Wake {
    hint: Arc<Notify>,
    waiting: Pin<Box<OwnedNotified>>,
    tick: Interval,
}

impl Wake {
    pub fn new(hint: Arc<Notify>) -> Wake {
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // Waiting from the start and without a gap: `notify_waiters` reaches only those who wait already.
        let waiting = Box::pin(Arc::clone(&hint).notified_owned());
        Wake { hint, waiting, tick }
    }

    /// Whether there was a reason to look since the last call. The task is woken at the next one.
    pub fn fired(&mut self, cx: &mut Context<'_>) -> bool {
        let mut fired = false;
        while self.waiting.as_mut().poll(cx).is_ready() {
            self.waiting = Box::pin(Arc::clone(&self.hint).notified_owned());
            fired = true;
        }
        while self.tick.poll_tick(cx).is_ready() {
            fired = true;
        }
        fired
    }
}
