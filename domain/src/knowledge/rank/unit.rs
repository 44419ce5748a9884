//! A text as ranking compares it: the forms of a word brought together, and words that are alike.
//!
//! Invariant: what two texts share are the keys of their units.

use super::alike::alike;
use crate::text::{self, Piece};

/// A piece of a text with the forms of a word brought together.
pub(super) enum Unit {
    Word(String),
    Run(Vec<char>),
}

impl Unit {
    pub(super) fn keys(&self) -> Vec<String> {
        match self {
            Unit::Word(word) => vec![word.clone()],
            Unit::Run(run) => run.windows(2).map(|pair| alike(String::from_iter(pair))).collect(),
        }
    }
}

/// The units of a text, in order.
pub(super) fn units(text: &str) -> Vec<Unit> {
    let pieces = text::pieces(text).into_iter();
    pieces
        .map(|piece| match piece {
            Piece::Word(word) => Unit::Word(alike(root(&word).to_owned())),
            Piece::Run(run) => Unit::Run(run),
        })
        .collect()
}

/// A word without the ending of its verb or noun form: ship, shipped, shipping; deliver, delivery, delivered.
/// An -ie is such an ending because the plural does not tell: "cookies" may be of "cookie" as well as of "cooky".
pub(super) fn root(word: &str) -> &str {
    let stem = ["ation", "ment", "able", "ing", "ed", "y", "ie", "e"]
        .iter()
        .filter_map(|ending| word.strip_suffix(ending))
        .find(|stem| stem.len() >= 3 && stem.bytes().any(|b| b"aeiouy".contains(&b)))
        .unwrap_or(word);
    match stem.as_bytes() {
        [.., before, last]
            if stem.len() > 3 && before == last && last.is_ascii_lowercase() && !b"aeiou".contains(last) =>
        {
            &stem[..stem.len() - 1]
        }
        _ => stem,
    }
}
