//! Fenced blocks of Markdown: plain text between two fences, whatever its lines look like.
//!
//! Invariant: a block is closed. A fence that nothing closes would swallow the rest of the document.

use std::collections::HashMap;

/// Looks for the blocks of a document from its first line to its last.
#[derive(Default)]
pub(super) struct Fences {
    /// The shortest fence of a mark that nothing below closes. Without it, a document of nothing but opening fences
    /// would be read once for each of them.
    unclosed: HashMap<char, usize>,
}

impl Fences {
    /// The lines of the fenced block that begins with the first line. Its fences are the lines before and after.
    pub(super) fn block<'a, 'b>(&mut self, lines: &'b [&'a str]) -> Option<&'b [&'a str]> {
        let (opening, below) = lines.split_first()?;
        let (mark, length) = fence(opening)?;
        if self.unclosed.get(&mark).is_some_and(|unclosed| length >= *unclosed) {
            return None;
        }
        let closes = |line: &str| {
            fence(line).is_some_and(|(other, long)| other == mark && long >= length && long == line.len())
        };
        let end = below.iter().position(|line| closes(line));
        if end.is_none() {
            self.unclosed.insert(mark, length);
        }
        end.map(|end| &below[..end])
    }
}

/// The mark of a fence and how many of it there are; the name of a language may follow.
fn fence(line: &str) -> Option<(char, usize)> {
    let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let language = line.trim_start_matches(mark);
    let length = line.len() - language.len();
    // Marks at both ends are code within the line, or ornament.
    (length >= 3 && !language.contains(mark)).then_some((mark, length))
}
