//! Meta's webhooks: size, then everything else is the ledger's. Nothing is parsed here.
//!
//! Invariant: 200 means that the body is in the database. Any other answer makes Meta send it again.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::ledger::{self, Intake};
use domain::{Env, Error};
use serde::Deserialize;
use uuid::Uuid;

/// The largest body; Meta's are at most 3 MB.
const BODY_BYTES: usize = 4 * 1024 * 1024;
/// The app that the short address stands for.
const DEFAULT_APP: &str = "default";

pub(crate) fn routes(env: Env) -> Router {
    let short = get(async |State(env): State<Env>, Query(question): Query<Handshake>| {
        handshake(&env, DEFAULT_APP, &question)
    })
    .post(async |State(env): State<Env>, headers: HeaderMap, body: Bytes| {
        take(&env, DEFAULT_APP, &headers, &body).await
    });
    let named =
        get(async |State(env): State<Env>, Path(app): Path<String>, Query(question): Query<Handshake>| {
            handshake(&env, &app, &question)
        })
        .post(
            async |State(env): State<Env>, Path(app): Path<String>, headers: HeaderMap, body: Bytes| {
                take(&env, &app, &headers, &body).await
            },
        );
    Router::new()
        .route("/webhooks/whatsapp", short)
        .route("/webhooks/whatsapp/{app}", named)
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .with_state(env)
}

#[derive(Deserialize)]
struct Handshake {
    #[serde(rename = "hub.mode")]
    mode: Option<String>,
    #[serde(rename = "hub.verify_token")]
    token: Option<String>,
    #[serde(rename = "hub.challenge")]
    challenge: Option<String>,
}

fn handshake(env: &Env, app: &str, question: &Handshake) -> Response {
    if !env.settings.meta_apps.iter().any(|known| known.name == app) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let Handshake { mode, token, challenge } = question;
    match ledger::handshake(env, mode.as_deref(), token.as_deref(), challenge.as_deref()) {
        Some(challenge) => challenge.into_response(),
        None => StatusCode::FORBIDDEN.into_response(),
    }
}

async fn take(env: &Env, app: &str, headers: &HeaderMap, body: &[u8]) -> Response {
    // One id from the webhook to the events that it causes.
    let trace = Uuid::now_v7().to_string();
    let signature = headers.get("x-hub-signature-256").map(|value| value.as_bytes());
    let status = match ledger::accept(env, app, signature, body, &trace).await {
        Ok(Intake::Stored) => StatusCode::OK,
        Ok(Intake::BadSignature) => StatusCode::UNAUTHORIZED,
        Ok(Intake::UnknownApp) => StatusCode::NOT_FOUND,
        Err(error @ Error::Unavailable(_)) => {
            tracing::warn!(
                request_id = trace,
                app,
                error = chain(&error),
                "a webhook body was not stored; Meta sends it again"
            );
            StatusCode::SERVICE_UNAVAILABLE
        }
        Err(error) => {
            tracing::error!(
                request_id = trace,
                app,
                error = chain(&error),
                "a webhook body could not be stored"
            );
            StatusCode::INTERNAL_SERVER_ERROR
        }
    };
    ([("x-request-id", trace)], status).into_response()
}

fn chain(error: &Error) -> String {
    crate::graphql::error::chain(error)
}
