//! A document with a question and its answer in it. Pure.
//!
//! Invariant: what people wrote in the document stays; only an earlier answer that was taught to the same question goes.

use crate::knowledge::passage;

/// Between two of them lines are text, whatever they look like: a passage is the answer and nothing else.
const FENCE: &str = "~~~";

/// The text with the question as a heading of its own and the answer below it: in the place of an answer that it was
/// taught before, or else at the end.
pub(super) fn correct(text: &str, question: &str, answer: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let Some((begins, ends)) = taught_before(&lines, question) else {
        let before = text.trim_end();
        let gap = if before.is_empty() { "" } else { "\n\n" };
        return format!("{before}{gap}{}", section(question, answer));
    };
    let before: String = lines[..begins].iter().map(|line| format!("{line}\n")).collect();
    let behind: String = lines[ends..].iter().map(|line| format!("{line}\n")).collect();
    format!("{before}{}{behind}", section(question, answer))
}

/// Whether a document gives exactly this answer to exactly this question.
pub(super) fn is_taught(document: &str, question: &str, answer: &str) -> bool {
    let said = said(answer);
    let is_it = |found: passage::Passage| found.heading.as_deref() == Some(question) && found.text == said;
    passage::split(document).into_iter().any(is_it)
}

/// The answer as customers get it: blank lines would end a passage.
pub(super) fn said(answer: &str) -> String {
    let lines = answer.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

/// How it stands in a document.
pub(super) fn section(question: &str, answer: &str) -> String {
    format!("# {question}\n\n{FENCE}\n{}\n{FENCE}\n", said(answer))
}

/// The lines of what was taught to this question.
fn taught_before(lines: &[&str], question: &str) -> Option<(usize, usize)> {
    let heading = format!("# {question}");
    let is_taught = |at: &usize| {
        lines[*at] == heading
            && lines.get(at + 1).is_some_and(|line| line.is_empty())
            && lines.get(at + 2) == Some(&FENCE)
    };
    let begins = (0..lines.len()).find(is_taught)?;
    let inside = lines[begins + 3..].iter().position(|line| *line == FENCE)?;
    Some((begins, begins + 3 + inside + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_question_stands_at_the_end_and_one_that_was_taught_gets_the_new_answer() {
        let once = correct("# Shipping\nThree days.\n\n", "How long?", "Two days.");
        assert_eq!(once, "# Shipping\nThree days.\n\n# How long?\n\n~~~\nTwo days.\n~~~\n");
        let twice = correct(&once, "How much?", "Nothing.\n\nReally.");
        let mended = correct(&twice, "How long?", "One day.");
        let expected = "# Shipping\nThree days.\n\n# How long?\n\n~~~\nOne day.\n~~~\n\n\
                        # How much?\n\n~~~\nNothing.\nReally.\n~~~\n";
        assert_eq!(mended, expected);
        assert_eq!(correct(&mended, "How much?", "Nothing.\n\nReally."), expected, "the same once more");
        assert_eq!(correct("", "Q?", "A."), "# Q?\n\n~~~\nA.\n~~~\n");
    }

    #[test]
    fn what_people_wrote_below_the_same_heading_stays() {
        let corrected = correct("# How long?\nThree days, and more to read.", "How long?", "Two days.");
        assert!(corrected.starts_with("# How long?\nThree days, and more to read.\n\n# How long?\n\n~~~\n"));
        assert!(is_taught(&corrected, "How long?", "Two days."));
    }

    #[test]
    fn an_answer_is_given_whole_whatever_its_lines_look_like() {
        let pair = "Q: How much is shipping?\nA: It costs 80 dollars.";
        let odd = "It is free.\n\n# 1 of our offers\nQ: really?\n---\n【Yes】\nAnything else?";
        let corrected = correct(pair, "shipping cost", odd);
        assert!(is_taught(&corrected, "shipping cost", odd), "{corrected}");
        assert_eq!(passage::split(&corrected)[0].text, pair, "and runs into nothing before it");
        let swallowed = correct("An open block:\n~~~\nnever closed", "shipping cost", "It is free.");
        assert!(!is_taught(&swallowed, "shipping cost", "It is free."), "{swallowed}");
    }
}
