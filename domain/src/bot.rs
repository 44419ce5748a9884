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
    /// Only stickers: no answer is expected.
    Stickers,
    /// Content without any text: a person must look.
    Unreadable,
}

impl Question {
    /// Gathers what a turn covers.
    #[must_use]
    pub(crate) fn of(messages: &[entity::message::Model]) -> Self {
        let texts: Vec<&str> = messages
            .iter()
            .filter(|m| m.kind == "text" || m.kind == "reply")
            .map(message::present_text)
            .collect();
        if !texts.is_empty() {
            Self::Text(texts.join("\n"))
        } else if messages.iter().all(|message| message.kind == "sticker") {
            Self::Stickers
        } else {
            match messages.iter().filter_map(caption).reduce(|all, next| all + "\n" + &next) {
                Some(captions) => Self::Text(captions),
                None => Self::Unreadable,
            }
        }
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
    /// Nothing needs an answer.
    Nothing,
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
        Question::Stickers => return Ok(Reply::Nothing),
        Question::Unreadable => return Ok(Reply::Person(WaitReason::Unreadable)),
        Question::Text(text) => text,
    };
    if wish::wants_a_person(text) {
        return Ok(Reply::Person(WaitReason::Requested));
    }
    match knowledge::best(scope, text).await? {
        Some(found) if found.confidence >= threshold => Ok(Reply::Answer(Answer {
            text: spoken(&found.passage.text).to_owned(),
            passages: vec![PassageId(found.passage.id)],
            confidence: found.confidence,
        })),
        Some(_) | None => Ok(Reply::Person(WaitReason::Unsure)),
    }
}

/// A passage as the bot says it: of a question with its answer, only the answer.
fn spoken(passage: &str) -> &str {
    let asks = ["Q:", "Q：", "問:", "問：", "问:", "问："].iter().any(|mark| passage.starts_with(mark));
    let answers = ["\nA:", "\nA：", "\n答:", "\n答："];
    match answers.iter().find_map(|mark| passage.split_once(mark)) {
        Some((_, answer)) if asks && !answer.trim().is_empty() => answer.trim(),
        _ => passage,
    }
}

#[cfg(test)]
mod tests {
    use super::spoken;

    #[test]
    fn of_a_question_with_its_answer_only_the_answer_is_said() {
        assert_eq!(spoken("Q: How much?\nA: Five."), "Five.");
        assert_eq!(spoken("問：運費怎麼算？\n答：八十元。"), "八十元。");
        assert_eq!(spoken("Q: How much?"), "Q: How much?");
        assert_eq!(spoken("We open at ten.\nA: is a letter."), "We open at ten.\nA: is a letter.");
    }
}
