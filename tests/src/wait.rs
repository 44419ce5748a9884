//! Waiting for what must happen, never for how long it takes.

use std::time::{Duration, Instant};

/// The longest wait: generous, because the machine may be busy. What is expected comes much sooner.
pub const LONG: Duration = Duration::from_secs(60);

/// Looks until `look` finds something; panics with `what` when it never does.
pub async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(began.elapsed() < LONG, "never happened: {what}");
        tokio::time::sleep(Duration::from_millis(15)).await;
    }
}
