//! What a client of the routes beside GraphQL learns when a rule refuses.

use axum::http::StatusCode;
use domain::Error;

use crate::graphql::error;
use crate::transport::{Code, Fault};

/// The answer to an error of a rule; an operator finds the rest in the log. `missing` says what is not there.
pub(crate) fn told(fault: &Error, missing: &'static str, request_id: &str) -> Fault {
    error::log(fault, request_id);
    match fault {
        Error::Invalid { field, message } => Fault::bad_request(format!("{field}: {message}")),
        Error::NotFound => Fault::new(StatusCode::NOT_FOUND, Code::NotFound, missing),
        Error::Refused { .. } | Error::Conflict => {
            Fault::new(StatusCode::CONFLICT, Code::Conflict, fault.to_string())
        }
        Error::Denied => Fault::new(StatusCode::FORBIDDEN, Code::Forbidden, fault.to_string()),
        Error::Unavailable(_) => Fault::unavailable("unavailable at present, try again"),
        Error::Internal(_) => Fault::internal(),
    }
}

/// What is said of a widget that the workspace does not have.
pub(crate) const NO_WIDGET: &str =
    "no such widget: `widget` is the id that the API shows, or left out for all widgets";
