//! Our own send, seen in the phone app before Meta's answer reached us: the echo is that message.

use chrono::TimeDelta;
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};

use super::settle::{bind, settled};
use super::{State, advance, fault};
use crate::clock::Time;
use crate::conversation::Thread;
use crate::error::Result;
use crate::id::MessageId;
use crate::lane::LaneKey;
use crate::message;
use crate::tx::Tx;

/// How long ago the send may have been started.
const RECENT: TimeDelta = TimeDelta::minutes(15);

/// How far Meta's clock may be behind ours. Two sends whose outcome is open began ten seconds apart at least.
const SKEW: TimeDelta = TimeDelta::seconds(5);

/// What the phone app shows.
pub(crate) struct Echo<'a> {
    /// Meta's id of it.
    pub provider_id: &'a str,
    /// What it says.
    pub text: &'a str,
    /// When it was sent, by Meta's clock.
    pub sent_at: Time,
    /// When it arrived here.
    pub arrived_at: Time,
}

/// Finds the send whose outcome is open and whose text this is, and settles it as SENT under Meta's id. False
/// when there is none: then the echo is a message of its own.
pub(crate) async fn adopt(tx: &mut Tx<'_>, thread: &mut Thread, echo: &Echo<'_>) -> Result<bool> {
    use entity::delivery::Column;
    let open = tx
        .find::<entity::delivery::Entity>()
        .filter(Column::ConversationId.eq(thread.conversation.id))
        .filter(Column::State.is_in([State::Sending, State::Unknown].map(State::as_str)))
        .filter(Column::SendingAt.gte(echo.arrived_at - RECENT))
        .order_by_asc(Column::Number);
    let mut same = Vec::new();
    for delivery in open.all(tx.db()).await? {
        let message = message::one(tx, MessageId(delivery.message_id)).await?;
        if message.is_some_and(|sent| sent.provider_id.is_none() && sent.text == echo.text) {
            same.push(delivery);
        }
    }
    // What was sent again by hand has the text of the first try: the one begun last before the echo's own time is meant.
    let begun =
        |delivery: &entity::delivery::Model| delivery.sending_at.is_some_and(|at| at <= echo.sent_at + SKEW);
    let place = same.iter().rposition(begun).unwrap_or(0);
    if place >= same.len() {
        return Ok(false);
    }
    let mut delivery = same.swap_remove(place);
    bind(tx, thread, &delivery, echo.provider_id).await?;
    fault::none(&mut delivery);
    advance(tx, thread, &mut delivery, State::Sent).await?;
    settled(tx, thread, &delivery).await?;
    tx.hurry(LaneKey::delivery(thread.id()));
    Ok(true)
}
