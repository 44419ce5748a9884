//! What a client learns when something is refused or fails.
//!
//! Invariant: every error that leaves the server carries `extensions { code, requestId, retryable }`, and the
//! text of an error that nobody gave a code stays in the log.

use std::{any::Any, collections::BTreeMap};

use async_graphql::{ErrorExtensionValues, Response, ServerError, Value};
use axum::http::StatusCode;
use serde::Serialize;

use super::{AuthFailure, guard::Refusal};

/// The codes of errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// Nobody, or nobody we know, sent this.
    Unauthenticated,
    /// The sender may not do this.
    Forbidden,
    /// There is no such object.
    NotFound,
    /// The object has changed meanwhile: load it again.
    Conflict,
    /// The request is wrong and will stay wrong.
    BadUserInput,
    /// Too much at once: wait.
    RateLimited,
    /// The operation asks for too much.
    QueryTooExpensive,
    /// The idempotency key was used with other input.
    IdempotencyConflict,
    /// The server cannot do it now: try again.
    Unavailable,
    /// A fault of the server.
    Internal,
}

impl Code {
    const ALL: [Self; 10] = [
        Self::Unauthenticated,
        Self::Forbidden,
        Self::NotFound,
        Self::Conflict,
        Self::BadUserInput,
        Self::RateLimited,
        Self::QueryTooExpensive,
        Self::IdempotencyConflict,
        Self::Unavailable,
        Self::Internal,
    ];

    /// As it is written in `extensions.code`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden => "FORBIDDEN",
            Self::NotFound => "NOT_FOUND",
            Self::Conflict => "CONFLICT",
            Self::BadUserInput => "BAD_USER_INPUT",
            Self::RateLimited => "RATE_LIMITED",
            Self::QueryTooExpensive => "QUERY_TOO_EXPENSIVE",
            Self::IdempotencyConflict => "IDEMPOTENCY_CONFLICT",
            Self::Unavailable => "UNAVAILABLE",
            Self::Internal => "INTERNAL",
        }
    }

    /// Whether the same request may succeed later.
    pub const fn retryable(self) -> bool {
        matches!(self, Self::RateLimited | Self::Unavailable)
    }

    fn of(error: &ServerError) -> Option<Self> {
        match error.extensions.as_ref().and_then(|extensions| extensions.get("code")) {
            Some(Value::String(code)) => Self::ALL.into_iter().find(|known| known.as_str() == code),
            _ => None,
        }
    }
}

/// One refusal or failure outside of any resolver.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    /// The HTTP status where there is one.
    pub status: StatusCode,
    code: Code,
    message: String,
}

impl From<Fault> for ServerError {
    fn from(fault: Fault) -> Self {
        let mut error = Self::new(fault.message, None);
        set_code(&mut error, fault.code);
        error
    }
}

impl Fault {
    pub fn new(status: StatusCode, code: Code, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, Code::BadUserInput, message)
    }

    pub fn unavailable(message: &str) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, Code::Unavailable, message)
    }

    pub fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, Code::Internal, INTERNAL)
    }
}

impl From<AuthFailure> for Fault {
    fn from(failure: AuthFailure) -> Self {
        match failure {
            AuthFailure::Unauthenticated => {
                Self::new(StatusCode::UNAUTHORIZED, Code::Unauthenticated, failure.to_string())
            }
            AuthFailure::Unavailable => Self::unavailable(&failure.to_string()),
        }
    }
}

impl From<Refusal> for ServerError {
    fn from(refusal: Refusal) -> Self {
        let mut error = ServerError::new(refusal.to_string(), None);
        match refusal {
            Refusal::TooExpensive { .. } => set_code(&mut error, Code::QueryTooExpensive),
            Refusal::Malformed { at, .. } => {
                error.locations.extend(at);
                set_code(&mut error, Code::BadUserInput);
            }
        }
        error
    }
}

const INTERNAL: &str = "internal error";

/// Of a refused document so many errors are shown; a document of a few kilobytes can be wrong in thousands of
/// places.
const ERRORS_SHOWN: usize = 100;

/// Gives every error of a response what it lacks of `code`, `requestId` and `retryable`.
///
/// A code that the application set stays. An error without one came from parsing, validation or reading an
/// input and is the sender's, unless it still carries the Rust error that caused it: that one slipped through
/// the application, is logged, and is told as INTERNAL.
pub(super) fn complete(response: &mut Response, request_id: &str) {
    if is_request_error(response) {
        response.errors.truncate(ERRORS_SHOWN);
    }
    complete_errors(&mut response.errors, request_id);
}

