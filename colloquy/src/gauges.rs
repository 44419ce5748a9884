//! What Prometheus reads, and the gauges that have to be looked up.

use std::time::Duration;

use domain::{Env, ledger, telemetry};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use crate::Fault;

/// Installs the recorder once per process.
pub fn install() -> Result<PrometheusHandle, Fault> {
    static HANDLE: std::sync::OnceLock<PrometheusHandle> = std::sync::OnceLock::new();
    if let Some(handle) = HANDLE.get() {
        return Ok(handle.clone());
    }
    let handle = PrometheusBuilder::new().install_recorder()?;
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
    let age = oldest.map_or(0.0, |at| (env.clock.now() - at).as_seconds_f64().max(0.0));
    telemetry::ledger(waiting, age);
    for (kind, state, count) in domain::lane::census(env).await? {
        telemetry::lanes(&kind, &state, count);
    }
    for queue in domain::job::table::depth(env.database.reader()).await? {
        telemetry::queue(&queue.queue, queue.waiting, queue.dead, queue.oldest_waiting_seconds);
    }
    Ok(())
}
