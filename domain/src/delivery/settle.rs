//! What became of a send: Meta's answer, or none.
//!
//! Safe to repeat is only what Meta refused, or what never left this machine. Everything else is
//! UNKNOWN and never repeated by itself.

use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter};
use whatsapp::CallError;

use super::claim::Subject;
use super::fault::{self, Fault};
use super::refusal::{refused, unreachable};
use super::{State, advance, find};
use crate::conversation::{self, Judge, Thread};
use crate::database::statement;
use crate::env::Env;
use crate::error::Result;
use crate::event::Event;
use crate::id::MessageId;
use crate::tx::Tx;
use crate::{gate, inbound, message, telemetry};

/// What a call answered.
pub(super) type Outcome = std::result::Result<whatsapp::Accepted, CallError>;

/// Writes the outcome of one attempt; the outcome of an older attempt changes nothing.
pub(super) async fn settle(env: &Env, subject: &Subject<'_>, attempt: i64, outcome: Outcome) -> Result<()> {
    let mut tx = Tx::begin(env, subject.workspace).await?;
    let mut thread = conversation::lock(&mut tx, subject.conversation).await?;
    conversation::apply_due(&mut tx, &mut thread, Judge::Now).await?;
    let Some(mut delivery) = find(&tx, subject.delivery).await? else { return Ok(()) };
    if delivery.attempts != attempt || !matches!(State::read(&delivery)?, State::Sending | State::Unknown) {
        tx.commit().await?;
        return Ok(());
    }
    match outcome {
        Ok(accepted) => {
            gate::passed(&mut tx, &thread.widget, super::began(&delivery)).await?;
            bind(&mut tx, &thread, &delivery, &accepted.message_id).await?;
            fault::none(&mut delivery);
            advance(&mut tx, &mut thread, &mut delivery, State::Sent).await?;
        }
        Err(CallError::Refused(error)) => refused(&mut tx, &mut thread, &mut delivery, &error).await?,
        Err(error @ CallError::NotWritten { .. }) => {
            fault::because(&mut delivery, Fault::NotSent, error.to_string());
            unreachable(&mut tx, &mut thread, &mut delivery).await?;
        }
        Err(error @ CallError::Unknown { .. }) => {
            fault::because(&mut delivery, Fault::Unknown, error.to_string());
            advance(&mut tx, &mut thread, &mut delivery, State::Unknown).await?;
        }
    }
    settled(&mut tx, &thread, &delivery).await?;
    conversation::save(&mut tx, &mut thread).await?;
    tx.commit().await?;
    Ok(())
}

/// The outcome of a send is stored: the statuses that came before it may be applied.
pub(super) async fn settled(
    tx: &mut Tx<'_>,
    thread: &Thread,
    delivery: &entity::delivery::Model,
) -> Result<()> {
    inbound::release(tx, thread.widget.id, &MessageId(delivery.message_id).to_string()).await
}

/// Gives the message its id at Meta, and lets go what waited for it. If another row has it already, this one takes it
/// over, so that whatever is said of that id from now on is said of this one: see [`give_up_id`].
pub(super) async fn bind(
    tx: &mut Tx<'_>,
    thread: &Thread,
    delivery: &entity::delivery::Model,
    provider_id: &str,
) -> Result<()> {
    use entity::message::Column;
    let of_widget = tx.find::<entity::message::Entity>().filter(Column::WidgetId.eq(thread.widget.id));
    match of_widget.filter(Column::ProviderId.eq(provider_id)).one(tx.db()).await? {
        Some(other) if other.id == delivery.message_id => return Ok(()),
        Some(other) => give_up_id(tx, thread, other, MessageId(delivery.message_id)).await?,
        None => {}
    }
    let bound = statement(
        tx.db(),
        "UPDATE message SET provider_id = $1 WHERE id = $2 AND provider_id IS NULL",
        [provider_id.into(), delivery.message_id.into()],
    );
    tx.db().execute_raw(bound).await?;
    inbound::release(tx, thread.widget.id, provider_id).await
}

/// A row loses its id at Meta to the message whose id it is. An echo that looked like a message of its own is hidden
/// behind that message, with what was said of it meanwhile; nothing is renumbered. A send of ours that was taken for
/// it (two with one text) stays: nobody knows what became of that one.
async fn give_up_id(
    tx: &mut Tx<'_>,
    thread: &Thread,
    mut row: entity::message::Model,
    to: MessageId,
) -> Result<()> {
    row.provider_id = None;
    let of_row = entity::delivery::Column::MessageId.eq(row.id);
    let is_a_send = tx.find::<entity::delivery::Entity>().filter(of_row).one(tx.db()).await?.is_some();
    if !is_a_send {
        row.duplicate_of = Some(to.0);
    }
    tx.save(&row).await?;
    if is_a_send {
        return Ok(());
    }
    message::change::hand_on(tx, &row, to).await?;
    telemetry::duplicate();
    tx.announce(Event::MessageDuplicateFound {
        widget: thread.widget_id(),
        conversation: thread.id(),
        message: MessageId(row.id),
        duplicate_of: to,
    });
    Ok(())
}
