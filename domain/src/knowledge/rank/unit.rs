//! A text as ranking compares it: the forms of a word brought together, and words that are alike.
//!
//! Invariant: what two texts share are the keys of their units, and the characters of one that are keys of the other.

use super::alike::alike;
use crate::text::{self, Piece};

/// A piece of a text with the forms of a word brought together.
pub(super) enum Unit {
    Word(String),
    Run(Vec<char>),
}

impl Unit {
    /// What is sought of it: a lone character by itself, unless it says nothing.
    pub(super) fn keys(&self) -> Vec<String> {
        match self {
            Unit::Word(word) => vec![word.clone()],
            Unit::Run(run) if run.len() == 1 => {
                run.iter().filter(|c| !WEAK.contains(**c)).map(char::to_string).collect()
            }
            Unit::Run(run) => run.windows(2).map(|pair| alike(String::from_iter(pair))).collect(),
        }
    }

    /// By what it is found besides its keys: each character of a run, for who asks for 茶 alone.
    pub(super) fn characters(&self) -> impl Iterator<Item = String> {
        let run = match self {
            Unit::Run(run) if run.len() > 1 => run.as_slice(),
            _ => &[],
        };
        run.iter().map(char::to_string)
    }
}

/// Characters that, outside a pair that is known, say nothing about the topic.
pub(super) const WEAK: &str = "有在要會会能可到讓让用做去來来對对從从為为以和或但很更最還还都也不沒没無无個个些想請请該该得著着過过再又吃買买間间上下中多少幾几時时後后前";

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
