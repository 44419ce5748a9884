//! Changing what a workspace is called, and its clock and language.

use crate::actor::Actor;
use crate::business_hours::Tz;
use crate::env::Env;
use crate::error::{Error, Result};
use crate::event::Event;
use crate::scope::Scope;
use crate::tx::{Committed, Tx, locked};
use crate::workflow::live;

/// What is to change. Absent fields stay.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// The company's name.
    pub name: Option<String>,
    /// An IANA time zone.
    pub time_zone: Option<String>,
    /// A language tag of BCP 47.
    pub locale: Option<String>,
}

/// Changes the workspace.
///
/// # Errors
/// Denied for plain members; Invalid on a field.
pub async fn update(env: &Env, actor: &Actor, change: &Change) -> Result<Committed> {
    actor.must_administer()?;
    let mut tx = Tx::begin(env, actor.workspace).await?;
    let mut row =
        locked(tx.find::<entity::workspace::Entity>()).one(tx.db()).await?.ok_or(Error::NotFound)?;
    let before = row.clone();
    if let Some(name) = &change.name {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 120 || name.chars().any(char::is_control) {
            return Err(Error::invalid("name", "give the company's name in 1 to 120 characters"));
        }
        name.clone_into(&mut row.name);
    }
    if let Some(zone) = &change.time_zone {
        let zone: Tz = zone.parse().map_err(|_| {
            Error::invalid("timeZone", "name a time zone as the IANA database does, for example Asia/Taipei")
        })?;
        if zone.name() != row.time_zone {
            zone.name().clone_into(&mut row.time_zone);
            live::reset_timetable(&mut tx, &Scope::of(env, actor.workspace), zone).await?;
        }
    }
    if let Some(locale) = &change.locale {
        if !is_language_tag(locale) {
            let message = "name a language as BCP 47 does, for example zh-Hant-TW";
            return Err(Error::invalid("locale", message));
        }
        row.locale.clone_from(locale);
    }
    if row != before {
        tx.save(&row).await?;
        tx.announce(Event::WorkspaceChanged {});
    }
    tx.commit().await
}

/// Letters and digits in parts of one to eight, the first one letters only (RFC 5646, well-formed in form).
fn is_language_tag(text: &str) -> bool {
    let mut parts = text.split('-');
    let first = parts.next().unwrap_or_default();
    let fits =
        |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    text.len() <= 35
        && (2..=8).contains(&first.len())
        && first.bytes().all(|byte| byte.is_ascii_alphabetic())
        && parts.all(fits)
}

#[cfg(test)]
mod tests {
    use super::is_language_tag;

    #[test]
    fn language_tags_are_told_from_other_words() {
        for tag in ["en", "zh-Hant-TW", "de-CH-1996", "x-private"] {
            assert_eq!(is_language_tag(tag), tag != "x-private", "{tag}");
        }
        for other in ["", "e", "english language", "en_US", "en-", "-en", "en-toolongapart"] {
            assert!(!is_language_tag(other), "{other}");
        }
    }
}
