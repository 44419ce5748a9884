//! Calls a server of somebody else's.

use std::borrow::Cow;

use chrono::TimeDelta;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::wait::limits;
use super::{Heard, Next, Outcome, Path, StepKind, Visit, visit};
use crate::workflow::definition::{Name, Seconds, To};
use crate::workflow::journal::{Effect, Request};
use crate::workflow::run::{Fault, FaultCode, Wait};
use crate::workflow::template::{Source, Template};

/// The longest time-out, in seconds.
pub const MAX_TIMEOUT: u32 = 10;
/// How many headers a request has at most.
const MAX_HEADERS: usize = 20;
/// How long after its time-out the result of a call is waited for: its job may have to be done again.
const PATIENCE: TimeDelta = TimeDelta::minutes(5);
/// What the client sets itself.
const RESERVED: [&str; 6] =
    ["host", "content-length", "transfer-encoding", "connection", "idempotency-key", "te"];

/// Calls a server of somebody else's; never one with a private address.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Http {
    /// How.
    pub method: Method,
    /// Where to: http or https.
    pub url: Template,
    /// With these headers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<Header>,
    /// With this body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Template>,
    /// For how long at most, in seconds, 1 to 10.
    pub timeout_seconds: Seconds,
    /// Where `status`, `body` (JSON if it is JSON) and `error` are kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub save_as: Option<Name>,
    /// When it answered with 2xx.
    #[serde(default)]
    pub succeeded: To,
    /// When it answered otherwise, or could not be reached.
    #[serde(default)]
    pub failed: To,
    /// When it did not answer in time: whether it acted is unknown.
    #[serde(default)]
    pub timed_out: To,
}

/// How a server is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Method {
    /// Reads.
    Get,
    /// Makes.
    Post,
    /// Replaces.
    Put,
    /// Changes.
    Patch,
    /// Deletes.
    Delete,
}

/// A header of a request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Header {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Template,
}

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "response", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Response {
    /// It answered.
    Answered {
        /// The status.
        status: u16,
        /// The body.
        body: String,
    },
    /// It could not be reached: nothing was done there.
    Unreachable {
        /// Why.
        error: String,
    },
    /// It did not answer in time: whether it acted is unknown.
    TimedOut,
}

fn is_header_name(name: &str) -> bool {
    let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    (1..=100).contains(&name.len()) && name.bytes().all(token)
}

impl Http {
    fn settle(&self, visit: &mut Visit<'_>, response: &Response) -> Result<Next, Fault> {
        let (saved, path) = match response {
            Response::Answered { status, body } => {
                let read = serde_json::from_str(body).unwrap_or_else(|_| Json::from(body.as_str()));
                let path = if (200..300).contains(status) { "succeeded" } else { "failed" };
                (json!({"status": status, "body": read, "error": null}), path)
            }
            Response::Unreachable { error } => {
                (json!({"status": null, "body": null, "error": error}), "failed")
            }
            Response::TimedOut => {
                (json!({"status": null, "body": null, "error": "it did not answer in time"}), "timedOut")
            }
        };
        let (saved, path) = match visit::fits(&saved) {
            Err(fault) => {
                (json!({"status": saved["status"], "body": null, "error": fault.message}), "failed")
            }
            Ok(()) => (saved, path),
        };
        visit.note("status", saved["status"].clone());
        visit.note("error", saved["error"].clone());
        let path = match &self.save_as {
            // The call was made: what does not fit beside the other values must not make it be made again.
            Some(name) if visit.set(name, saved).is_err() => "failed",
            Some(_) | None => path,
        };
        match path {
            "succeeded" => Next::go(path, &self.succeeded),
            "failed" => Next::go(path, &self.failed),
            _ => Next::go(path, &self.timed_out),
        }
    }
}

impl StepKind for Http {
    fn paths(&self) -> Vec<Path<'_>> {
        vec![
            Path::new("succeeded", &self.succeeded),
            Path::new("failed", &self.failed),
            Path::new("timedOut", &self.timed_out),
        ]
    }

    fn sources(&self) -> Vec<(Cow<'static, str>, Source<'_>)> {
        let url = [("url".into(), Source::Template(&self.url))];
        let headers = self.headers.iter().enumerate();
        let headers =
            headers.map(|(n, each)| (format!("headers[{n}].value").into(), Source::Template(&each.value)));
        let body = self.body.iter().map(|body| ("body".into(), Source::Template(body)));
        url.into_iter().chain(headers).chain(body).collect()
    }

    fn writes(&self) -> Vec<(Cow<'static, str>, &Name)> {
        self.save_as.iter().map(|name| ("saveAs".into(), name)).collect()
    }

    fn faults(&self) -> Vec<(&'static str, String)> {
        let mut faults = limits("timeoutSeconds", Some(self.timeout_seconds), 1..=MAX_TIMEOUT);
        if self.headers.len() > MAX_HEADERS {
            faults.push(("headers", format!("there are {}; give at most {MAX_HEADERS}", self.headers.len())));
        }
        for Header { name, .. } in &self.headers {
            if !is_header_name(name) {
                faults.push(("headers", format!("`{name}` is no name of a header")));
            } else if RESERVED.contains(&name.to_ascii_lowercase().as_str()) {
                faults.push(("headers", format!("`{name}` is set by the hub: leave it out")));
            }
        }
        if self.method == Method::Get && self.body.is_some() {
            faults.push(("body", "a GET has no body: leave it out, or choose another method".to_owned()));
        }
        faults
    }

    fn enter(&self, visit: &mut Visit<'_>) -> Result<Next, Fault> {
        let url = visit.render("url", &self.url)?;
        if !["http://", "https://"].iter().any(|scheme| url.starts_with(scheme)) {
            let message = format!("url: `{url}` begins with neither http:// nor https://");
            return Err(Fault::new(FaultCode::Expression, message));
        }
        let mut headers = Vec::new();
        for Header { name, value } in &self.headers {
            // Headers hold credentials: they are not noted in the journal's input.
            let value = visit.quietly(&format!("headers.{name}"), value)?;
            if value.chars().any(|c| c.is_control()) {
                let message =
                    format!("headers.{name}: a value has no line breaks or other control characters");
                return Err(Fault::new(FaultCode::Expression, message));
            }
            headers.push((name.clone(), value));
        }
        let body = self.body.as_ref().map(|body| visit.render("body", body)).transpose()?;
        let (method, timeout_seconds) = (self.method, self.timeout_seconds);
        visit.effects.push(Effect::Http(Request { method, url, headers, body, timeout_seconds }));
        let until = visit.facts.now + TimeDelta::from(timeout_seconds) + PATIENCE;
        Ok(Next::Wait(Wait::Outside { until }))
    }

    fn hear(&self, visit: &mut Visit<'_>, what: &Heard) -> Result<Option<Next>, Fault> {
        Ok(match what {
            Heard::Result(Outcome::Http(response)) => Some(self.settle(visit, response)?),
            Heard::Elapsed => Some(self.settle(visit, &Response::TimedOut)?),
            Heard::Result(Outcome::Knowledge(_))
            | Heard::Message(_)
            | Heard::Signal(_)
            | Heard::Returned(_)
            | Heard::NotRun(_) => None,
        })
    }
}
