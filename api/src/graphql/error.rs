//! What a client learns when a rule says no, and the only place that logs it.
//!
//! Invariant: the text of an internal error stays here; its request id finds it in the log.

use std::error::Error as StdError;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_graphql::{Error, ErrorExtensions};
use domain::Error as Fault;

use crate::transport::Code;

/// An error as the client sees it. An internal one is logged.
pub(crate) fn tell(fault: &Fault, request_id: &str) -> Error {
    log(fault, request_id);
    show(fault, request_id)
}

/// What was asked wrongly and is no user error.
pub(crate) fn bad_input(message: impl Into<String>) -> Error {
    with(message.into(), Code::BadUserInput.as_str(), false)
}

/// No such object in this workspace.
pub(crate) fn not_found() -> Error {
    with(Fault::NotFound.to_string(), Code::NotFound.as_str(), false)
}

/// The reader of a feed must load everything again.
pub(crate) fn resync_required(message: String) -> Error {
    with(message, "RESYNC_REQUIRED", false)
}

fn show(fault: &Fault, request_id: &str) -> Error {
    let (code, message) = match fault {
        Fault::Invalid { message, .. } => (Code::BadUserInput, message.clone()),
        Fault::Refused { message, .. } => (Code::Conflict, message.clone()),
        Fault::NotFound => (Code::NotFound, fault.to_string()),
        Fault::Conflict => (Code::Conflict, fault.to_string()),
        Fault::Denied => (Code::Forbidden, fault.to_string()),
        Fault::Unavailable(_) => (Code::Unavailable, "unavailable at present, try again".to_owned()),
        Fault::Internal(_) => (Code::Internal, fault.to_string()),
    };
    with(message, code.as_str(), fault.retryable())
        .extend_with(|_, extensions| extensions.set("requestId", request_id))
}

fn with(message: String, code: &str, retryable: bool) -> Error {
    Error::new(message).extend_with(|_, extensions| {
        extensions.set("code", code);
        extensions.set("retryable", retryable);
    })
}

/// Writes down what an operator should know of, under the id that the client sees.
pub(crate) fn log(fault: &Fault, request_id: &str) {
    match fault {
        Fault::Internal(_) => tracing::error!(request_id, error = chain(fault), "an operation failed"),
        Fault::Unavailable(_) => {
            tracing::warn!(request_id, error = chain(fault), "an operation could not be done now");
        }
        Fault::Invalid { .. } | Fault::Refused { .. } | Fault::NotFound | Fault::Conflict | Fault::Denied => {
        }
    }
}

/// The error and everything that caused it.
pub(crate) fn chain(fault: &Fault) -> String {
    let mut text = fault.to_string();
    let mut source = StdError::source(fault);
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}

/// An error that many resolvers of one batch share; it is logged once.
#[derive(Clone)]
pub(crate) struct Shared(Arc<(Fault, AtomicBool)>);

impl Shared {
    pub fn tell(&self, request_id: &str) -> Error {
        let (fault, logged) = &*self.0;
        match logged.swap(true, Ordering::Relaxed) {
            true => show(fault, request_id),
            false => tell(fault, request_id),
        }
    }
}

impl From<Fault> for Shared {
    fn from(fault: Fault) -> Self {
        Self(Arc::new((fault, AtomicBool::new(false))))
    }
}
