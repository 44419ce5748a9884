//! Meta's statuses of what we sent, in whatever order they come.

use whatsapp::ErrorClass;

use super::beyond::beyond;
use super::fault::{self, Fault};
use super::settle::bind;
use super::{State, advance};
use crate::conversation::{self, Thread};
use crate::error::Result;
use crate::gate;
use crate::lane::LaneKey;
use crate::tx::Tx;

/// A status webhook for one of our messages. Returns whether it changed anything.
pub(crate) async fn status_arrived(
    tx: &mut Tx<'_>,
    thread: &mut Thread,
    delivery: &mut entity::delivery::Model,
    status: &whatsapp::Status,
) -> Result<bool> {
    let to = match &status.status {
        whatsapp::StatusKind::Sent => State::Sent,
        whatsapp::StatusKind::Delivered => State::Delivered,
        whatsapp::StatusKind::Read | whatsapp::StatusKind::Played => State::Read,
        whatsapp::StatusKind::Failed => State::Failed,
        whatsapp::StatusKind::Other(_) => return Ok(false),
    };
    if State::read(delivery)? == State::Unknown {
        bind(tx, thread, delivery, &status.id).await?;
        gate::passed(tx, &thread.widget, super::began(delivery)).await?;
        // What waited behind the unknown one may go now.
        tx.hurry(LaneKey::delivery(thread.id()));
    }
    match status.errors.first().filter(|_| to == State::Failed) {
        Some(error) => {
            fault::told(delivery, error);
            if whatsapp::classify(error) == ErrorClass::Window {
                thread.conversation.window_closed_by_provider = true;
            }
        }
        None if to == State::Failed => {
            fault::because(delivery, Fault::Other, "Meta says that it failed, and not why");
        }
        None => {}
    }
    let moved = advance(tx, thread, delivery, to).await?;
    conversation::save(tx, thread).await?;
    if moved {
        // The errors that an answer may carry may come here too.
        for error in &status.errors {
            beyond(tx, &thread.widget, error, super::began(delivery)).await?;
        }
    }
    Ok(moved)
}
