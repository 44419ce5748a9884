//! What the bot knows: it answers with the best passage of the company's own knowledge, or doubts when the customer
//! wants a person or nothing fits well enough.

pub mod wish;

use crate::error::Result;
use crate::id::PassageId;
use crate::knowledge;
use crate::message;
use crate::scope::Scope;
use crate::workflow::run::Doubt;
use crate::workflow::step::answer::Finding;

/// What the customer asked in one or more messages, joined in order; None if there is nothing to read in them.
#[must_use]
pub(crate) fn question(messages: &[entity::message::Model]) -> Option<String> {
    let words: Vec<String> = messages.iter().filter_map(words).collect();
    Some(words.join("\n")).filter(|_| !words.is_empty())
}

/// What there is to read in a message: its text, or the caption of its content.
pub(crate) fn words(message: &entity::message::Model) -> Option<String> {
    match message.kind.as_str() {
        "text" | "reply" => Some(message::present_text(message).to_owned()),
        _ => caption(message),
    }
}

/// A caption stands behind the placeholder's first line.
fn caption(message: &entity::message::Model) -> Option<String> {
    // An edit replaces the caption alone.
    if let Some(edited) = &message.edited_text {
        return Some(edited.clone()).filter(|caption| !caption.trim().is_empty());
    }
    message
        .text
        .split_once('\n')
        .map(|(_, caption)| caption.to_owned())
        .filter(|caption| !caption.trim().is_empty())
}

/// Looks for an answer. One below `threshold` is none.
///
/// # Errors
/// The database's.
pub async fn find(scope: &Scope, question: &str, threshold: f64) -> Result<Finding> {
    if wish::wants_a_person(question) {
        return Ok(Finding::Doubtful { doubt: Doubt::Requested });
    }
    Ok(match knowledge::best(scope, question).await? {
        Some(found) if found.confidence >= threshold => Finding::Found {
            text: spoken(&found.passage.text),
            passages: vec![PassageId(found.passage.id)],
            confidence: found.confidence,
        },
        Some(_) | None => Finding::Doubtful { doubt: Doubt::Unsure },
    })
}

/// A passage as the bot says it: of a question with its answer, only the answer.
fn spoken(passage: &str) -> String {
    knowledge::passage::answer(passage).unwrap_or_else(|| passage.to_owned())
}

#[cfg(test)]
mod tests {
    use super::spoken;

    #[test]
    fn of_a_question_with_its_answer_only_the_answer_is_said() {
        for passage in [
            "Q: How much?\nA: Five.",
            "Q: How much?\n\nA: Five.",
            "Q: How much?\n(For one.)\nA: Five.",
            "Question: How much?\nAnswer: Five.",
            "Q2. How much\nA2. Five.",
            "Q. How much?\nA. Five.",
            "- **Q: How much?**\n- **A:** Five.",
            "**Q**: How much?\n**A**: Five.",
            "**問題 2：多少？**\n答：Five.",
            "问：多少\n答：Five.",
            "提問：多少？\n回答：Five.",
            "提问：多少？\n答案：Five.",
            "How much?\nFive.",
            "2. 多少？\n\nFive.",
            "Q: How much? A: Five.",
            "問：多少？答：Five.",
        ] {
            assert_eq!(spoken(passage), "Five.", "{passage}");
        }
        assert_eq!(spoken("問：運費怎麼算？\n**答：八十元。**"), "**八十元。**");
        assert_eq!(spoken("How long?\nTwo days.\n\nOr three."), "Two days.\n\nOr three.");
        assert_eq!(spoken("Which sizes?\nA. small\nB. large"), "A. small\nB. large");
    }

    #[test]
    fn what_has_no_question_or_no_answer_is_said_as_it_stands() {
        for passage in [
            "Q: How much?",
            "Q: How much?\nA:",
            "Q: How much? Five.\nSix abroad.",
            "We open at ten.\nA: is a letter.",
            "Questions are welcome.\nWrite to us.",
            "",
        ] {
            assert_eq!(spoken(passage), passage);
        }
    }
}
