//! What the engine is told of the world: gathered by the caller at the moment of a stimulus, and kept with the journal.

use std::collections::BTreeMap;

use chrono::SecondsFormat;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::definition::Name;
use super::journal::Effect;
use super::run::Doubt;
use crate::business_hours::Calendar;
use crate::clock::Time;
use crate::text::fold;

/// What is true at the moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Facts {
    /// Rule time.
    pub now: Time,
    /// The company.
    pub workspace: Workspace,
    /// The customer.
    pub contact: Contact,
    /// The conversation.
    pub conversation: Conversation,
    /// The open session, if there is one.
    pub session: Option<Session>,
    /// When the company is open.
    pub business_hours: Hours,
    /// Why nothing may be sent at present; None if something may.
    pub silent: Option<Silence>,
    /// Another run is waiting for the customer's answer.
    pub asked: bool,
    /// The widget's bot may not ask for a person where it might have answered: the session closes instead.
    #[serde(default)]
    pub hand_over_closes: bool,
}

/// The company.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Workspace {
    /// What it is called.
    pub name: String,
    /// Its IANA time zone.
    pub time_zone: String,
}

/// The customer.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Contact {
    /// What the customer is called, if anybody knows.
    pub name: Option<String>,
    /// The phone number, digits only, if Meta told it.
    pub phone: Option<String>,
}

/// The conversation.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Conversation {
    /// Its public id.
    pub id: String,
    /// The names of its tags.
    pub tags: Vec<String>,
    /// Whether the bot is responsible; else a person is.
    pub bot: bool,
}

/// A session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// Its number in the conversation.
    pub number: i64,
    /// When it was opened.
    pub opened_at: Time,
}

/// When the company is open.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Hours {
    /// Whether it is open now.
    pub open: bool,
    /// When it opens or closes next.
    pub changes_at: Option<Time>,
    /// The same on the company's clock, as `2026-11-27 09:00`.
    pub changes_at_local: Option<String>,
}

impl Hours {
    /// Whether the company is open at `at`, and what comes next.
    #[must_use]
    pub fn of(calendar: &Calendar, at: Time) -> Self {
        let changes_at = calendar.next_change(at).map(|change| change.at);
        let local = |at: Time| at.with_timezone(&calendar.zone).format("%Y-%m-%d %H:%M").to_string();
        Self { open: calendar.is_open(at), changes_at, changes_at_local: changes_at.map(local) }
    }
}

/// Why nothing may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Silence {
    /// Meta's 24 hours are over.
    WindowClosed,
    /// A person has acted: the bot is silent.
    PersonActed,
}

/// What a customer wrote, gathered from one or more messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// The words, a line for each message; None if there are none to read.
    pub text: Option<String>,
    /// The number of the last message.
    pub number: i64,
    /// The numbers of those that whoever takes them is to answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub numbers: Vec<i64>,
}

impl Written {
    /// One message.
    #[must_use]
    pub fn one(number: i64, text: Option<String>) -> Self {
        Self { text, number, numbers: vec![number] }
    }

    /// One message of which a run is only told: somebody else answers it.
    #[must_use]
    pub fn noticed(number: i64, text: Option<String>) -> Self {
        Self { text, number, numbers: Vec::new() }
    }

    /// Some messages, by number, as one; None if there are none.
    #[must_use]
    pub fn several(messages: impl IntoIterator<Item = (i64, Option<String>)>) -> Option<Self> {
        let each = messages.into_iter().map(|(number, text)| Self::one(number, text));
        each.reduce(|before, next| Self::joined(Some(before), next))
    }

    /// What was written before, and what follows, as one.
    #[must_use]
    pub fn joined(before: Option<Self>, next: Self) -> Self {
        let Some(before) = before else { return next };
        let texts: Vec<String> = [before.text, next.text].into_iter().flatten().collect();
        let text = Some(texts.join("\n")).filter(|text| !text.is_empty());
        Self { text, number: next.number, numbers: [before.numbers, next.numbers].concat() }
    }
}

