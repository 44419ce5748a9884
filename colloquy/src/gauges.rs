//! What Prometheus reads, and the gauges that have to be looked up.

use std::time::Duration;

use domain::job::{Queue, table};
use domain::lane::{self, LaneKind};
use domain::{Env, Time, health, ledger, telemetry};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use crate::Fault;

/// Installs the recorder once per process.
pub fn install() -> Result<PrometheusHandle, Fault> {
    static HANDLE: std::sync::OnceLock<PrometheusHandle> = std::sync::OnceLock::new();
    if let Some(handle) = HANDLE.get() {
        return Ok(handle.clone());
    }
    let handle = PrometheusBuilder::new().install_recorder()?;
    // Shown from the beginning: a dashboard must not take silence for zero.
    telemetry::subscriptions(0.0);
    Ok(HANDLE.get_or_init(|| handle).clone())
}

/// The page that Prometheus reads.
pub fn router(handle: PrometheusHandle) -> axum::Router {
    let page = move || {
        handle.run_upkeep();
        std::future::ready(handle.render())
    };
    axum::Router::new().route("/metrics", axum::routing::get(page))
}

/// Looks at the ledger, the lanes and the queues every few seconds.
pub async fn watch(env: Env) {
    loop {
        if let Err(error) = look(&env).await {
            tracing::debug!(%error, "the gauges were not updated");
        }
        tokio::time::sleep(Duration::from_secs(5)).await;
    }
}

async fn look(env: &Env) -> domain::Result<()> {
    let (waiting, oldest) = ledger::backlog(env).await?;
    telemetry::ledger(waiting, age(env, oldest));
    for (kind, state, count) in lane::census(env).await? {
        telemetry::lanes(kind.as_str(), state, count);
    }
    for kind in LaneKind::ALL {
        telemetry::oldest_in_lanes(kind.as_str(), age(env, lane::oldest(env, kind).await?));
    }
    for (state, count) in health::census(env).await? {
        telemetry::numbers(state.as_str(), count);
    }
    let depths = table::depth(env.database.reader()).await?;
    for queue in Queue::ALL {
        // An empty queue is no row, and its gauge must fall to zero.
        let depth = depths.iter().find(|depth| depth.queue == queue.as_str()).cloned().unwrap_or_default();
        telemetry::queue(queue.as_str(), depth.waiting, depth.dead, depth.oldest_waiting_seconds);
    }
    Ok(())
}

/// In seconds, by rule time.
fn age(env: &Env, since: Option<Time>) -> f64 {
    since.map_or(0.0, |at| (env.clock.now() - at).as_seconds_f64().max(0.0))
}
