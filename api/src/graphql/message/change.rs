//! What was said about a message after it was written.

use async_graphql::{Context, Enum, Object, Result, SimpleObject};
use domain::message::{AuthorKind, change};
use domain::row;

use super::MessageAuthorKind;
use crate::graphql::operation::operation;
use crate::graphql::time::DateTime;

/// A change of a message.
pub struct MessageChange(row::MessageChange);

impl From<row::MessageChange> for MessageChange {
    fn from(row: row::MessageChange) -> Self {
        Self(row)
    }
}

/// A reaction, an edit or a delete, by the customer or in the WhatsApp Business app.
#[Object]
impl MessageChange {
    /// What it does.
    async fn kind(&self, ctx: &Context<'_>) -> Result<MessageChangeKind> {
        operation(ctx).read(change::Kind::read(&self.0)).map(MessageChangeKind::from)
    }

    /// Which side made it.
    async fn author(&self) -> MessageAuthorKind {
        author(&self.0)
    }

    /// What the message reads since an edit; null for others, and for an edit without text.
    async fn text(&self) -> Option<&str> {
        self.0.text.as_deref()
    }

    /// The emoji of a reaction; null when it takes the earlier one off, and for others.
    async fn emoji(&self) -> Option<&str> {
        self.0.emoji.as_deref()
    }

    /// When it was made, as Meta tells.
    async fn sent_at(&self) -> DateTime {
        self.0.sent_at.into()
    }
}

/// What a change does.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "change::Kind")]
pub enum MessageChangeKind {
    /// An emoji was put on the message, or taken off.
    Reaction,
    /// The message reads otherwise now.
    Edit,
    /// The message was taken back; what it said stays readable here.
    Revoke,
}

/// An emoji that a message has now.
#[derive(SimpleObject)]
pub struct MessageReaction {
    /// The emoji.
    emoji: String,
    /// Which side put it there: each side has at most one.
    author: MessageAuthorKind,
    /// When, as Meta tells.
    sent_at: DateTime,
}

/// The reactions that stand: of each side the newest, unless that one took it off.
pub(super) fn standing(changes: Vec<row::MessageChange>) -> Vec<MessageReaction> {
    let mut newest: Vec<row::MessageChange> = Vec::new();
    for change in changes.into_iter().filter(|change| change.kind == change::Kind::Reaction.as_str()) {
        newest.retain(|before| before.author != change.author);
        newest.push(change);
    }
    let shown = |change: row::MessageChange| {
        let (author, sent_at) = (author(&change), change.sent_at.into());
        change.emoji.map(|emoji| MessageReaction { emoji, author, sent_at })
    };
    newest.into_iter().filter_map(shown).collect()
}

fn author(row: &row::MessageChange) -> MessageAuthorKind {
    match row.author == AuthorKind::Customer.as_str() {
        true => MessageAuthorKind::Customer,
        false => MessageAuthorKind::BusinessApp,
    }
}

/// A file that stays with Meta.
#[derive(SimpleObject)]
pub struct MessageMedia {
    /// Its type, such as `image/jpeg`; null if Meta did not tell.
    pub(super) mime_type: Option<String>,
    /// A document's name.
    pub(super) filename: Option<String>,
    /// Meta's id of the file.
    pub(super) provider_media_id: Option<String>,
}
