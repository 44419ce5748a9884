//! A request, taken apart: verb, path without version, parameters, token, JSON.
//!
//! Invariant: the token is checked before anything is said about an object.

use std::collections::HashMap;

use axum::{
    extract::Query,
    http::{HeaderMap, Method, Uri, header},
};
use serde_json::Value;

use crate::{fault::Fault, lock::lock, number::Number, world::Simulator};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    Get,
    Post,
    Delete,
    Other,
}

impl Verb {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Verb::Get => "get",
            Verb::Post => "post",
            Verb::Delete => "delete",
            Verb::Other => "request",
        }
    }
}

pub(crate) struct Request {
    pub(crate) verb: Verb,
    path: String,
    query: HashMap<String, String>,
    bearer: Option<String>,
    /// `None` when the body is not JSON.
    pub(crate) json: Option<Value>,
}

impl Request {
    pub(crate) fn read(method: &Method, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Request {
        let verb = match *method {
            Method::GET => Verb::Get,
            Method::POST => Verb::Post,
            Method::DELETE => Verb::Delete,
            _ => Verb::Other,
        };
        let bearer = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim().to_owned());
        let query =
            Query::<HashMap<String, String>>::try_from_uri(uri).map(|query| query.0).unwrap_or_default();
        let json = if body.is_empty() { Some(Value::Null) } else { serde_json::from_slice(body).ok() };
        Request { verb, path: uri.path().to_owned(), query, bearer, json }
    }

    /// The path's parts without the version.
    pub(crate) fn path(&self) -> Vec<&str> {
        let mut parts: Vec<&str> = self.path.split('/').filter(|part| !part.is_empty()).collect();
        if parts.first().is_some_and(|first| is_version(first)) {
            parts.remove(0);
        }
        parts
    }

    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }

    /// The token, if it is one that a number uses and tokens work at all.
    pub(crate) fn token(&self, simulator: &Simulator) -> Result<&str, Fault> {
        let Some(token) = self.bearer.as_deref().filter(|token| !token.is_empty()) else {
            return Err(Fault::new(401, 190, "An access token is required to request this resource."));
        };
        if !lock(&simulator.world.accounts).knows_token(token) {
            return Err(Fault::new(401, 190, "Invalid OAuth access token - Cannot parse access token"));
        }
        match simulator.settings(|settings| settings.token.clone()) {
            Some(fault) => Err(fault),
            None => Ok(token),
        }
    }

    /// The number, if the token may use it.
    pub(crate) fn number(&self, simulator: &Simulator, id: &str) -> Result<Number, Fault> {
        let token = self.token(simulator)?;
        let number = simulator.number(id).filter(|number| number.access_token == token);
        number.ok_or_else(|| Fault::no_object(id, self.verb.name()))
    }

    /// The numbers of an account that the token may use: at least one.
    pub(crate) fn account(&self, simulator: &Simulator, id: &str) -> Result<Vec<Number>, Fault> {
        let token = self.token(simulator)?;
        let accounts = lock(&simulator.world.accounts);
        let numbers: Vec<Number> =
            accounts.of_waba(id).filter(|number| number.access_token == token).cloned().collect();
        if numbers.is_empty() { Err(Fault::no_object(id, self.verb.name())) } else { Ok(numbers) }
    }
}

/// `v25.0`, `v25`.
fn is_version(part: &str) -> bool {
    part.strip_prefix('v')
        .is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit() || c == '.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(uri: &str, authorization: &str, body: &[u8]) -> Request {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, authorization.parse().unwrap());
        Request::read(&Method::POST, &uri.parse().unwrap(), &headers, body)
    }

    #[test]
    fn the_version_is_free() {
        for uri in ["/v25.0/1/messages", "/1/messages", "//v9/1//messages/"] {
            assert_eq!(read(uri, "Bearer t", b"").path(), ["1", "messages"], "{uri}");
        }
        assert_eq!(read("/vault/1", "x", b"").path(), ["vault", "1"]);
    }

    #[test]
    fn what_is_not_json_or_not_a_bearer_token_is_nothing() {
        let request = read("/1?a=%20b&a=c", "Basic eA==", b"{");
        assert!(request.bearer.is_none() && request.json.is_none());
        assert_eq!(read("/1?fields=a%2Cb", "bearer  t ", b"").parameter("fields"), Some("a,b"));
    }
}
