//! How a wish for a person is put in English.
//!
//! Invariant: words are folded and bear no apostrophes ("dont", "id"), in the lists as in the text.

mod person;

use person::{SERVE, STRONG, person, stays};

/// The words of a clause, as the lists spell them.
pub(super) fn words(clause: &str) -> Vec<String> {
    let plain: String = clause.chars().filter(|c| !matches!(c, '\'' | '’')).collect();
    let words = plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

/// Whether nothing but a person and the courtesies around it is named.
pub(super) fn is_only_a_person(words: &[String]) -> bool {
    let start = words.iter().position(|word| !FILLERS.contains(&word.as_str())).unwrap_or(words.len());
    let end = words.iter().rposition(|word| !FILLERS.contains(&word.as_str())).map_or(start, |at| at + 1);
    let named = &words[start..end];
    let anyone = matches!(named, [word] if word == "anyone" || word == "anybody" || word == "someone");
    matches!(person(named), Some(([], true)))
        || anyone && is(words.first(), &["is"]) && is(words.get(2), &["there", "here"])
}

/// Whether a clause asks for a person or refuses the bot.
pub(super) fn is_a_wish(words: &[String]) -> bool {
    let asks = is(
        words.first(),
        &["do", "does", "did", "should", "must", "if", "when", "will", "why", "what", "is", "are"],
    );
    let polite = words.iter().any(|word| ["please", "pls", "plz", "now"].contains(&word.as_str()));
    (polite && !asks && is_only_a_person(words))
        || (0..words.len()).any(|at| !is_negated(words, at) && asks_for_a_person(words, at, asks))
        || (0..words.len()).any(|at| refuses_a_bot(words, at))
        || is_asked_to_serve(words)
}

/// "Can a real person help me?"
fn is_asked_to_serve(words: &[String]) -> bool {
    is(words.first(), &["can", "could", "may", "let", "have", "please"])
        && person(&words[1..])
            .is_some_and(|(rest, strong)| strong && is(rest.first(), SERVE) && words[1] != "your")
}

/// Whether the verb at `at` asks for a person.
fn asks_for_a_person(words: &[String], at: usize, asks: bool) -> bool {
    let (verb, after) = (words[at].as_str(), &words[at + 1..]);
    let skip = |words: &[String], list: &[&str]| {
        words.iter().take_while(|word| list.contains(&word.as_str())).count()
    };
    if TALK.contains(&verb) {
        let adverbs = skip(
            after,
            &["directly", "now", "right", "please", "live", "again", "only", "just", "this", "it"],
        );
        let after = &after[adverbs..];
        let to = is(after.first(), &["to", "with"])
            && person(&after[1..]).is_some_and(|(rest, _)| stays(rest, true));
        // "someone I can talk to": the person comes before the verb.
        let back = words[..at].iter().rev();
        let gap = back
            .clone()
            .take_while(|w| ["i", "we", "can", "could", "may", "to", "available"].contains(&w.as_str()))
            .count();
        let before = words[..at - gap].last();
        let named =
            gap > 0 && (is(before, STRONG) || is(before, &["someone", "somebody", "anyone", "anybody"]));
        to || named && (after.is_empty() || is(after.first(), &["to", "with"]))
    } else if PASS.contains(&verb) {
        let gap = skip(after, MATTERS);
        let mine = verb == "escalate"
            || is(after.first(), &["me", "us"])
            || after[..gap].iter().any(|w| w == "chat" || w == "conversation");
        let rest = &after[gap..];
        let to = is(rest.first(), &["to", "with"])
            && person(&rest[1..]).is_some_and(|(rest, strong)| (strong || mine) && stays(rest, true));
        to || mine && rest.is_empty() && gap > 0
    } else if WISH.contains(&verb) || REACH.contains(&verb) {
        let to_me = is(after.first(), &["me", "us"]);
        let speaks =
            words[..at].iter().any(|word| ["i", "we", "id", "can", "could", "let"].contains(&word.as_str()));
        let reach = REACH.contains(&verb)
            && (to_me || speaks || at == 0)
            && (to_me || !["give", "send", "bring"].contains(&verb))
            && (to_me
                || !["have", "find", "call"].contains(&verb)
                || words[..at].iter().any(|word| MAY.contains(&word.as_str())));
        let wish = WISH.contains(&verb) && (speaks || at == 0) && !asks;
        let named =
            person(&after[usize::from(to_me)..]).is_some_and(|(rest, strong)| strong && stays(rest, false));
        (reach || wish) && !asks && named
    } else {
        false
    }
}

/// "I don't want to talk to a human", but not "it does not work I want to talk to a human".
fn is_negated(words: &[String], at: usize) -> bool {
    let start = words[..at]
        .iter()
        .rposition(|w| ["i", "we", "can", "could", "let", "please", "cant"].contains(&w.as_str()));
    let from = start.map_or(0, |at| at + 1);
    let no = |w: &String| ["dont", "not", "never", "without", "neednt", "no"].contains(&w.as_str());
    let doubts = start.is_some_and(|at| at >= 2 && no(&words[at - 2]) && words[at - 1] == "think");
    !is(words.first(), &["why"]) && (doubts || words[from..at].iter().any(no))
}

/// "I don't want to talk to a bot", "no bots".
fn refuses_a_bot(words: &[String], at: usize) -> bool {
    const BETWEEN: &[&str] = &[
        "more", "a", "an", "the", "this", "of", "to", "with", "want", "wanna", "talk", "talking", "speak",
        "speaking", "chat", "chatting", "deal", "dealing", "off", "stupid", "like", "another",
    ];
    let after = &words[at + 1..];
    let gap = after.iter().take_while(|word| BETWEEN.contains(&word.as_str())).count();
    let no = ["dont", "not", "no", "stop", "hate", "disable", "turn", "tired", "enough", "without"];
    no.contains(&words[at].as_str())
        && is(after.get(gap), BOTS)
        && stays(&after[gap + 1..], false)
        && !is(words.first(), &["is", "are", "am", "do", "does"])
}

#[rustfmt::skip]
const FILLERS: &[&str] = &["please", "pls", "plz", "hi", "hello", "hey", "now", "i", "we", "me", "us", "want", "need", "to",
    "get", "give", "have", "thanks", "thank", "you", "just", "id", "would", "like", "can", "could", "asap", "right", "immediately",
    "only", "let", "ok", "okay", "yes", "then", "instead", "is", "there", "here", "around", "urgent", "must", "ill", "take"];
const TALK: &[&str] = &["talk", "speak", "chat", "deal", "communicate", "converse", "discuss", "touch"];
const PASS: &[&str] = &[
    "transfer", "connect", "switch", "pass", "put", "hand", "forward", "escalate", "refer", "redirect",
    "patch", "route",
];
#[rustfmt::skip]
const MATTERS: &[&str] = &["me", "us", "this", "chat", "conversation", "my", "the", "case", "call", "over", "through", "issue", "please",
    "back", "directly"];
const WISH: &[&str] = &["want", "need", "prefer", "like", "demand", "request", "require"];
const REACH: &[&str] =
    &["get", "give", "reach", "contact", "call", "find", "have", "bring", "summon", "send"];
const MAY: &[&str] = &["can", "could", "may", "let", "please", "want", "need"];
const BOTS: &[&str] = &["bot", "bots", "robot", "robots", "chatbot", "ai"];

fn is(word: Option<&String>, list: &[&str]) -> bool {
    word.is_some_and(|word| list.contains(&word.as_str()))
}
