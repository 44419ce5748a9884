//! Why there is no file, as a status and a line of text.

use axum::extract::rejection::QueryRejection;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::Error;

use crate::graphql::error::chain;
use crate::transport::AuthFailure;

/// A refusal; one that is a fault of ours is in the log already.
pub(super) struct Refusal {
    status: StatusCode,
    text: String,
}

impl Refusal {
    /// What a rule answered.
    pub fn of(fault: &Error, request_id: &str) -> Self {
        let (status, text) = match fault {
            Error::Invalid { field, message } => (StatusCode::BAD_REQUEST, format!("{field}: {message}")),
            Error::NotFound => (StatusCode::NOT_FOUND, "there is no such widget".to_owned()),
            Error::Denied => (StatusCode::FORBIDDEN, fault.to_string()),
            Error::Refused { .. } | Error::Conflict => (StatusCode::CONFLICT, fault.to_string()),
            Error::Unavailable(_) => {
                tracing::warn!(request_id, error = chain(fault), "an export could not be made now");
                (StatusCode::SERVICE_UNAVAILABLE, "unavailable at present, try again".to_owned())
            }
            Error::Internal(_) => {
                tracing::error!(request_id, error = chain(fault), "an export failed");
                (StatusCode::INTERNAL_SERVER_ERROR, fault.to_string())
            }
        };
        Self { status, text }
    }
}

impl From<AuthFailure> for Refusal {
    fn from(failure: AuthFailure) -> Self {
        let status = match failure {
            AuthFailure::Unauthenticated => StatusCode::UNAUTHORIZED,
            AuthFailure::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        };
        Self { status, text: failure.to_string() }
    }
}

impl From<QueryRejection> for Refusal {
    fn from(rejection: QueryRejection) -> Self {
        let text = format!(
            "use the parameters from, until and widget, each at most once: {}",
            rejection.body_text()
        );
        Self { status: StatusCode::BAD_REQUEST, text }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = (self.status, self.text + "\n").into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
