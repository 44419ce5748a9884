//! Messages: numbered per conversation without gaps, in the order of the thread.

pub(crate) mod answers;
pub mod change;
mod find;
pub mod placeholder;
pub mod receipt;
mod resend;
mod send;
pub mod split;

use serde::{Deserialize, Serialize};

use crate::clock::Time;
use crate::conversation::Thread;
use crate::error::{Corrupt, Result};
use crate::id::{ApiTokenId, MemberId, MessageId, PassageId, RunId, TurnId};
use crate::session;
use crate::tx::Tx;

pub(crate) use answers::{came_late, numbered};
pub(crate) use find::one;
pub use find::{by_provider_id, load, pages, session_of};
pub use resend::resend;
pub use send::{Send, Text, newer_than, send};

/// The kind of message that alone gets no answer of the bot's.
pub(crate) const STICKER: &str = "sticker";

/// Who wrote, without their name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AuthorKind {
    /// The customer.
    Customer,
    /// The bot, or a workflow.
    Bot,
    /// A member, in the hub.
    Agent,
    /// Somebody in the WhatsApp Business app on the phone.
    BusinessApp,
    /// Meta.
    System,
}

impl AuthorKind {
    const ALL: [Self; 5] = [Self::Customer, Self::Bot, Self::Agent, Self::BusinessApp, Self::System];

    /// As stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "CUSTOMER",
            Self::Bot => "BOT",
            Self::Agent => "AGENT",
            Self::BusinessApp => "BUSINESS_APP",
            Self::System => "SYSTEM",
        }
    }

    /// From its stored form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Reads a stored author.
    ///
    /// # Errors
    /// [`Corrupt`] for a text that no rule writes.
    pub fn read(row: &entity::message::Model) -> Result<Self, Corrupt> {
        Self::parse(&row.author).ok_or_else(|| Corrupt {
            table: "message",
            id: row.id.to_string(),
            what: format!("author {}", row.author),
        })
    }
}

/// Who wrote.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Author {
    /// The customer.
    Customer,
    /// The bot, in one of its turns.
    Bot { turn: TurnId, confidence: Option<f64> },
    /// A run of a workflow, perhaps with what the customer wrote in a turn.
    Workflow { run: RunId, turn: Option<TurnId>, confidence: Option<f64> },
    /// A member, perhaps through a token.
    Agent { member: MemberId, token: Option<ApiTokenId> },
    /// Somebody in the phone app.
    BusinessApp,
}

impl Author {
    fn kind(&self) -> AuthorKind {
        match self {
            Self::Customer => AuthorKind::Customer,
            Self::Bot { .. } | Self::Workflow { .. } => AuthorKind::Bot,
            Self::Agent { .. } => AuthorKind::Agent,
            Self::BusinessApp => AuthorKind::BusinessApp,
        }
    }
}

/// A message that is about to get its number.
pub(crate) struct New<'a> {
    pub author: Author,
    pub provider_id: Option<&'a str>,
    pub kind: &'a str,
    pub text: &'a str,
    pub counts_as_human: bool,
    pub out_of_session: bool,
    pub sent_at: Time,
    pub received_at: Time,
    pub carries: Carries<'a>,
}

impl<'a> New<'a> {
    /// A text of the bot's or a workflow's, which answers messages of these numbers.
    pub(crate) fn of_the_bot(author: Author, text: &'a str, answers: &'a [i64], now: Time) -> Self {
        Self {
            author,
            provider_id: None,
            kind: "text",
            text,
            counts_as_human: false,
            out_of_session: false,
            sent_at: now,
            received_at: now,
            carries: Carries { answers, ..Carries::default() },
        }
    }
}

/// What a message has beside its text.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Carries<'a> {
    pub media: Option<&'a whatsapp::Media>,
    /// Meta's id of the message that it answers.
    pub quotes: Option<&'a str>,
    /// The content is still to come; if it does not by this time, a person looks.
    pub placeholder_until: Option<Time>,
    /// The message that it sends once more.
    pub resends: Option<MessageId>,
    /// The numbers of the customer's messages that it answers.
    pub answers: &'a [i64],
}

