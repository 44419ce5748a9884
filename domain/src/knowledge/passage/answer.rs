//! The answer in a passage that is a question and its answer.
//!
//! Invariant: what is a question here is what the passage was cut at, or a passage would be sent with its question.

use super::line::{asks, is_marked, is_question, mark};

/// The answer alone, without its mark; `None` if the passage does not begin with a question or has no answer to it.
pub(crate) fn answer(passage: &str) -> Option<String> {
    let (question, below) = passage.split_once('\n').unwrap_or((passage, ""));
    let next = below.lines().next().unwrap_or_default().trim();
    if !is_question(question.trim(), next, true) {
        return None;
    }
    let marked = is_marked(question);
    let answer = if let Some(answer) = on_the_same_line(question) {
        format!("{answer}\n{below}")
    } else if let Some(answer) = marked_below(below, marked) {
        answer
    } else if asks(question) || !question.contains(['?', '？']) {
        below.to_owned()
    } else {
        // The answer may stand behind the question mark.
        return None;
    };
    let answer = answer.trim();
    (!answer.is_empty()).then(|| answer.to_owned())
}

/// Q: How much? A: Five.
fn on_the_same_line(question: &str) -> Option<&str> {
    let ends = question.char_indices().filter(|(_, c)| matches!(c, '?' | '？' | '。'));
    ends.map(|(at, c)| question[at + c.len_utf8()..].trim_start())
        .find_map(|rest| without_mark(rest, false).map(|(_, answer)| answer))
}

/// The text from the line that is marked as the answer.
fn marked_below(below: &str, marked: bool) -> Option<String> {
    let mut start = 0;
    let mut first = marked;
    for line in below.split_inclusive('\n') {
        if let Some((emphasis, answer)) = without_mark(line, first) {
            return Some(format!("{emphasis}{answer}{}", &below[start + line.len()..]));
        }
        first &= line.trim().is_empty();
        start += line.len();
    }
    None
}

/// What follows the mark of an answer, and the emphasis that began before the mark. "A." alone is `loosely` a mark:
/// a list may have it.
fn without_mark(line: &str, loosely: bool) -> Option<(&str, &str)> {
    let bare = line.trim_start_matches(['*', '-', '•', '_', ' ']);
    let rest = MARKS.iter().find_map(|name| bare.strip_prefix(name))?;
    let numbered = rest.starts_with(|c: char| c.is_ascii_digit() || c == ' ');
    let (sign, answer) = mark(rest)?;
    if !matches!(sign, ':' | '：') && !(loosely && (numbered || sign == '.')) {
        return None;
    }
    // "**A:** Five." and "**A**: Five." end their emphasis with the mark.
    let ended = answer.strip_prefix("**");
    let open = line[..line.len() - bare.len()].ends_with("**")
        && ended.is_none()
        && !rest[..rest.len() - answer.len()].contains('*');
    Some((if open { "**" } else { "" }, ended.unwrap_or(answer).trim_start_matches(' ')))
}

const MARKS: [&str; 7] = ["Answer", "ANSWER", "answer", "A", "答案", "回答", "答"];
