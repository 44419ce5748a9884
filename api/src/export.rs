//! Files for spreadsheets: `/exports/sessions.csv`, one row per session.
//!
//! Invariant: memory does not grow with the file. One page of rows is read when the client has taken the one before it,
//! and no database connection is held in between. A file that ends as HTTP says a body ends is whole.

mod pages;
mod question;
mod row;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::{Env, Scope};

use self::pages::Pages;
use self::question::Question;
use crate::application::authenticate;
use crate::refusal::{NO_WIDGET, told};
use crate::transport::{Doors, Fault, beside};

#[derive(Clone)]
struct Office {
    env: Env,
    doors: Doors,
}

pub(crate) fn routes(env: Env, doors: Doors) -> Router {
    let sessions = get(async |State(office): State<Office>, uri: Uri, headers: HeaderMap| {
        let Office { env, doors } = &office;
        let answer = async |token: Option<&str>, id: &str| answer(env, &uri, token, id).await;
        beside::serve(doors, &uri, &headers, answer).await
    })
    .options(async |State(office): State<Office>, headers: HeaderMap| beside::ask(&office.doors, &headers));
    Router::new().route("/exports/sessions.csv", sessions).with_state(Office { env, doors })
}

/// The file with its first page read, so that whatever can be refused is refused with a status of its own.
async fn answer(env: &Env, uri: &Uri, token: Option<&str>, request_id: &str) -> Result<Response, Fault> {
    let actor = authenticate(env, token).await?;
    let question = Question::read(uri)?;
    let scope = Scope::of(env, actor.workspace);
    let told = |fault| told(&fault, NO_WIDGET, request_id);
    let which = question.sessions(&scope, env.clock.now()).await.map_err(told)?;
    let pages = Pages::open(env.clone(), actor, scope, which, request_id.to_owned()).await.map_err(told)?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"sessions.csv\""),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((headers, Body::from_stream(pages.stream())).into_response())
}
