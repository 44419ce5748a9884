//! Whether a customer asks for a person instead of the bot, in English and Chinese.
//!
//! Word patterns only. A word such as "agent" or 人工 says nothing by itself: it counts as the object of a verb of
//! contact, followed by nothing that makes it part of another noun ("agent fee", 人工智慧), or as the whole message.
//! A missed wish costs little, since the bot hands over when it does not know; so what is unclear is no wish.

mod chinese;
mod english;

use crate::text;

/// Whether any part of the text is a wish to be served by a person.
pub fn wants_a_person(text: &str) -> bool {
    let lines: Vec<String> = text.lines().map(text::fold).collect();
    let clauses = lines.iter().flat_map(|line| line.split(ENDS)).filter(|clause| !clause.trim().is_empty());
    let clauses: Vec<&str> = clauses.collect();
    let words: Vec<String> = clauses.iter().flat_map(|clause| english::words(clause)).collect();
    english::is_only_a_person(&words)
        || clauses
            .iter()
            .any(|clause| english::is_a_wish(&english::words(clause)) || chinese::is_a_wish(clause))
}

const ENDS: [char; 16] = [',', '.', '!', '?', ';', ':', '(', ')', '"', '~', '。', '、', '…', '—', '–', '/'];

#[cfg(test)]
mod tests;