impl Facts {
    /// What an effect makes of them, for the steps that follow.
    #[must_use]
    pub fn after(mut self, effect: &Effect) -> Self {
        match effect {
            Effect::HandOver { .. } => self.conversation.bot = false,
            Effect::HandBack => self.conversation.bot = true,
            Effect::Tag { add, remove } => {
                let tags = &mut self.conversation.tags;
                // No two tags differ only in the case of their letters.
                let has = |tags: &[String], tag: &str| tags.iter().any(|other| fold(other) == fold(tag));
                tags.retain(|tag| !has(remove, tag));
                for tag in add {
                    if !has(tags, tag) {
                        tags.push(tag.clone());
                    }
                }
            }
            Effect::Close => self.session = None,
            Effect::Send { .. } | Effect::Answer { .. } | Effect::Http(_) => {}
        }
        self
    }

    /// A customer nobody knows, in a session that begins now with a company that is always open.
    #[must_use]
    pub fn of_nobody(now: Time) -> Self {
        Self {
            now,
            workspace: Workspace { name: "Company".into(), time_zone: "UTC".into() },
            contact: Contact::default(),
            conversation: Conversation { bot: true, ..Conversation::default() },
            session: Some(Session { number: 1, opened_at: now }),
            business_hours: Hours { open: true, changes_at: None, changes_at_local: None },
            silent: None,
            asked: false,
            hand_over_closes: false,
        }
    }
}

/// What a text or an expression may read: a root, and what stands behind its dot. `vars` is the author's own.
pub const SCOPE: [(&str, &[&str]); 8] = [
    ("now", &[]),
    ("workspace", &["name", "time_zone"]),
    ("contact", &["name", "phone"]),
    ("conversation", &["id", "tags", "bot"]),
    ("session", &["number", "opened_at"]),
    ("business_hours", &["open", "changes_at", "changes_at_local"]),
    ("message", &["text", "number"]),
    ("doubt", &[]),
];

/// The values of [`SCOPE`], and the variables.
pub(super) fn scope(
    facts: &Facts,
    message: Option<&Written>,
    doubt: Option<Doubt>,
    variables: &BTreeMap<Name, Json>,
) -> Json {
    let time = |at: Time| at.to_rfc3339_opts(SecondsFormat::Secs, true);
    let vars: serde_json::Map<String, Json> =
        variables.iter().map(|(Name(name), value)| (name.clone(), value.clone())).collect();
    json!({
        "now": time(facts.now),
        "workspace": {"name": facts.workspace.name, "time_zone": facts.workspace.time_zone},
        "contact": facts.contact,
        "conversation": facts.conversation,
        "session": {
            "number": facts.session.as_ref().map(|session| session.number),
            "opened_at": facts.session.as_ref().map(|session| time(session.opened_at)),
        },
        "business_hours": {
            "open": facts.business_hours.open,
            "changes_at": facts.business_hours.changes_at.map(time),
            "changes_at_local": facts.business_hours.changes_at_local,
        },
        "message": {
            "text": message.and_then(|message| message.text.clone()),
            "number": message.map(|message| message.number),
        },
        "doubt": doubt.map(Doubt::as_str),
        "vars": vars,
    })
}

impl Doubt {
    /// As texts and expressions read it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unsure => "UNSURE",
            Self::Requested => "REQUESTED",
            Self::Unreadable => "UNREADABLE",
            Self::ModelDown => "MODEL_DOWN",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scope_holds_exactly_what_authors_are_told() {
        let now = "2026-11-25T08:00:00Z".parse().unwrap();
        let scope = scope(&Facts::of_nobody(now), None, None, &BTreeMap::new());
        let roots: std::collections::BTreeSet<&str> =
            scope.as_object().unwrap().keys().map(String::as_str).collect();
        let told = SCOPE.iter().map(|(root, _)| *root).chain(["vars"]);
        assert_eq!(roots, told.collect());
        for (root, fields) in SCOPE.iter().filter(|(_, fields)| !fields.is_empty()) {
            let has: std::collections::BTreeSet<&str> =
                scope[*root].as_object().unwrap().keys().map(String::as_str).collect();
            assert_eq!(has, fields.iter().copied().collect(), "{root}");
        }
    }
}
