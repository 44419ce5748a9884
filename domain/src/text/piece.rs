//! What a text is about: the stretches of it that carry meaning.
//!
//! Invariant: the pieces stand in the order of the text, none is empty, and in no run begins a function word
//! outside a word that is kept.

use super::fold;
use super::form::singular;
use super::stop::{FUNCTION_WORDS, KEPT_WORDS, is_stop_word};

/// A stretch of a text that carries meaning. Stop words and function words lie between the pieces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// A word, or a number, of a script that separates words; its plural taken off.
    Word(String),
    /// Characters of a script without spaces; never empty.
    Run(Vec<char>),
}

/// The pieces of a text, in order.
pub(crate) fn pieces(text: &str) -> Vec<Piece> {
    let folded: Vec<char> = fold(text).chars().collect();
    let mut pieces = Vec::new();
    let mut rest = folded.as_slice();
    while let Some(&first) = rest.first() {
        let length = if is_unspaced(first) {
            let length = rest.iter().take_while(|c| is_unspaced(**c)).count();
            runs(&rest[..length], &mut pieces);
            length
        } else if is_wordlike(first) {
            let length = rest.iter().take_while(|c| is_wordlike(**c) || is_apostrophe(**c)).count();
            let word: String = rest[..length].iter().filter(|c| !is_apostrophe(**c)).collect();
            let singular = singular(word.clone());
            if !is_stop_word(&word, &singular) {
                pieces.push(Piece::Word(singular));
            }
            length
        } else {
            1
        };
        rest = &rest[length..];
    }
    pieces
}

/// Cuts a stretch of unspaced characters at function words.
fn runs(stretch: &[char], pieces: &mut Vec<Piece>) {
    let mut start = 0;
    let mut at = 0;
    while at < stretch.len() {
        let rest = &stretch[at..];
        if let Some(length) = longest(KEPT_WORDS, rest) {
            at += length;
            continue;
        }
        let Some(length) = longest(FUNCTION_WORDS, rest) else {
            at += 1;
            continue;
        };
        if start < at {
            pieces.push(Piece::Run(stretch[start..at].to_vec()));
        }
        at += length;
        start = at;
    }
    if start < at {
        pieces.push(Piece::Run(stretch[start..].to_vec()));
    }
}

/// The length of the longest of the words that the characters begin with.
fn longest(words: &[&str], rest: &[char]) -> Option<usize> {
    let lengths =
        words.iter().filter(|word| word.starts_with(rest[0])).map(|word| (word, word.chars().count()));
    lengths
        .filter(|(word, length)| *length <= rest.len() && word.chars().eq(rest[..*length].iter().copied()))
        .map(|(_, length)| length)
        .max()
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’')
}

fn is_wordlike(c: char) -> bool {
    // Combining marks carry the vowels of many scripts and are not alphanumeric.
    !is_unspaced(c) && (c.is_alphanumeric() || matches!(u32::from(c), 0x300..=0x36f))
}

fn is_unspaced(c: char) -> bool {
    matches!(u32::from(c), 0x3005..=0x3007 | 0x3041..=0x3096 | 0x30a1..=0x30ff | 0x3400..=0x4dbf | 0x4e00..=0x9fff
        | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0x2_0000..=0x3_ffff)
}
