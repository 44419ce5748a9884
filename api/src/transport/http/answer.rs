//! The HTTP response: status, headers, body.
//!
//! `application/json` keeps the meaning it has had for GraphQL clients: a document that is wrong is answered
//! with 200 and errors. What exceeds a limit, or could not be served, has its own status in either media
//! type.

use async_graphql::Response as Outcome;
use axum::{
    body::Body as HttpBody,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{
    super::fault::{self, Body, Code, Fault},
    accept::Media,
};

/// What the schema, or the guard in its place, said.
pub(super) fn outcome(mut outcome: Outcome, media: Media, id: &str) -> Response {
    fault::complete(&mut outcome, id);
    let status = match fault::is_request_error(&outcome) {
        false => StatusCode::OK,
        true => match fault::status(&outcome) {
            StatusCode::BAD_REQUEST if media == Media::Json && !fault::too_expensive(&outcome) => {
                StatusCode::OK
            }
            status => status,
        },
    };
    render(status, &outcome, media)
}

/// What the transport refused or could not do.
pub(super) fn fault(fault: Fault, media: Media, id: &str) -> Response {
    let status = fault.status;
    let mut outcome = Outcome::from_errors(vec![fault.into()]);
    fault::complete(&mut outcome, id);
    let mut response = render(status, &outcome, media);
    if status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

/// A method that this operation cannot come by.
pub(super) fn not_allowed(allowed: &'static str, message: &str, id: &str) -> Response {
    let refusal = Fault::new(StatusCode::METHOD_NOT_ALLOWED, Code::BadUserInput, message);
    let mut response = fault(refusal, Media::Json, id);
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allowed));
    response
}

/// What a browser asks before it lets a foreign page send an operation; [`share_with`] adds the answer.
pub(in crate::transport) fn preflight() -> Response {
    (StatusCode::NO_CONTENT, [(header::ALLOW, "GET, POST")]).into_response()
}

/// Lets the page of a listed origin read the response.
pub(in crate::transport) fn share_with(origin: HeaderValue, headers: &mut HeaderMap) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(header::VARY, HeaderValue::from_static("Origin"));
    for (name, value) in [
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "authorization, content-type"),
        (header::ACCESS_CONTROL_EXPOSE_HEADERS, "x-request-id, retry-after"),
        (header::ACCESS_CONTROL_MAX_AGE, "600"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

fn render(status: StatusCode, outcome: &Outcome, media: Media) -> Response {
    let (status, json) = match serde_json::to_vec(&Body::from(outcome)) {
        Ok(json) => (status, json),
        Err(error) => {
            tracing::error!(error = %error, "an answer cannot be written as JSON");
            (StatusCode::INTERNAL_SERVER_ERROR, Vec::new())
        }
    };
    let mut response = (status, HttpBody::from(json)).into_response();
    // Headers that resolvers or extensions set, such as Retry-After; those of the transport win.
    for (name, value) in &outcome.http_headers {
        response.headers_mut().append(name, value.clone());
    }
    for (name, value) in [
        (header::CONTENT_TYPE, media.content_type()),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
