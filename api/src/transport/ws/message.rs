//! The messages of the subprotocol: text to type and type to text.
//!
//! What a client sends is read strictly: anything the subprotocol does not know ends the socket with
//! [`code::BAD_REQUEST`](super::code::BAD_REQUEST), as it prescribes.

use std::borrow::Cow;

use async_graphql::{Request, Response, ServerError};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, value::RawValue};

use super::{
    super::{fault::Body, parameters::Parameters},
    code::{BAD_REQUEST, End},
};

/// Clients use short ids or UUIDs; the server holds an id as long as its operation lives.
const ID_BYTES: usize = 256;

/// A message from the client.
pub(super) enum Incoming {
    ConnectionInit(Map<String, Value>),
    Ping(Option<Box<RawValue>>),
    Pong,
    Subscribe { id: String, request: Box<Request> },
    Complete { id: String },
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    id: Option<String>,
    #[serde(borrow)]
    payload: Option<&'a RawValue>,
}

impl Incoming {
    /// Reads a message, or says with what the socket ends.
    pub fn read(text: &str) -> Result<Self, End> {
        if !text.trim_start().starts_with('{') {
            return bad("a message is a JSON object");
        }
        let Ok(Envelope { kind, id, payload }) = serde_json::from_str(text) else {
            return bad("a message is a JSON object with a type");
        };
        let payload = payload.filter(|payload| payload.get() != "null");
        if payload.is_some_and(|payload| !payload.get().starts_with('{')) {
            return bad("a payload is an object");
        }
        let id = match id {
            Some(id) if id.is_empty() || id.len() > ID_BYTES => return bad("an id has 1 to 256 bytes"),
            id => id,
        };
        match (&*kind, id) {
            ("connection_init", _) => match payload.map(|payload| serde_json::from_str(payload.get())) {
                None => Ok(Self::ConnectionInit(Map::new())),
                Some(Ok(payload)) => Ok(Self::ConnectionInit(payload)),
                Some(Err(_)) => bad("the payload cannot be read"),
            },
            ("ping", _) => Ok(Self::Ping(payload.map(ToOwned::to_owned))),
            ("pong", _) => Ok(Self::Pong),
            ("complete", Some(id)) => Ok(Self::Complete { id }),
            ("subscribe", Some(id)) => match payload.map(|payload| Parameters::read(payload.get())) {
                Some(Ok(parameters)) => Ok(Self::Subscribe { id, request: Box::new(parameters.into()) }),
                Some(Err(_)) | None => bad("the payload of subscribe needs a query, and objects besides"),
            },
            ("subscribe" | "complete", None) => bad("an id is missing"),
            _ => bad("this type of message is unknown"),
        }
    }
}

fn bad<T>(reason: &'static str) -> Result<T, End> {
    Err(End::Close(BAD_REQUEST, reason))
}

/// A message to the client.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Outgoing<'a> {
    ConnectionAck,
    Pong {
        #[serde(skip_serializing_if = "Option::is_none")]
        payload: Option<Box<RawValue>>,
    },
    Next {
        id: &'a str,
        payload: Body<'a>,
    },
    Error {
        id: &'a str,
        payload: &'a [ServerError],
    },
    Complete {
        id: &'a str,
    },
}

impl<'a> Outgoing<'a> {
    pub fn next(id: &'a str, response: &'a Response) -> Self {
        Self::Next { id, payload: response.into() }
    }

