//! How a person is named in English, and whether what follows leaves it a person.
//!
//! Invariant: what is named ends where the first word stands that can be no part of it.

use super::is;

/// The words after the name of a person, such as "a real human agent", and whether it can be no bystander.
pub(super) fn person(words: &[String]) -> Option<(&[String], bool)> {
    let (mut named, mut strong, mut real) = (false, false, false);
    let mut length = 0;
    for (at, word) in words.iter().enumerate() {
        let word = word.as_str();
        let before = if at > 0 { words[at - 1].as_str() } else { "" };
        let service = before == "customer" && ["service", "support", "care"].contains(&word);
        let person = STRONG.contains(&word)
            || service
            || (before, word) == ("live", "chat")
            || before == "human" && word == "help";
        let noun = person || WEAK.contains(&word) || word == "people" && real;
        let description = REAL.contains(&word) || ["customer", "sales", "service"].contains(&word);
        let link = DETERMINERS.contains(&word) && (!named || ["of", "from"].contains(&before));
        let belongs = named && ["of", "from"].contains(&word) && is(words.get(at + 1), DETERMINERS);
        if !(noun || description || link || belongs) {
            break;
        }
        real |= REAL.contains(&word);
        strong |= person;
        named |= noun;
        length = at + 1;
    }
    named.then_some((&words[length..], strong || real))
}

/// Whether what follows the person leaves it a person: nothing, or a word that begins another thought.
pub(super) fn stays(after: &[String], loosely: bool) -> bool {
    match after.first().map(String::as_str) {
        None => true,
        Some("to") => is(after.get(1), SERVE),
        Some(word) => FOLLOWERS.contains(&word) || loosely && ABOUT.contains(&word),
    }
}

const DETERMINERS: &[&str] = &[
    "a",
    "an",
    "any",
    "some",
    "the",
    "your",
    "one",
    "of",
    "from",
    "member",
    "proper",
    "senior",
    "another",
    "different",
];
const REAL: &[&str] = &["real", "live", "actual", "human", "physical", "genuine", "flesh"];
pub(super) const STRONG: &[&str] = &[
    "human",
    "humans",
    "agent",
    "person",
    "representative",
    "rep",
    "operator",
    "supervisor",
    "being",
    "csr",
];
#[rustfmt::skip]
const WEAK: &[&str] = &["someone", "somebody", "anyone", "anybody", "staff", "employee", "manager", "adviser", "advisor", "colleague",
    "team", "support", "owner", "boss", "consultant", "specialist", "assistant"];
#[rustfmt::skip]
const FOLLOWERS: &[&str] = &["please", "pls", "plz", "now", "who", "right", "immediately", "asap", "instead", "here", "today",
    "directly", "not", "rather", "thanks", "thank", "because", "i", "im", "else", "urgently", "again", "ok", "then", "soon", "and",
    "so", "since", "ive", "cause", "anymore", "first", "there", "available"];
#[rustfmt::skip]
const ABOUT: &[&str] = &["about", "regarding", "concerning", "on", "at", "from", "that", "for", "over", "via", "by", "in", "if",
    "with", "as", "or", "my", "this", "but"];
#[rustfmt::skip]
pub(super) const SERVE: &[&str] = &["talk", "speak", "chat", "help", "assist", "solve", "fix", "handle", "answer", "explain", "resolve",
    "discuss", "call", "look", "sort", "take", "review", "check"];
