//! A text that is too long for one passage, cut.
//!
//! Invariant: the pieces have all of the text but white space, and none is over [`MAX`](super::MAX) characters.

use super::{AIM, ENOUGH, MAX, length};
use crate::text;

/// Cuts a text at sentences into pieces near `aim`; a short tail goes with the piece before.
pub(super) fn pieces(text: &str, aim: usize) -> Vec<String> {
    if length(text) <= aim {
        return vec![text.to_owned()];
    }
    let mut pieces: Vec<String> = vec![String::new()];
    for sentence in text::sentences(text).into_iter().flat_map(|sentence| fragments(sentence, AIM)) {
        match pieces.last_mut() {
            Some(last) if length(last) + length(sentence) <= AIM => last.push_str(sentence),
            _ => pieces.push(sentence.to_owned()),
        }
    }
    if let [.., before, tail] = pieces.as_mut_slice()
        && length(tail) < ENOUGH
        && length(before) + length(tail) <= MAX
    {
        before.push_str(tail);
        tail.clear();
    }
    pieces.iter().map(|piece| piece.trim().to_owned()).filter(|piece| !piece.is_empty()).collect()
}

/// A sentence that is no sentence, such as a table or a long link, cut at words or anywhere.
fn fragments(sentence: &str, aim: usize) -> Vec<&str> {
    let mut fragments = Vec::new();
    let mut rest = sentence;
    while let Some((limit, _)) = rest.char_indices().nth(aim) {
        let at = rest[..limit].rfind(char::is_whitespace).filter(|at| *at > 0).unwrap_or(limit);
        let (head, tail) = rest.split_at(at);
        fragments.push(head);
        rest = tail;
    }
    fragments.push(rest);
    fragments
}
