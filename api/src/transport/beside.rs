//! Routes beside GraphQL that the same clients read: the same doors, the same tokens, the same form of errors.

use std::panic::AssertUnwindSafe;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri, header};
use axum::response::Response;
use futures_util::FutureExt;
use tracing::Instrument;

use super::fault::{self, Fault};
use super::http::{preflight, refuse, share_with};
use super::{Doors, bearer, request_id};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Answers a request that the doors let in: `answer` gets its bearer token, if it has one, and its id.
pub(crate) async fn serve<F>(doors: &Doors, uri: &Uri, headers: &HeaderMap, answer: F) -> Response
where
    F: AsyncFnOnce(Option<&str>, &str) -> Result<Response, Fault>,
{
    let id = request_id();
    let span = tracing::info_span!("request", request_id = id, path = uri.path());
    let answer = async {
        doors.check(uri, headers)?;
        answer(bearer::in_headers(headers), &id).await
    };
    let mut response = match AssertUnwindSafe(answer).catch_unwind().instrument(span).await {
        Ok(Ok(response)) => response,
        Ok(Err(fault)) => refuse(fault, &id),
        Err(panic) => {
            let panic = fault::panic_text(panic.as_ref());
            tracing::error!(request_id = id, panic, "a request panicked");
            refuse(Fault::internal(), &id)
        }
    };
    share(doors, headers, &mut response);
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response.headers_mut().append(header::VARY, HeaderValue::from_static("Authorization"));
    response
}

/// What a browser asks before it lets a foreign page send a token.
pub(crate) fn ask(doors: &Doors, headers: &HeaderMap) -> Response {
    let mut response = preflight();
    share(doors, headers, &mut response);
    response
}

fn share(doors: &Doors, headers: &HeaderMap, response: &mut Response) {
    if let Some(origin) = doors.foreign(headers) {
        share_with(origin.clone(), response.headers_mut());
    }
}
