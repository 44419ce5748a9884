//! `/healthz`: the process lives. `/readyz`: it may be sent traffic.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use futures_util::future::BoxFuture;

/// Says whether the node may be sent traffic, or why not.
pub type Ready = Arc<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

pub(crate) fn routes(ready: Ready) -> Router {
    Router::new().route("/healthz", get(async || "ok")).route("/readyz", get(answer)).with_state(ready)
}

async fn answer(State(ready): State<Ready>) -> (StatusCode, String) {
    match ready().await {
        Ok(()) => (StatusCode::OK, "ok".to_owned()),
        Err(why) => (StatusCode::SERVICE_UNAVAILABLE, why),
    }
}
