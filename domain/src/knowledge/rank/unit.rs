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
            Piece::Word(word) => Unit::Word(alike(text::root(&word).to_owned())),
            Piece::Run(run) => Unit::Run(run),
        })
        .collect()
}
