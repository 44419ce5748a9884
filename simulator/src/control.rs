//! The control API: the library's handle over HTTP, on a port of its own.
//!
//! Invariant: it listens on loopback and answers programs, never web pages (see `guard`).

mod guard;
mod orders;
mod phones;

use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    middleware,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::{lock::lock, world::Simulator};

/// Serves until it is dropped.
pub(crate) async fn serve(simulator: Simulator, socket: TcpListener) {
    let router = Router::new()
        .route("/", get(index))
        .route("/numbers", post(phones::link))
        .route("/handshake", post(phones::handshake))
        .route("/customers/say", post(phones::customer_says))
        .route("/business/type", post(phones::business_types))
        .route("/sends", get(phones::sends))
        .route("/reads", get(phones::reads))
        .route("/threads", get(phones::threads))
        .route("/faults", post(orders::faults))
        .route("/offboard", post(orders::offboard))
        .route("/reconnect", post(orders::reconnect))
        .route("/unsubscribe", post(orders::unsubscribe))
        .route("/account/news", post(orders::account_news))
        .layer(middleware::from_fn_with_state(simulator.clone(), guard::only_programs))
        .with_state(simulator);
    if let Err(error) = axum::serve(socket, router).await {
        tracing::error!(%error, "the simulator's control API ended");
    }
}

/// What is here. Tokens and secrets are not.
async fn index(State(simulator): State<Simulator>) -> Json<Value> {
    let accounts = lock(&simulator.world.accounts);
    let numbers: Vec<Value> = accounts
        .numbers
        .values()
        .map(|number| {
            json!({"phone_number_id": number.phone_number_id, "waba_id": number.waba_id,
                "display_phone_number": number.display_phone_number, "app": number.app,
                "callback_url": accounts.apps.get(&number.app).map(|app| &app.callback),
                "offboarded": accounts.offboarded.contains(&number.waba_id)})
        })
        .collect();
    Json(json!({
        "what": "WhatsApp Cloud API simulator: control API",
        "graph_url": simulator.graph_url(),
        "numbers": numbers,
        "waiting": *simulator.world.pending.borrow(),
        "routes": ["POST /numbers", "POST /handshake", "POST /customers/say", "POST /business/type",
            "GET /sends?after=", "GET /reads", "GET /threads?phone_number_id=", "POST /faults", "POST /offboard",
            "POST /reconnect", "POST /unsubscribe", "POST /account/news"],
    }))
}

/// A refusal in words.
pub(crate) fn refusal(status: StatusCode, reason: &str) -> Response {
    (status, Json(json!({ "error": reason }))).into_response()
}
