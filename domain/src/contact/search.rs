//! The text by which a contact is found: everything that names them, folded, one name a line.
//!
//! Invariant: it is written with every change of a name. A query has no line break, so no match spans two names.

use sea_orm::sea_query::LikeExpr;
use sea_orm::{ColumnTrait, Condition};

use super::identity;
use crate::error::{Error, Result};
use crate::id::ContactId;
use crate::text::fold;
use crate::tx::Tx;

/// The longest text to search for, in characters.
pub(super) const LONGEST: usize = 200;

/// Writes what a contact is found by from the row as it is given and the names that are stored.
pub(super) async fn save(tx: &Tx<'_>, contact: &mut entity::contact::Model) -> Result<()> {
    let names = identity::all(tx, ContactId(contact.id)).await?;
    contact.search = text(contact, names.iter().map(|name| name.value.as_str()));
    tx.save(&*contact).await?;
    Ok(())
}

/// What a contact with these further names is found by.
pub(super) fn text<'a>(contact: &'a entity::contact::Model, names: impl Iterator<Item = &'a str>) -> String {
    let own = [&contact.given_name, &contact.name, &contact.username];
    let lines = own.into_iter().filter_map(|name| name.as_deref()).chain(names).map(fold);
    lines.collect::<Vec<_>>().join("\n")
}

/// Contacts that have the text in one of their names; none for a text without anything to look for.
///
/// # Errors
/// Invalid on `search` when it is too long.
pub(super) fn condition(given: &str) -> Result<Option<Condition>> {
    if given.chars().count() > LONGEST {
        return Err(Error::invalid("search", format!("search for at most {LONGEST} characters")));
    }
    let folded = fold(given);
    if folded.is_empty() {
        return Ok(None);
    }
    let mut either = Condition::any().add(contains(&folded));
    // A phone number is stored in digits, however people write it.
    if folded.chars().all(|c| c.is_ascii_digit() || "+-.()/ ".contains(c)) {
        let digits: String = folded.chars().filter(char::is_ascii_digit).collect();
        if !digits.is_empty() && digits != folded {
            either = either.add(contains(&digits));
        }
    }
    Ok(Some(either))
}

fn contains(text: &str) -> sea_orm::sea_query::SimpleExpr {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    entity::contact::Column::Search.like(LikeExpr::new(pattern).escape('\\'))
}
