//! Files for spreadsheets: `/exports/sessions.csv`, one row per session.
//!
//! Invariant: memory does not grow with the file. One page of rows is read when the client has taken the one before it,
//! and no database connection is held in between. A file that ends as HTTP says a body ends is whole.

mod pages;
mod question;
mod refusal;
mod row;

use axum::Router;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderName, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::{Env, Scope};
use uuid::Uuid;

use self::pages::Pages;
use self::question::Question;
use self::refusal::Refusal;
use crate::application;
use crate::transport::{AuthFailure, Doors, bearer, door};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

pub(crate) fn routes(env: Env, doors: Doors) -> Router {
    let sessions = get(sessions).layer(from_fn_with_state(doors, door));
    Router::new().route("/exports/sessions.csv", sessions).with_state(env)
}

async fn sessions(
    State(env): State<Env>,
    headers: HeaderMap,
    question: Result<Query<Question>, QueryRejection>,
) -> Response {
    let id = Uuid::now_v7().to_string();
    let mut response = match answer(env, &headers, question, &id).await {
        Ok(pages) => {
            let kind = [
                (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
                (header::CONTENT_DISPOSITION, "attachment; filename=\"sessions.csv\""),
            ];
            (kind, Body::from_stream(pages.stream())).into_response()
        }
        Err(refusal) => refusal.into_response(),
    };
    let always = [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REQUEST_ID, id.as_str()),
    ];
    for (name, value) in always {
        if let Ok(value) = value.parse() {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// The file with its first page read, so that whatever can be refused is refused with a status of its own.
async fn answer(
    env: Env,
    headers: &HeaderMap,
    question: Result<Query<Question>, QueryRejection>,
    request_id: &str,
) -> Result<Pages, Refusal> {
    let secret = bearer(headers).ok_or(AuthFailure::Unauthenticated)?;
    let actor = application::authenticate(&env, secret).await?;
    let Query(question) = question?;
    let scope = Scope::of(&env, actor.workspace);
    let told = |fault| Refusal::of(&fault, request_id);
    let which = question.sessions(&scope, env.clock.now()).await.map_err(told)?;
    Pages::open(env, actor, scope, which, request_id.to_owned()).await.map_err(told)
}
