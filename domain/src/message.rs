//! Messages: numbered per conversation without gaps, in the order of the thread.

pub mod change;
pub mod placeholder;
pub mod receipt;
mod resend;
pub mod split;

use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::clock::Time;
use crate::conversation::{self, Judge, Thread, apply::Event};
use crate::delivery;
use crate::env::Env;
use crate::error::{Corrupt, Error, Refusal, Result};
use crate::id::{ApiTokenId, ConversationId, MemberId, MessageId, SessionId, TurnId, WidgetId};
use crate::page::{self, Order, Page};
use crate::scope::Scope;
use crate::session;
use crate::tx::{Committed, Tx};

pub use resend::resend;

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

    /// Reads a stored author.
    ///
    /// # Errors
    /// [`Corrupt`] for a text that no rule writes.
    pub fn read(row: &entity::message::Model) -> Result<Self, Corrupt> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == row.author).ok_or_else(|| Corrupt {
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
    /// A member, perhaps through a token.
    Agent { member: MemberId, token: Option<ApiTokenId> },
    /// Somebody in the phone app.
    BusinessApp,
}

impl Author {
    fn kind(&self) -> AuthorKind {
        match self {
            Self::Customer => AuthorKind::Customer,
            Self::Bot { .. } => AuthorKind::Bot,
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
}

impl Carries<'_> {
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
        Author::Customer | Author::Bot { .. } | Author::BusinessApp => (None, None),
    };
    let (turn, confidence) = match new.author {
        Author::Bot { turn, confidence } => (Some(turn), confidence),
        Author::Customer | Author::Agent { .. } | Author::BusinessApp => (None, None),
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

/// A text that Meta accepts: 1 to 4096 characters, not only white space, without NUL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text(String);

impl Text {
    /// Checks a text that a person wrote.
    ///
    /// # Errors
    /// [`Error::Invalid`] on the field `text` with the limit.
    pub fn parse(text: &str) -> Result<Self> {
        let characters = text.chars().count();
        // Characters without any ink are no text either.
        if text
            .chars()
            .all(|c| c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'))
        {
            Err(Error::invalid(
                "text",
                format!("write something: a message has 1 to {} characters", split::MAX_TEXT),
            ))
        } else if characters > split::MAX_TEXT {
            let limit = split::MAX_TEXT;
            Err(Error::invalid(
                "text",
                format!("{characters} characters are too many: a message has 1 to {limit}"),
            ))
        } else if text.contains('\0') {
            Err(Error::invalid("text", "remove the NUL character"))
        } else {
            Ok(Self(text.to_owned()))
        }
    }
}

/// A message that a member sends.
#[derive(Debug, Clone)]
pub struct Send {
    /// Where.
    pub conversation: ConversationId,
    /// What.
    pub text: Text,
    /// The last message number that its writer saw; a newer human or customer message refuses it.
    pub seen: Option<i64>,
    /// Send it although somebody wrote meanwhile.
    pub force: bool,
    /// The message that it sends once more.
    pub resends: Option<MessageId>,
}

impl Send {
    /// A text of a writer who saw everything.
    #[must_use]
    pub fn of(conversation: ConversationId, text: Text) -> Self {
        Self { conversation, text, seen: None, force: false, resends: None }
    }
}

/// Sends a member's message: it is numbered now and delivered by the conversation's lane.
///
/// # Errors
/// NOT_FOUND, INVALID_TRANSITION (no open session, or the bot handles it: join first), WINDOW_CLOSED,
/// NEWER_MESSAGES, in this order.
pub async fn send(env: &Env, actor: &Actor, send: &Send) -> Result<(MessageId, Committed)> {
    let mut tx = Tx::begin(env, actor.workspace).await?;
    let mut thread = conversation::lock(&mut tx, send.conversation).await?;
    conversation::apply_due(&mut tx, &mut thread, Judge::Now).await?;
    let now = tx.now();
    if let Some(old) = send.resends
        && let Err(error) = resend::check(&tx, old).await
    {
        tx.commit().await?;
        return Err(error);
    }
    let number = thread.next_number();
    // Ask the matrix first, so that the refusals come in the documented order.
    let event = Event::Agent { number, at: now };
    if let conversation::apply::Verdict::Refused(why) = conversation::apply::apply(&thread.facts, &event) {
        tx.commit().await?;
        return Err(why.into());
    }
    if !thread.window_is_open(now) {
        tx.commit().await?;
        return Err(Error::refused(
            Refusal::WindowClosed,
            "the customer's last message is more than 24 hours old: answer from the WhatsApp Business app on the phone",
        ));
    }
    if let Some(seen) = send.seen
        && !send.force
        && newer(&tx, &thread, seen).await?
    {
        tx.commit().await?;
        return Err(Error::refused(
            Refusal::NewerMessages,
            "somebody wrote meanwhile: read it, or send with force",
        ));
    }
    conversation::step(&mut tx, &mut thread, event).await?;
    let author = Author::Agent { member: actor.member, token: actor.token };
    let text = New {
        author,
        provider_id: None,
        kind: "text",
        text: &send.text.0,
        counts_as_human: true,
        out_of_session: false,
        sent_at: now,
        received_at: now,
        carries: Carries { resends: send.resends, ..Carries::default() },
    };
    let message = append(&mut tx, &mut thread, text).await?;
    delivery::queue(&mut tx, &thread, &message, delivery::Kind::ByHand).await?;
    receipt::due(&mut tx, &thread, false).await?;
    conversation::save(&mut tx, &mut thread).await?;
    Ok((MessageId(message.id), tx.commit().await?))
}

/// Whether a customer or a person wrote after `seen`.
async fn newer(tx: &Tx<'_>, thread: &Thread, seen: i64) -> Result<bool> {
    use sea_orm::PaginatorTrait;
    Ok(written_after(tx.find(), thread.id(), seen).count(tx.db()).await? > 0)
}

/// What customers and people wrote after number `seen`, in order, at most `limit`.
///
/// # Errors
/// The database's.
pub async fn newer_than(
    scope: &Scope,
    conversation: ConversationId,
    seen: i64,
    limit: u64,
) -> Result<Vec<entity::message::Model>> {
    let query = written_after(scope.find(), conversation, seen);
    Ok(query.order_by_asc(entity::message::Column::Number).limit(limit).all(scope.reader()).await?)
}

fn written_after(
    messages: Select<entity::message::Entity>,
    conversation: ConversationId,
    seen: i64,
) -> Select<entity::message::Entity> {
    let authors = [AuthorKind::Customer, AuthorKind::Agent, AuthorKind::BusinessApp].map(AuthorKind::as_str);
    messages
        .filter(entity::message::Column::ConversationId.eq(conversation.0))
        .filter(entity::message::Column::Number.gt(seen))
        .filter(entity::message::Column::Author.is_in(authors))
}

/// A page of the messages of each of these conversations, by number.
///
/// # Errors
/// The database's.
pub async fn pages(
    scope: &Scope,
    conversations: &[ConversationId],
    page: &Page<i64>,
) -> Result<Vec<entity::message::Model>> {
    use entity::message::Column;
    let of = |id: &ConversationId| {
        let all = scope.find::<entity::message::Entity>().filter(Column::ConversationId.eq(id.0));
        page::by_column(all, Column::Number, page, Order::Rising)
    };
    let mut rows = page::each(scope, conversations.iter().map(of).collect()).await?;
    rows.sort_by_key(|row| row.number);
    Ok(rows)
}

/// The messages with these ids at Meta on these widgets, in no order.
///
/// # Errors
/// The database's.
pub async fn by_provider_id(
    scope: &Scope,
    ids: &[(WidgetId, String)],
) -> Result<Vec<entity::message::Model>> {
    use entity::message::Column;
    let query = scope
        .find::<entity::message::Entity>()
        .filter(Column::WidgetId.is_in(ids.iter().map(|(widget, _)| widget.0)))
        .filter(Column::ProviderId.is_in(ids.iter().map(|(_, id)| id.clone())));
    Ok(query.all(scope.reader()).await?)
}

/// Messages by id, in no order; ids of other workspaces are left out.
///
/// # Errors
/// The database's.
pub async fn load(scope: &Scope, ids: &[MessageId]) -> Result<Vec<entity::message::Model>> {
    let ids = ids.iter().map(|id| id.0);
    let query = scope.find::<entity::message::Entity>().filter(entity::message::Column::Id.is_in(ids));
    Ok(query.all(scope.reader()).await?)
}

/// The session that a message is shown in.
#[must_use]
pub fn session_of(message: &entity::message::Model) -> Option<SessionId> {
    message.session_id.map(SessionId)
}
