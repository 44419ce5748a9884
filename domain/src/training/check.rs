//! What may stand in a ticket.

use std::collections::BTreeSet;

use sea_orm::{ColumnTrait, PaginatorTrait, QueryFilter};

use super::correction::{is_taught, said, section};
use crate::error::{Error, Result};
use crate::id::DocumentId;
use crate::knowledge::passage;
use crate::tx::Tx;

/// The longest question, in characters: what a heading may have.
pub(super) const LONGEST_QUESTION: usize = 120;
const LONGEST_REASON: usize = 2_000;
/// The longest answer: what the bot says at once.
const LONGEST_ANSWER: usize = 800;
const MOST_DOCUMENTS: usize = 10;

/// A question, on one line, as the heading of its answer.
pub(super) fn question(text: &str) -> Result<String> {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    within("question", &line, LONGEST_QUESTION)?;
    if !is_taught(&section(&line, "x"), &line, "x") {
        let message = "it is the heading of its answer: write letters or digits, and no # at its end";
        return Err(Error::invalid("question", message));
    }
    Ok(line)
}

/// What is wrong with an answer.
pub(super) fn wrong(text: &str) -> Result<String> {
    within("wrong", text.trim(), LONGEST_REASON)?;
    Ok(text.trim().to_owned())
}

/// The right answer, as a customer is to read it. The bot gives it whole, in one message.
pub(super) fn answer(text: &str) -> Result<String> {
    let text = text.trim();
    within("answer", text, LONGEST_ANSWER)?;
    if passage::answer(&said(text)).is_some() {
        let message = "begin with the answer: its first line reads like a question, which is not said again";
        return Err(Error::invalid("answer", message));
    }
    if !is_taught(&section("x", text), "x", text) {
        let message = "write it as the customer is to read it, without lines of ~~~ or ```";
        return Err(Error::invalid("answer", message));
    }
    Ok(text.to_owned())
}

/// Documents of the workspace, each once, in the order in which they are named.
pub(super) async fn documents(tx: &Tx<'_>, ids: &[DocumentId]) -> Result<Vec<DocumentId>> {
    let mut seen = BTreeSet::new();
    let ids: Vec<DocumentId> = ids.iter().copied().filter(|id| seen.insert(*id)).collect();
    all_exist(tx, &ids).await?;
    if !(1..=MOST_DOCUMENTS).contains(&ids.len()) {
        let message =
            format!("name the documents that are to say it: 1 to {MOST_DOCUMENTS}, not {}", ids.len());
        return Err(Error::invalid("documentIds", message));
    }
    Ok(ids)
}

/// Whether the workspace has these documents.
///
/// # Errors
/// NOT_FOUND if it has not all of them.
pub(crate) async fn all_exist(tx: &Tx<'_>, ids: &[DocumentId]) -> Result<()> {
    let different: BTreeSet<DocumentId> = ids.iter().copied().collect();
    let known = entity::document::Column::Id.is_in(different.iter().map(|id| id.0));
    let known = tx.find::<entity::document::Entity>().filter(known).count(tx.db()).await?;
    if usize::try_from(known).ok() == Some(different.len()) { Ok(()) } else { Err(Error::NotFound) }
}

fn within(field: &'static str, text: &str, most: usize) -> Result<()> {
    let characters = text.chars().count();
    if (1..=most).contains(&characters) && !text.contains('\0') {
        return Ok(());
    }
    let message = format!("write 1 to {most} characters, without NUL; these are {characters}");
    Err(Error::invalid(field, message))
}