impl<'a> Carries<'a> {
    /// What a message of Meta's has.
    pub(crate) fn of(body: &'a whatsapp::Body, context: Option<&'a whatsapp::Context>) -> Self {
        let media = match body {
            whatsapp::Body::Media(media) => Some(media),
            _ => None,
        };
        let quotes = context.and_then(|context| context.id.as_deref());
        Self { media, quotes, ..Self::default() }
    }

    pub(crate) fn write(self, row: &mut entity::message::Model) {
        row.media_id = self.media.and_then(|media| media.id.clone());
        row.mime_type = self.media.and_then(|media| media.mime_type.clone());
        row.filename = self.media.and_then(|media| media.filename.clone());
        row.quotes = self.quotes.map(str::to_owned);
    }
}

/// What a message says now: its newest edit, or what it said from the beginning.
#[must_use]
pub fn present_text(message: &entity::message::Model) -> &str {
    message.edited_text.as_deref().unwrap_or(&message.text)
}

/// Gives a message its number and stores it. The caller announces it and saves the thread.
pub(crate) async fn append(
    tx: &mut Tx<'_>,
    thread: &mut Thread,
    new: New<'_>,
) -> Result<entity::message::Model> {
    let session = match new.out_of_session {
        false => thread.session_id(),
        // Shown in the thread of the last session; none when there never was one.
        true => session::last(tx, thread).await?,
    };
    let (member, token) = match new.author {
        Author::Agent { member, token } => (Some(member), token),
        Author::Customer | Author::Bot { .. } | Author::Workflow { .. } | Author::BusinessApp => (None, None),
    };
    let (turn, confidence) = match new.author {
        Author::Bot { turn, confidence } => (Some(turn), confidence),
        Author::Workflow { turn, confidence, .. } => (turn, confidence),
        Author::Customer | Author::Agent { .. } | Author::BusinessApp => (None, None),
    };
    let run = match new.author {
        Author::Workflow { run, .. } => Some(run),
        Author::Customer | Author::Bot { .. } | Author::Agent { .. } | Author::BusinessApp => None,
    };
    let mut row = entity::message::Model {
        id: MessageId::new().0,
        workspace_id: tx.workspace.0,
        widget_id: thread.widget.id,
        conversation_id: thread.conversation.id,
        session_id: session.map(|session| session.0),
        number: thread.next_number(),
        author: new.author.kind().as_str().to_owned(),
        member_id: member.map(|id| id.0),
        api_token_id: token.map(|id| id.0),
        turn_id: turn.map(|id| id.0),
        provider_id: new.provider_id.map(str::to_owned),
        kind: new.kind.to_owned(),
        text: new.text.to_owned(),
        counts_as_human: new.counts_as_human,
        out_of_session: new.out_of_session,
        confidence,
        sent_at: new.sent_at,
        received_at: new.received_at,
        media_id: None,
        mime_type: None,
        filename: None,
        quotes: None,
        edited_text: None,
        edited_at: None,
        revoked_at: None,
        placeholder: new.carries.placeholder_until.is_some(),
        unreadable_at: new.carries.placeholder_until.filter(|_| !new.out_of_session),
        came_late: false,
        duplicate_of: None,
        resend_of: new.carries.resends.map(|id| id.0),
        run_id: run.map(|id| id.0),
        answers: answers::write(new.carries.answers),
    };
    new.carries.write(&mut row);
    if let Some(at) = row.unreadable_at {
        tx.due(at);
    }
    tx.insert(row.clone()).await?;
    thread.conversation.last_number = row.number;
    thread.conversation.last_activity_at = tx.now();
    thread.announce_message(tx, &row, new.author.kind());
    Ok(row)
}

/// Notes what an answer leans on.
pub(crate) async fn cite(
    tx: &Tx<'_>,
    message: &entity::message::Model,
    passages: &[PassageId],
) -> Result<()> {
    for (position, passage) in (0_i64..).zip(passages) {
        tx.insert(entity::citation::Model {
            id: uuid::Uuid::now_v7(),
            workspace_id: tx.workspace.0,
            message_id: message.id,
            passage_id: passage.0,
            position,
        })
        .await?;
    }
    Ok(())
}
