//! `cargo run --release -p bench`: the figures of the README, or with `-- workflows lateness` only those. On SQLite, or
//! with `TEST_DATABASE_URL` on PostgreSQL. Every measurement checks that nothing was lost before its figures are printed.

mod clean_build;
mod insert;
mod latency;
mod lateness;
mod metrics;
mod rest;
mod webhooks;
mod workflows;

use std::time::Duration;

/// How many webhook bodies are posted and how many rows the bare loop inserts.
const MANY: usize = 4_000;
/// How many connections post at the same time.
const CONNECTIONS: usize = 8;

fn main() {
    // The same binary is also the server whose memory and start are measured.
    if std::env::var_os("COLLOQUY_TEST_PROGRAM").is_some() {
        return tests::program::child();
    }
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let database =
            if tests::TestDatabase::is_postgres() { "PostgreSQL" } else { "SQLite, synchronous FULL" };
        println!("On {database}:\n");
        println!("| what | figure |\n|---|---|");
        let wanted: Vec<String> = std::env::args().skip(1).collect();
        let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|wanted| wanted == name);
        if is_wanted("webhooks") {
            let bare = insert::run().await;
            let acknowledged = webhooks::run().await;
            line("bare INSERT loop, same bodies and connections", &bare.show());
            line("acknowledged webhooks", &acknowledged.show());
            line("webhooks / bare INSERTs", &format!("{:.0} %", 100.0 * acknowledged.rate() / bare.rate()));
        }
        if is_wanted("latency") {
            latency::run().await;
        }
        if is_wanted("rest") {
            rest::run().await;
        }
        if is_wanted("workflows") {
            workflows::run().await;
        }
        if is_wanted("lateness") {
            lateness::run().await;
        }
        if is_wanted("metrics") {
            metrics::run().await;
        }
        if is_wanted("build") {
            clean_build::run();
        }
    });
}

fn line(what: &str, figure: &str) {
    println!("| {what} | {figure} |");
}

/// How long each of many things took, and all of them together.
struct Sample {
    each: Vec<Duration>,
    total: Duration,
}

impl Sample {
    fn rate(&self) -> f64 {
        self.each.len() as f64 / self.total.as_secs_f64()
    }

    fn at(&self, share: f64) -> Duration {
        let mut sorted = self.each.clone();
        sorted.sort();
        sorted[((sorted.len() - 1) as f64 * share) as usize]
    }

    fn percentiles(&self) -> String {
        let ms = |share| self.at(share).as_secs_f64() * 1000.0;
        format!("p50 {:.1} ms, p99 {:.1} ms", ms(0.5), ms(0.99))
    }

    fn show(&self) -> String {
        format!("{:.0} per second, {}", self.rate(), self.percentiles())
    }
}
