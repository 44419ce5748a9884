//! A server that has nothing to do: how fast it is there, and how much memory it keeps.

use std::time::{Duration, Instant};

use tests::program::Program;
use tests::{Hub, Options};

use crate::line;

pub async fn run() {
    let mut hub = Hub::with(Options { bot: false, ..Options::default() }).await;
    hub.stop().await;
    let began = Instant::now();
    let program = Program::start("serve", &hub.settings());
    ready(&hub).await;
    line("start until ready", &format!("{} ms", began.elapsed().as_millis()));
    tokio::time::sleep(Duration::from_secs(3)).await;
    match memory(&program) {
        Some(kib) => line("memory at rest (resident)", &format!("{:.0} MiB", kib as f64 / 1024.0)),
        None => line("memory at rest (resident)", "not known on this system"),
    }
    let seconds = 5;
    let before = cpu(&program);
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    if let (Some(before), Some(after)) = (before, cpu(&program)) {
        let share = (after - before) as f64 / (100.0 * seconds as f64) * 100.0;
        line("processor at rest", &format!("{share:.1} % of a core"));
    }
}

/// Waits until the server takes webhooks.
pub async fn ready(hub: &Hub) {
    let (http, began) = (tests::client::http(), Instant::now());
    let ready = format!("{}/readyz", hub.client.base);
    while !http.get(&ready).send().await.is_ok_and(|answer| answer.status() == 200) {
        assert!(began.elapsed() < Duration::from_secs(30), "the server does not become ready");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

fn memory(program: &Program) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", program.id())).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// Processor time so far, in hundredths of a second.
pub fn cpu(program: &Program) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", program.id())).ok()?;
    let fields: Vec<&str> = stat.rsplit(')').next()?.split_whitespace().collect();
    Some(fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?)
}
