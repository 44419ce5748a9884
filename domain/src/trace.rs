//! One id follows a webhook, or a request to the API, to the events and the log lines that it causes.
//!
//! It travels with the task, so no step can forget to pass it on; what waits in the database (an element, a
//! turn, a delivery) keeps it in its row.

use tracing::Instrument;

tokio::task_local! {
    static TRACE: String;
}

/// Does `work` under the trace `id`: its events carry it, and so do its log lines.
pub async fn within<F: Future>(id: &str, work: F) -> F::Output {
    let span = tracing::info_span!("trace", id);
    TRACE.scope(id.to_owned(), work.instrument(span)).await
}

/// The same where a row may have none.
pub(crate) async fn within_that_of<F: Future>(id: Option<&str>, work: F) -> F::Output {
    match id {
        Some(id) => within(id, work).await,
        None => work.await,
    }
}

/// What the present task follows.
pub(crate) fn current() -> Option<String> {
    TRACE.try_with(Clone::clone).ok()
}
