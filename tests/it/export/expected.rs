//! What an export must say, counted by hand from the rows of the tables.

use domain::id::{ContactId, ConversationId, SessionId, WidgetId};
use tests::Hub;

use super::spell;

/// A line for every session of the workspace that fits, in the order of the file.
pub async fn lines(hub: &Hub, fits: impl Fn(&entity::session::Model) -> bool) -> Vec<Vec<String>> {
    let scope = hub.scope();
    let db = scope.reader();
    let mut sessions = scope.find::<entity::session::Entity>().all(db).await.unwrap();
    let conversations = scope.find::<entity::conversation::Entity>().all(db).await.unwrap();
    let contacts = scope.find::<entity::contact::Entity>().all(db).await.unwrap();
    let messages = scope.find::<entity::message::Entity>().all(db).await.unwrap();
    let mut waits = scope.find::<entity::human_wait::Entity>().all(db).await.unwrap();
    sessions.retain(fits);
    sessions.sort_by_key(|session| (session.opened_at, session.id));
    waits.sort_by_key(|wait| (wait.started_at, wait.id));
    let line = |session: &entity::session::Model| {
        let thread = conversations.iter().find(|row| row.id == session.conversation_id).unwrap();
        let contact = contacts.iter().find(|row| row.id == thread.contact_id).unwrap();
        let name = contact.given_name.as_ref().or(contact.name.as_ref());
        let by = |author: &str| {
            let here = messages.iter().filter(|row| row.session_id == Some(session.id));
            here.filter(|row| row.author == author && row.duplicate_of.is_none()).count()
        };
        let counts = ["CUSTOMER", "BOT", "AGENT", "BUSINESS_APP"].map(by);
        let waits: Vec<_> = waits.iter().filter(|wait| wait.session_id == session.id).collect();
        let asked = waits.iter().find(|wait| !["TAKEOVER", "AGENT_MESSAGE"].contains(&&*wait.reason));
        let response = asked.and_then(|wait| Some((wait.first_reply_at? - wait.started_at).num_seconds()));
        let handled: i64 = waits
            .iter()
            .filter_map(|wait| Some((wait.ended_at? - wait.started_at).num_microseconds().unwrap()))
            .sum();
        let mut line = vec![
            SessionId(session.id).to_string(),
            session.number.to_string(),
            WidgetId(thread.widget_id).to_string(),
            ConversationId(thread.id).to_string(),
            ContactId(contact.id).to_string(),
            guarded(name.map_or("", String::as_str)),
            spell(session.opened_at),
            session.closed_at.map(spell).unwrap_or_default(),
            session.close_reason.clone().unwrap_or_default(),
            counts.iter().sum::<usize>().to_string(),
        ];
        line.extend(counts.map(|n| n.to_string()));
        line.extend([
            waits.first().map(|wait| wait.reason.clone()).unwrap_or_default(),
            (session.closed_at.is_some() && waits.is_empty()).to_string(),
            response.map(|seconds| seconds.max(0).to_string()).unwrap_or_default(),
            (handled / 1_000_000).to_string(),
        ]);
        line
    };
    sessions.iter().map(line).collect()
}

/// A name as a cell.
pub fn guarded(name: &str) -> String {
    match name.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r') => format!("'{name}"),
        _ => name.to_owned(),
    }
}
