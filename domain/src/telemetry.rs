//! The operators' counters and gauges, by name. ("Metrics" in the product means something else.)

use metrics::{counter, gauge, histogram};

/// A webhook body was taken in or refused.
pub fn webhook(app: &str, outcome: &'static str) {
    counter!("colloquy_webhooks_total", "app" => app.to_owned(), "outcome" => outcome).increment(1);
}

/// An element of a webhook got its outcome.
pub fn element(outcome: &'static str) {
    counter!("colloquy_inbound_elements_total", "outcome" => outcome).increment(1);
}

/// Meta answered a send, or did not.
pub(crate) fn sent(outcome: &Result<whatsapp::Accepted, whatsapp::CallError>) {
    let outcome = match outcome {
        Ok(_) => "accepted",
        Err(whatsapp::CallError::Refused(_)) => "refused",
        Err(whatsapp::CallError::NotWritten { .. }) => "not_written",
        Err(whatsapp::CallError::Unknown { .. }) => "unknown",
    };
    counter!("colloquy_sends_total", "outcome" => outcome).increment(1);
}

/// A row proved to be the same message as another one.
pub(crate) fn duplicate() {
    counter!("colloquy_duplicate_messages_total").increment(1);
}

/// How many bodies wait to be parsed, and how old the oldest is.
pub fn ledger(waiting: i64, oldest_s: f64) {
    gauge!("colloquy_ledger_waiting").set(waiting as f64);
    gauge!("colloquy_ledger_lag_seconds").set(oldest_s);
}

/// How many lanes of a kind are in a state.
pub fn lanes(kind: &'static str, state: &'static str, count: i64) {
    gauge!("colloquy_lanes", "kind" => kind, "state" => state).set(count as f64);
}

/// How old the oldest thing is that waits in a lane of this kind.
pub fn oldest_in_lanes(kind: &'static str, seconds: f64) {
    gauge!("colloquy_lanes_oldest_seconds", "kind" => kind).set(seconds);
}

/// How many numbers are doing so.
pub fn numbers(state: &'static str, count: i64) {
    gauge!("colloquy_numbers", "state" => state).set(count as f64);
}

/// How many jobs of a queue wait, and how old the oldest is.
pub fn queue(name: &'static str, waiting: u64, dead: u64, oldest_s: f64) {
    gauge!("colloquy_jobs_waiting", "queue" => name).set(waiting as f64);
    gauge!("colloquy_jobs_dead", "queue" => name).set(dead as f64);
    gauge!("colloquy_jobs_oldest_seconds", "queue" => name).set(oldest_s);
}

/// A subscription opened (+1) or ended (-1).
pub fn subscriptions(change: f64) {
    gauge!("colloquy_subscriptions_open").increment(change);
}

/// How long a request took.
pub fn request(path: &'static str, status: u16, seconds: f64) {
    histogram!("colloquy_request_seconds", "path" => path, "status" => status.to_string()).record(seconds);
}
