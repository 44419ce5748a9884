//! With which code the server closes a socket, and why.

use axum::extract::ws::CloseFrame;

/// The server stops or restarts: connect again.
pub const RESTART: u16 = 1012;
/// A message is longer than allowed.
pub const MESSAGE_TOO_BIG: u16 = 1009;
/// A frame breaks the rules of WebSocket.
pub const PROTOCOL_ERROR: u16 = 1002;
/// The sender cannot be authenticated now: connect again later.
pub const TRY_AGAIN_LATER: u16 = 1013;
/// A message is none of the subprotocol's.
pub const BAD_REQUEST: u16 = 4400;
/// An operation came before `connection_ack`.
pub const UNAUTHORIZED: u16 = 4401;
/// No valid token; or it was valid and no longer is.
pub const FORBIDDEN: u16 = 4403;
/// The client speaks another subprotocol.
pub const SUBPROTOCOL_NOT_ACCEPTABLE: u16 = 4406;
/// `connection_init` did not come in time.
pub const CONNECTION_INIT_TIMEOUT: u16 = 4408;
/// The id is in use.
pub const SUBSCRIBER_ALREADY_EXISTS: u16 = 4409;
/// The subscriber did not take what it was sent in time: connect again and continue from the last cursor.
pub const TOO_SLOW: u16 = 4410;
/// `connection_init` came twice.
pub const TOO_MANY_INITIALISATION_REQUESTS: u16 = 4429;
/// A fault of the server.
pub const INTERNAL_SERVER_ERROR: u16 = 4500;

/// Why a session is over.
#[derive(Debug)]
pub(super) enum End {
    /// The server closes the socket.
    Close(u16, &'static str),
    /// The client has closed it, or can no longer be reached.
    Gone,
}

impl End {
    pub const RESTART: Self = Self::Close(RESTART, "the server restarts");
    pub const MESSAGE_TOO_BIG: Self = Self::Close(MESSAGE_TOO_BIG, "the message is too long");
    pub const PROTOCOL_ERROR: Self = Self::Close(PROTOCOL_ERROR, "the frame is not valid");
    pub const TRY_AGAIN_LATER: Self = Self::Close(TRY_AGAIN_LATER, "try again later");
    pub const UNAUTHORIZED: Self = Self::Close(UNAUTHORIZED, "Unauthorized");
    pub const FORBIDDEN: Self = Self::Close(FORBIDDEN, "Forbidden");
    pub const SUBPROTOCOL_NOT_ACCEPTABLE: Self =
        Self::Close(SUBPROTOCOL_NOT_ACCEPTABLE, "Subprotocol not acceptable");
    pub const CONNECTION_INIT_TIMEOUT: Self =
        Self::Close(CONNECTION_INIT_TIMEOUT, "Connection initialisation timeout");
    pub const SUBSCRIBER_ALREADY_EXISTS: Self =
        Self::Close(SUBSCRIBER_ALREADY_EXISTS, "Subscriber for this id already exists");
    pub const TOO_SLOW: Self = Self::Close(TOO_SLOW, "the subscriber reads too slowly");
    pub const TOO_MANY_INITIALISATION_REQUESTS: Self =
        Self::Close(TOO_MANY_INITIALISATION_REQUESTS, "Too many initialisation requests");
    pub const INTERNAL_SERVER_ERROR: Self = Self::Close(INTERNAL_SERVER_ERROR, "Internal server error");

    pub fn frame(&self) -> Option<CloseFrame> {
        match self {
            Self::Close(code, reason) => Some(CloseFrame { code: *code, reason: (*reason).into() }),
            Self::Gone => None,
        }
    }
}