    /// The text of the message.
    pub fn write(&self) -> Result<String, End> {
        serde_json::to_string(self).map_err(|error| {
            tracing::error!(error = %error, "a message cannot be written as JSON");
            End::INTERNAL_SERVER_ERROR
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_messages_of_the_subprotocol_are_read() {
        let read = |text| Incoming::read(text).ok().unwrap();
        assert!(
            matches!(read(r#"{"type":"connection_init"}"#), Incoming::ConnectionInit(map) if map.is_empty())
        );
        assert!(matches!(read(r#"{"type":"connection_init","payload":null}"#), Incoming::ConnectionInit(_)));
        let init = read(r#"{"payload":{"token":"t"},"type":"connection_init"}"#);
        assert!(matches!(init, Incoming::ConnectionInit(map) if map["token"] == "t"));
        assert!(matches!(read(r#"{"type":"ping"}"#), Incoming::Ping(None)));
        assert!(matches!(read(r#"{"type":"ping","payload":{"k":1}}"#), Incoming::Ping(Some(_))));
        assert!(matches!(read(r#"{"type":"pong","payload":{}}"#), Incoming::Pong));
        assert!(matches!(read(r#"{"type":"complete","id":"a"}"#), Incoming::Complete { id } if id == "a"));
        let subscribe =
            read(r#"{"type":"subscribe","id":"a","payload":{"query":"{b}","variables":{"c":1}}}"#);
        let Incoming::Subscribe { id, request } = subscribe else { panic!("not a subscribe") };
        assert_eq!((id.as_str(), request.query.as_str(), request.variables.len()), ("a", "{b}", 1));
    }

    #[test]
    fn anything_else_ends_the_socket() {
        let long = format!(r#"{{"type":"complete","id":"{}"}}"#, "x".repeat(257));
        for text in [
            "",
            "{nope",
            "[1,2]",
            "null",
            r#"["ping"]"#,
            "{}",
            r#"{"type":1}"#,
            r#"{"type":"start","id":"a","payload":{"query":"{b}"}}"#,
            r#"{"type":"connection_init","payload":[]}"#,
            r#"{"type":"ping","payload":"x"}"#,
            r#"{"type":"complete"}"#,
            r#"{"type":"complete","id":1}"#,
            r#"{"type":"complete","id":""}"#,
            &long,
            r#"{"type":"subscribe","payload":{"query":"{b}"}}"#,
            r#"{"type":"subscribe","id":"a"}"#,
            r#"{"type":"subscribe","id":"a","payload":{}}"#,
            r#"{"type":"subscribe","id":"a","payload":[{"query":"{b}"}]}"#,
            r#"{"type":"subscribe","id":"a","payload":{"query":7}}"#,
            r#"{"type":"subscribe","id":"a","payload":{"query":"{b}","variables":[]}}"#,
            r#"{"type":"subscribe","id":"a","payload":{"query":"{b}","operationName":1}}"#,
        ] {
            assert!(matches!(Incoming::read(text), Err(End::Close(BAD_REQUEST, _))), "{text}");
        }
        let deep = format!("{{\"type\":\"subscribe\",\"id\":\"a\",\"payload\":{}", "[".repeat(500_000));
        assert!(Incoming::read(&deep).is_err());
        let deep = format!(
            "{{\"type\":\"connection_init\",\"payload\":{}{}",
            "{\"a\":".repeat(150_000),
            "}".repeat(150_000)
        );
        assert!(Incoming::read(&deep).is_err());
    }

    #[test]
    fn messages_are_written_as_the_subprotocol_has_them() {
        let write = |message: Outgoing<'_>| message.write().ok().unwrap();
        assert_eq!(write(Outgoing::ConnectionAck), r#"{"type":"connection_ack"}"#);
        assert_eq!(write(Outgoing::Pong { payload: None }), r#"{"type":"pong"}"#);
        assert_eq!(write(Outgoing::Complete { id: "a" }), r#"{"type":"complete","id":"a"}"#);
        let response = Response::new(true);
        assert_eq!(
            write(Outgoing::next("a", &response)),
            r#"{"type":"next","id":"a","payload":{"data":true}}"#
        );
        let errors = [ServerError::new("b", None)];
        let error = Outgoing::Error { id: "a", payload: &errors };
        assert_eq!(write(error), r#"{"type":"error","id":"a","payload":[{"message":"b"}]}"#);
    }
}
