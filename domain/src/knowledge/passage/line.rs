//! What a line of a document is by its looks: a heading, a rule, a question.
//!
//! Invariant: a line is judged by itself and its neighbours, in plain text as in Markdown.

use super::length;

/// `## Title`, or a line that is nothing but 【Title】.
pub(super) fn heading(line: &str) -> Option<(usize, &str)> {
    let level = line.bytes().take_while(|b| *b == b'#').count();
    let title = if (1..=6).contains(&level) && line[level..].starts_with([' ', '\t']) {
        Some((level, line[level..].trim().trim_end_matches('#').trim_end()))
    } else {
        line.strip_prefix('【').and_then(|rest| rest.strip_suffix('】')).map(|title| (6, title.trim()))
    };
    title.filter(|(_, title)| fits_heading(title))
}

/// The level that a line of `=` or `-` gives to the line above it.
pub(super) fn underline(line: &str) -> Option<usize> {
    let all = |mark: u8| line.len() >= 3 && line.bytes().all(|b| b == mark);
    if all(b'=') { Some(1) } else { all(b'-').then_some(2) }
}

/// A line of nothing but marks, such as a fence without its other end.
pub(super) fn is_rule(line: &str) -> bool {
    line.chars().all(|c| matches!(c, '-' | '=' | '_' | '*' | '`' | '~' | ' '))
}

pub(super) fn fits_heading(title: &str) -> bool {
    !title.is_empty() && length(title) <= LONGEST_HEADING
}

/// A line marked as a question, or one that asks and is followed by something that does not.
pub(super) fn is_question(line: &str, next: &str, after_blank: bool) -> bool {
    is_marked(line)
        || (after_blank || next.is_empty() || !asks(next)) && asks(line) && length(line) <= LONGEST_HEADING
}

/// Whether a line bears the mark of a question: Q2. or **問題：
pub(super) fn is_marked(line: &str) -> bool {
    let bare =
        line.trim_start_matches(|c: char| matches!(c, '*' | '-' | '•' | '_' | ' ') || c.is_ascii_digit());
    let bare = bare.trim_start_matches(['.', '、', ')', ' ', '*']);
    let names = ["question", "q", "問題", "问题", "提問", "提问", "問", "问"];
    let lower = bare.to_lowercase();
    names.iter().filter_map(|name| lower.strip_prefix(name)).any(|rest| mark(rest).is_some())
}

/// The sign that makes a mark of a name such as Q2, and what follows it.
pub(super) fn mark(rest: &str) -> Option<(char, &str)> {
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, ' ' | '*'));
    let sign = rest.chars().next().filter(|c| matches!(c, ':' | '：' | '.' | '、' | '）' | ')'))?;
    Some((sign, &rest[sign.len_utf8()..]))
}

/// Whether a line ends with a question mark.
pub(super) fn asks(line: &str) -> bool {
    line.trim_end_matches(['*', '_', ' ']).ends_with(['?', '？'])
}

/// A longer line is a paragraph, whatever mark it bears.
const LONGEST_HEADING: usize = 120;
