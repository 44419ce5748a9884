//! A service period began or ended.

use async_graphql::ID;
use domain::Time;
use domain::conversation::CloseReason;
use domain::id::SessionId;

use super::in_conversation;
use crate::graphql::link::Glance;
use crate::graphql::session::SessionCloseReason;
use crate::graphql::time::DateTime;

in_conversation! {
    /// A session opened.
    SessionOpened(session: SessionId, number: i64) {
        /// The id of the session.
        session_id: ID = session.into(),
        /// The session as it is now; null if it is gone.
        session: Glance<SessionId> = Glance(session),
        /// Its number in the conversation.
        number: i64 = number,
    }
}

in_conversation! {
    /// A session closed.
    SessionClosed(session: SessionId, reason: CloseReason, closed_at: Time) {
        /// The id of the session.
        session_id: ID = session.into(),
        /// The session as it is now; null if it is gone.
        session: Glance<SessionId> = Glance(session),
        /// Why it closed.
        reason: SessionCloseReason = reason.into(),
        /// When it closed; for one that expired the moment of its expiry, even if that was noticed later.
        closed_at: DateTime = closed_at.into(),
    }
}
