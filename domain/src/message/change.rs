//! What is said about a message after it was written: reactions, edits and deletes, from either side.
//!
//! A change has no number, opens no session and moves no clock; its own id is unique among changes. What the
//! message held before stays readable.

use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::AuthorKind;
use crate::clock::Time;
use crate::conversation::Thread;
use crate::error::{Corrupt, Result};
use crate::event::Event;
use crate::id::MessageId;
use crate::page::{self, Order, Page};
use crate::scope::Scope;
use crate::tx::Tx;

/// What a change does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Kind {
    /// An emoji was put on the message, or taken off.
    Reaction,
    /// The message reads otherwise now.
    Edit,
    /// The message was taken back.
    Revoke,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Reaction, Self::Edit, Self::Revoke];

    /// As stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reaction => "REACTION",
            Self::Edit => "EDIT",
            Self::Revoke => "REVOKE",
        }
    }

    /// Reads a stored kind.
    ///
    /// # Errors
    /// [`Corrupt`] for a text that no rule writes.
    pub fn read(row: &entity::message_change::Model) -> Result<Self, Corrupt> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == row.kind).ok_or_else(|| Corrupt {
            table: "message_change",
            id: row.id.to_string(),
            what: format!("kind {}", row.kind),
        })
    }
}

/// A change that has just come in.
pub(crate) struct New<'a> {
    pub kind: Kind,
    pub author: AuthorKind,
    pub provider_id: &'a str,
    pub emoji: Option<&'a str>,
    pub text: Option<&'a str>,
    pub sent_at: Time,
    pub received_at: Time,
}

/// What was said of a row is said of the message that it stands for.
pub(crate) async fn hand_on(tx: &Tx<'_>, from: &entity::message::Model, to: MessageId) -> Result<()> {
    let moved = crate::database::statement(
        tx.db(),
        "UPDATE message_change SET message_id = $1 WHERE message_id = $2",
        [to.0.into(), from.id.into()],
    );
    tx.db().execute_raw(moved).await?;
    if (from.edited_at.is_some() || from.revoked_at.is_some())
        && let Some(mut message) = super::one(tx, to).await?
    {
        message.edited_text.clone_from(&from.edited_text);
        message.edited_at = from.edited_at;
        message.revoked_at = from.revoked_at;
        tx.save(&message).await?;
    }
    Ok(())
}

/// Stores a change with its event and gives the message what it says now. False when it is known already.
pub(crate) async fn record(
    tx: &mut Tx<'_>,
    thread: &Thread,
    message: &mut entity::message::Model,
    new: New<'_>,
) -> Result<bool> {
    use entity::message_change::Column;
    let known = tx
        .find::<entity::message_change::Entity>()
        .filter(Column::WidgetId.eq(message.widget_id))
        .filter(Column::ProviderId.eq(new.provider_id));
    if known.one(tx.db()).await?.is_some() {
        return Ok(false);
    }
    tx.insert(entity::message_change::Model {
        id: Uuid::now_v7(),
        workspace_id: tx.workspace.0,
        widget_id: message.widget_id,
        message_id: message.id,
        kind: new.kind.as_str().to_owned(),
        author: new.author.as_str().to_owned(),
        provider_id: new.provider_id.to_owned(),
        emoji: new.emoji.map(str::to_owned),
        text: new.text.map(str::to_owned),
        sent_at: new.sent_at,
        received_at: new.received_at,
    })
    .await?;
    match new.kind {
        Kind::Reaction => {}
        // Webhooks come in any order: the newest edit by Meta's clock is the one that stands.
        Kind::Edit if message.edited_at.is_none_or(|before| before <= new.sent_at) => {
            message.edited_text = Some(new.text.unwrap_or_default().to_owned());
            message.edited_at = Some(new.sent_at);
            tx.save(message).await?;
        }
        Kind::Edit => {}
        Kind::Revoke => {
            message.revoked_at.get_or_insert(new.sent_at);
            tx.save(message).await?;
        }
    }
    tx.announce(Event::MessageChanged {
        widget: thread.widget_id(),
        conversation: thread.id(),
        message: MessageId(message.id),
        number: message.number,
        change: new.kind,
        author: new.author,
    });
    Ok(true)
}

/// The changes of some messages, in the order in which they were made.
///
/// # Errors
/// The database's.
pub async fn of(scope: &Scope, messages: &[MessageId]) -> Result<Vec<entity::message_change::Model>> {
    use entity::message_change::Column;
    let query = scope
        .find::<entity::message_change::Entity>()
        .filter(Column::MessageId.is_in(messages.iter().map(|id| id.0)))
        .order_by_asc(Column::SentAt)
        .order_by_asc(Column::Id);
    Ok(query.all(scope.reader()).await?)
}

/// A page of the changes of each of these messages, in the order in which they were made.
///
/// # Errors
/// The database's.
pub async fn pages(
    scope: &Scope,
    messages: &[MessageId],
    page: &Page<(Time, Uuid)>,
) -> Result<Vec<entity::message_change::Model>> {
    use entity::message_change::Column;
    let of = |id: &MessageId| {
        let all = scope.find::<entity::message_change::Entity>().filter(Column::MessageId.eq(id.0));
        page::by_time(all, (Column::SentAt, Column::Id), page, Order::Rising)
    };
    let mut rows = page::each(scope, messages.iter().map(of).collect()).await?;
    rows.sort_by_key(|row| (row.sent_at, row.id));
    Ok(rows)
}
