//! Numbered places at which a test may pause the running transaction.
//!
//! Costs a thread-local look when nobody listens; nothing in the product ever sets one.

use std::time::Duration;

tokio::task_local! {
    static PAUSE_AFTER_FEED: Duration;
}

/// Runs `work` with a pause between the feed update and the COMMIT of every transaction in it.
pub async fn pausing_after_feed<F: Future>(pause: Duration, work: F) -> F::Output {
    PAUSE_AFTER_FEED.scope(pause, work).await
}

/// The feed row is locked and the events are written, nothing is visible yet.
pub(crate) async fn after_feed() {
    if let Ok(pause) = PAUSE_AFTER_FEED.try_with(|pause| *pause) {
        tokio::time::sleep(pause).await;
    }
}
