//! Sessions as rows of a file: each with everything that a table of sessions shows.

use std::collections::HashMap;

use uuid::Uuid;

use super::{Messages, Opened, People, list, summary};
use crate::clock::Time;
use crate::conversation::CloseReason;
use crate::error::{Error, Result};
use crate::id::{ContactId, ConversationId, SessionId, WidgetId};
use crate::page::{Order, Page};
use crate::scope::Scope;
use crate::{contact, conversation, human_wait};

/// A session and what it came to.
#[derive(Debug, Clone)]
pub struct Exported {
    /// The session.
    pub session: entity::session::Model,
    /// Why it closed; None while it is open.
    pub close_reason: Option<CloseReason>,
    /// Where the customer wrote.
    pub widget: WidgetId,
    /// The customer.
    pub contact: ContactId,
    /// The name to show for them, as it is now.
    pub contact_name: Option<String>,
    /// Who wrote how much.
    pub messages: Messages,
    /// How people looked after it.
    pub people: People,
}

impl Exported {
    /// Where it stands: give it as `after`.
    #[must_use]
    pub fn key(&self) -> (Time, Uuid) {
        (self.session.opened_at, self.session.id)
    }
}

/// The next `limit` sessions behind a place, the oldest first, by five statements however many they are.
///
/// # Errors
/// Invalid on `until` for a period that is over before it begins; Internal for rows that break their own rules; the
/// database's.
pub async fn export(
    scope: &Scope,
    which: &Opened,
    after: Option<(Time, Uuid)>,
    limit: u64,
) -> Result<Vec<Exported>> {
    let page = Page { after, before: None, backwards: false, limit };
    // What hangs on a session is read after it: one that was seen closed is shown with all of its waits ended.
    let sessions = list::select(scope, which, &page, Order::Rising)?.all(scope.reader()).await?;
    if sessions.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<_> = sessions.iter().map(|row| SessionId(row.id)).collect();
    let of: Vec<_> = distinct(sessions.iter().map(|row| row.conversation_id), ConversationId);
    let conversations = by_id(conversation::load(scope, &of).await?, |row| row.id);
    let of: Vec<_> = distinct(conversations.values().map(|row| row.contact_id), ContactId);
    let contacts = by_id(contact::load(scope, &of).await?, |row| row.id);
    let messages = summary::messages(scope, &ids).await?;
    let mut waits: HashMap<Uuid, Vec<_>> = HashMap::new();
    for wait in human_wait::of_sessions(scope, &ids).await? {
        waits.entry(wait.session_id).or_default().push(wait);
    }
    let lost =
        |what: &str, id: Uuid| Error::internal(format!("the {what} of session {} is gone", SessionId(id)));
    let row = |session: entity::session::Model| {
        let thread = conversations.get(&session.conversation_id);
        let thread = thread.ok_or_else(|| lost("conversation", session.id))?;
        let contact = contacts.get(&thread.contact_id).ok_or_else(|| lost("contact", session.id))?;
        Ok(Exported {
            close_reason: CloseReason::read(&session)?,
            widget: WidgetId(thread.widget_id),
            contact: ContactId(contact.id),
            contact_name: contact::shown_name(contact).map(str::to_owned),
            messages: messages.get(&SessionId(session.id)).copied().unwrap_or_default(),
            people: People::of(&session, waits.get(&session.id).map(Vec::as_slice).unwrap_or_default())?,
            session,
        })
    };
    sessions.into_iter().map(row).collect()
}

fn distinct<K>(ids: impl Iterator<Item = Uuid>, key: impl Fn(Uuid) -> K) -> Vec<K> {
    let ids: std::collections::BTreeSet<_> = ids.collect();
    ids.into_iter().map(key).collect()
}

fn by_id<R>(rows: Vec<R>, id: impl Fn(&R) -> Uuid) -> HashMap<Uuid, R> {
    rows.into_iter().map(|row| (id(&row), row)).collect()
}
