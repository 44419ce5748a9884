//! A member's message to the customer: checked, numbered, queued.

use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use super::{Author, AuthorKind, Carries, New, append, receipt, resend, split};
use crate::actor::Actor;
use crate::conversation::{self, Judge, Thread, apply::Event};
use crate::delivery;
use crate::env::Env;
use crate::error::{Error, Refusal, Result};
use crate::id::{ConversationId, MessageId};
use crate::scope::Scope;
use crate::tx::{Committed, Tx};

/// A text that Meta accepts: 1 to 4096 characters, not only white space, without NUL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text(pub(super) String);

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
        .filter(entity::message::Column::DuplicateOf.is_null())
        .filter(entity::message::Column::Author.is_in(authors))
}
