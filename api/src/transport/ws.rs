//! GraphQL over WebSocket: the subprotocol `graphql-transport-ws`.
//!
//! One task per socket does everything in turn: it takes a message from the client, or an answer from one of
//! the operations, and an operation is not asked for its next answer until the socket has taken the last one.
//! So a slow reader slows its own streams, nothing is dropped or held back in memory, and if it takes nothing
//! at all for [`Settings::write_timeout`](super::Settings::write_timeout) it is closed with
//! [`code::TOO_SLOW`].
//!
//! Invariant: no message is skipped. A stream ends with `complete`, with `error`, or with the socket and its
//! code.

pub mod code;
mod message;
mod operations;
mod session;

use std::sync::Arc;

use axum::{
    extract::{State, WebSocketUpgrade},
    http::{HeaderMap, Uri},
    response::Response,
};

use self::session::Session;
use super::{Application, Transport, bearer, http, request_id};

const PROTOCOL: &str = "graphql-transport-ws";

/// An idle subscriber holds its buffers as long as it is connected; the default would be 128 KiB each.
const BUFFER_BYTES: usize = 4 * 1024;

/// Serves `/graphql/ws`.
pub(super) async fn serve<A: Application>(
    State(transport): State<Arc<Transport<A>>>,
    uri: Uri,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let settings = &transport.settings;
    if let Err(fault) = settings.doors.check(&uri, &headers) {
        return http::refuse(fault, &request_id());
    }
    let identity = match bearer::in_headers(&headers) {
        None => None,
        Some(token) => match transport.identify(Some(token)).await {
            Ok(identity) => Some(identity),
            Err(fault) => return http::refuse(fault, &request_id()),
        },
    };
    let upgrade = upgrade
        .protocols([PROTOCOL])
        .read_buffer_size(BUFFER_BYTES)
        .write_buffer_size(BUFFER_BYTES)
        .max_message_size(settings.message_bytes)
        .max_frame_size(settings.message_bytes);
    let understood = upgrade.selected_protocol().is_some();
    upgrade.on_upgrade(move |socket| Session::new(transport, socket, identity).run(understood))
}
