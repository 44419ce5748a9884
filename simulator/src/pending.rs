//! Counts what is still to come: webhooks without a 200, statuses not yet queued, calls on the wire.
//!
//! Invariant: the count falls only when a [`Pending`] is dropped, so an early return cannot leak one.

use std::sync::Arc;

use tokio::sync::watch;

/// One thing that is still to come.
pub(crate) struct Pending {
    count: Arc<watch::Sender<usize>>,
}

impl Pending {
    pub(crate) fn new(count: &Arc<watch::Sender<usize>>) -> Pending {
        count.send_modify(|n| *n += 1);
        Pending { count: count.clone() }
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        self.count.send_modify(|n| *n = n.saturating_sub(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dropping_takes_one_off() {
        let count = Arc::new(watch::Sender::new(0));
        let (one, two) = (Pending::new(&count), Pending::new(&count));
        assert_eq!(*count.borrow(), 2);
        drop((one, two));
        assert_eq!(*count.borrow(), 0);
    }
}
