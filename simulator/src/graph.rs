//! The Graph API over HTTP. The version in the path is free and may be left out.
//!
//! Invariant: every answer is JSON in Meta's words, except during an outage.

mod accounts;
mod answer;
mod message;
mod objects;
mod request;
mod send;

use axum::{
    Router,
    body::Bytes,
    extract::{ConnectInfo, DefaultBodyLimit, State},
    http::{HeaderMap, Method, StatusCode, Uri},
    response::{IntoResponse, Response},
};
use serde_json::Value;

use crate::{
    fault::Fault,
    listener::{Cut, Lines},
    pending::Pending,
    world::Simulator,
};
use request::{Request, Verb};

/// The largest medium that Meta takes. What is larger than the library's own limit would get an
/// answer that is not Meta's.
const LARGEST: usize = 100 << 20;

/// Serves until it is dropped.
pub(crate) async fn serve(simulator: Simulator, lines: Lines) {
    let router =
        Router::new().fallback(answer_request).layer(DefaultBodyLimit::max(LARGEST)).with_state(simulator);
    let service = router.into_make_service_with_connect_info::<Cut>();
    if let Err(error) = axum::serve(lines, service).await {
        tracing::error!(%error, "the simulated Graph API ended");
    }
}

async fn answer_request(
    State(simulator): State<Simulator>,
    ConnectInfo(line): ConnectInfo<Cut>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    on_the_wire(&simulator).await;
    let request = Request::read(&method, &uri, &headers, &body);
    if simulator.settings(|settings| settings.unavailable) {
        if let (Verb::Post, [id, "messages"]) = (request.verb, request.path().as_slice()) {
            send::record_refused(&simulator, id, &request, 0);
        }
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let outcome = route(&simulator, &request, &line).await;
    match outcome {
        Ok(value) => answer::success(&value),
        Err(fault) => answer::error(&fault, &simulator.world.dice),
    }
}

/// Waits while everything is stalled. A caller that gives up meanwhile has asked nothing.
async fn on_the_wire(simulator: &Simulator) {
    let mut stall = simulator.world.stall.subscribe();
    if *stall.borrow_and_update() {
        let _here = Pending::new(&simulator.world.stalled);
        // An error means that the simulator is gone, and so is the caller.
        let _ = stall.wait_for(|stall| !stall).await;
    }
}

async fn route(simulator: &Simulator, request: &Request, line: &Cut) -> Result<Value, Fault> {
    let path = request.path();
    match (request.verb, path.as_slice()) {
        (Verb::Get, ["oauth", "access_token"]) => accounts::exchange(simulator, request),
        (Verb::Get, ["debug_token"]) => accounts::debug_token(simulator, request),
        (Verb::Post, [id, "messages"]) => send::post(simulator, id, request, line).await,
        (Verb::Post, [id, "smb_app_data"]) => accounts::sync(simulator, id, request),
        (Verb::Get, [id, "phone_numbers"]) => objects::phone_numbers(simulator, id, request),
        (verb, [id, "subscribed_apps"]) => accounts::subscribed_apps(simulator, id, verb, request),
        (Verb::Get, [id]) => objects::get(simulator, id, request),
        (verb, [id, ..]) => {
            request.token(simulator)?;
            Err(Fault::no_object(id, verb.name()))
        }
        (_, []) => Err(Fault::new(400, 2500, "Unknown path components: /")),
    }
}