pub(super) fn complete_errors(errors: &mut [ServerError], request_id: &str) {
    for error in errors {
        let has_code = error
            .extensions
            .as_ref()
            .is_some_and(|extensions| matches!(extensions.get("code"), Some(Value::String(_))));
        if !has_code && error.source.is_some() {
            tracing::error!(
                request_id,
                error = error.message,
                "an error without a code reached the transport"
            );
            error.message = INTERNAL.to_owned();
            set_code(error, Code::Internal);
        } else if !has_code {
            set_code(error, Code::BadUserInput);
        }
        let retryable = Code::of(error).is_some_and(Code::retryable);
        let extensions = error.extensions.get_or_insert_with(ErrorExtensionValues::default);
        extensions.set("requestId", request_id);
        if extensions.get("retryable").is_none() {
            extensions.set("retryable", retryable);
        }
    }
}

fn set_code(error: &mut ServerError, code: Code) {
    error.extensions.get_or_insert_with(ErrorExtensionValues::default).set("code", code.as_str());
}

/// Whether nothing was executed: an error of a resolver has the path of its field.
pub(super) fn is_request_error(response: &Response) -> bool {
    no_data(response) && response.errors.iter().all(|error| error.path.is_empty())
}

/// Whether there are only errors.
pub(super) fn no_data(response: &Response) -> bool {
    response.data == Value::Null && !response.errors.is_empty()
}

/// The status that a request error deserves by the code of its first error.
pub(super) fn status(response: &Response) -> StatusCode {
    match response.errors.first().and_then(Code::of) {
        Some(Code::Unauthenticated) => StatusCode::UNAUTHORIZED,
        Some(Code::Forbidden) => StatusCode::FORBIDDEN,
        Some(Code::RateLimited) => StatusCode::TOO_MANY_REQUESTS,
        Some(Code::Unavailable) => StatusCode::SERVICE_UNAVAILABLE,
        Some(Code::Internal) => StatusCode::INTERNAL_SERVER_ERROR,
        Some(
            Code::NotFound
            | Code::Conflict
            | Code::BadUserInput
            | Code::QueryTooExpensive
            | Code::IdempotencyConflict,
        )
        | None => StatusCode::BAD_REQUEST,
    }
}

/// Whether the guard or the application found that the operation asks for too much.
pub(super) fn too_expensive(response: &Response) -> bool {
    response.errors.iter().any(|error| Code::of(error) == Some(Code::QueryTooExpensive))
}

/// What a panic said, for the log.
pub(super) fn panic_text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no text")
}

/// A response as it is sent: without `data` if nothing was executed.
#[derive(Serialize)]
pub(super) struct Body<'a> {
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [ServerError],
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Value>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    extensions: &'a BTreeMap<String, Value>,
}

impl<'a> From<&'a Response> for Body<'a> {
    fn from(response: &'a Response) -> Self {
        let data = if is_request_error(response) { None } else { Some(&response.data) };
        Self { errors: &response.errors, data, extensions: &response.extensions }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{Error, PathSegment, Pos};
    use serde_json::{Value as Json, json};

    use super::*;

    fn shown(mut response: Response) -> Json {
        complete(&mut response, "r1");
        serde_json::to_value(Body::from(&response)).unwrap()
    }

    #[test]
    fn an_error_without_a_code_is_the_senders() {
        let answer = shown(Response::from_errors(vec![ServerError::new("no such field", None)]));
        let extensions = json!({ "code": "BAD_USER_INPUT", "requestId": "r1", "retryable": false });
        assert_eq!(answer, json!({ "errors": [{ "message": "no such field", "extensions": extensions }] }));
    }

    #[test]
    fn a_rust_error_without_a_code_stays_in_the_log() {
        let leaked = Error::new_with_source("disk sda1 is on fire").into_server_error(Pos::default());
        let answer =
            shown(Response::from_errors(vec![leaked.with_path(vec![PathSegment::Field("a".into())])]));
        assert_eq!(answer["errors"][0]["message"], "internal error");
        assert_eq!(answer["errors"][0]["extensions"]["code"], "INTERNAL");
        assert_eq!(answer["data"], Json::Null);
        assert!(answer.as_object().unwrap().contains_key("data"));
    }

    #[test]
    fn what_the_application_said_stays() {
        let mut error = Error::new_with_source("later").into_server_error(Pos::default());
        let extensions = error.extensions.get_or_insert_default();
        extensions.set("code", "RATE_LIMITED");
        let mut own = error.clone();
        own.extensions.get_or_insert_default().set("code", "RESYNC_REQUIRED");
        own.extensions.get_or_insert_default().set("retryable", true);
        let answer = shown(Response::from_errors(vec![error, own]));
        assert_eq!(answer["errors"][0]["message"], "later");
        assert_eq!(
            answer["errors"][0]["extensions"],
            json!({ "code": "RATE_LIMITED", "requestId": "r1", "retryable": true })
        );
        assert_eq!(
            answer["errors"][1]["extensions"],
            json!({ "code": "RESYNC_REQUIRED", "requestId": "r1", "retryable": true })
        );
    }

    #[test]
    fn a_document_that_is_wrong_everywhere_gets_a_bounded_answer() {
        let answer = shown(Response::from_errors(vec![ServerError::new("wrong", None); 5_000]));
        assert_eq!(answer["errors"].as_array().unwrap().len(), ERRORS_SHOWN);
    }
}
