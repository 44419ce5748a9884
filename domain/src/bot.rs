//! The built-in assistant: answers with the best passage of the company's own knowledge, or asks for
//! a person when the customer wants one or nothing fits well enough.

pub mod wish;

use crate::conversation::WaitReason;
use crate::error::Result;
use crate::id::PassageId;
use crate::knowledge;
use crate::message;
use crate::scope::Scope;

/// What the customer asked, gathered from one or more messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// Something to read, joined in order.
    Text(String),
    /// Content without any text: a person must look.
    Unreadable,
}

impl Question {
    /// Gathers what a turn covers.
    #[must_use]
    pub(crate) fn of(messages: &[entity::message::Model]) -> Self {
        let words: Vec<String> = messages.iter().filter_map(words).collect();
        if words.is_empty() { Self::Unreadable } else { Self::Text(words.join("\n")) }
    }
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

/// What the assistant does.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// It answers.
    Answer(Answer),
    /// It asks for a person.
    Person(WaitReason),
}

/// An answer with what it leans on.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// What the customer reads.
    pub text: String,
    /// The passages, best first.
    pub passages: Vec<PassageId>,
    /// From 0 to 1.
    pub confidence: f64,
}

/// Decides what to answer. Below `threshold` it asks for a person.
///
/// # Errors
/// The database's.
pub async fn reply(scope: &Scope, question: &Question, threshold: f64) -> Result<Reply> {
    let text = match question {
        Question::Unreadable => return Ok(Reply::Person(WaitReason::Unreadable)),
        Question::Text(text) => text,
    };
    if wish::wants_a_person(text) {
        return Ok(Reply::Person(WaitReason::Requested));
    }
    match knowledge::best(scope, text).await? {
        Some(found) if found.confidence >= threshold => Ok(Reply::Answer(Answer {
            text: spoken(&found.passage.text),
            passages: vec![PassageId(found.passage.id)],
            confidence: found.confidence,
        })),
        Some(_) | None => Ok(Reply::Person(WaitReason::Unsure)),
    }
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
