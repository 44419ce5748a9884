//! A document with a question and its answer in it. Pure.

/// The text with the question as a heading of its own and the answer below it: in the place of an earlier answer to the
/// same question, or else at the end.
pub(super) fn correct(text: &str, question: &str, answer: &str) -> String {
    let heading = format!("# {question}");
    let lines: Vec<&str> = text.lines().collect();
    let Some(begins) = lines.iter().position(|line| line.trim_end() == heading) else {
        return format!("{}\n\n{heading}\n\n{answer}\n", text.trim_end());
    };
    let below = &lines[begins + 1..];
    let length = below.iter().position(|line| line.trim_start().starts_with('#')).unwrap_or(below.len());
    let mut corrected = lines[..=begins].join("\n");
    corrected.push_str(&format!("\n\n{answer}\n"));
    if length < below.len() {
        corrected.push_str(&format!("\n{}\n", below[length..].join("\n")));
    }
    corrected
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_question_stands_at_the_end_and_one_that_is_there_gets_the_new_answer() {
        let once = correct("# Shipping\nThree days.\n\n", "How long?", "Two days.");
        assert_eq!(once, "# Shipping\nThree days.\n\n# How long?\n\nTwo days.\n");
        let twice = correct(&once, "How much?", "Nothing.\n\nReally.");
        let mended = correct(&twice, "How long?", "One day.");
        let expected =
            "# Shipping\nThree days.\n\n# How long?\n\nOne day.\n\n# How much?\n\nNothing.\n\nReally.\n";
        assert_eq!(mended, expected);
        assert_eq!(
            correct(&mended, "How much?", "Nothing.\n\nReally."),
            expected,
            "the same once more changes nothing"
        );
        assert_eq!(correct("", "Q?", "A."), "\n\n# Q?\n\nA.\n");
    }
}
