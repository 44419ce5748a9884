//! How a wish for a person is put in Chinese.
//!
//! A sentence has no spaces, so every place in it is tried: what stands before it must be a verb of contact, what
//! follows must be a person and then nothing that makes it another noun.
//! Invariant: what stands farther away than 24 characters has no bearing, but for a word that tells of the past.

#[cfg(test)]
pub(super) mod simplified;
mod words;

use words::{
    ANYONE, ANYONE_WHO, ARE_THERE, BEFORE_ROBOTS, BETWEEN, COME, GO_ON, HAND, HAVE, HOW, NEVER, OF_ROBOTS,
    OTHERS, PAST, POLITE, REACH, REFUSE, ROBOTS, SERVING, SOONER, SPEAK, STILL, TAILS, TOPIC, WISH, WITH,
};

/// Whether a clause asks for a person or refuses the bot.
pub(super) fn is_a_wish(clause: &str) -> bool {
    let clause: String = clause.chars().filter(|c| !c.is_whitespace()).collect();
    if !clause.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)) {
        return false;
    }
    let told = PAST.iter().any(|word| clause.contains(word));
    let starts: Vec<usize> = clause.char_indices().map(|(at, _)| at).collect();
    is_a_call(&clause)
        || (0..starts.len()).any(|nth| {
            // What is farther away has no bearing, and a long text stays cheap.
            let before = &clause[starts[nth.saturating_sub(24)]..starts[nth]];
            let from = &clause[starts[nth]..starts.get(nth + 24).copied().unwrap_or(clause.len())];
            // "I told the service yesterday", but not "I waited since yesterday I want a person".
            let past = told && !STILL.iter().any(|word| before.contains(word));
            !past && (hands_over(before, from) || speaks_with(before, from)) || refuses_a_robot(before, from)
        })
}

/// A message that only names whom it wants.
fn is_a_call(clause: &str) -> bool {
    let call = strip_start(strip_end(strip_start(clause, POLITE), POLITE), ARE_THERE);
    let bare = strip_start(strip_start(call, SERVING), TAILS);
    !call.is_empty() && bare.is_empty() || call == "人" && ANYONE.iter().any(|word| clause.contains(word))
}

/// 轉真人, 找客服人員, 要人工: `from` begins with the person.
fn hands_over(before: &str, from: &str) -> bool {
    let serving = SERVING.iter().any(|word| from.starts_with(word));
    let other = OTHERS.iter().any(|word| from.starts_with(word))
        || from == "人"
        || ANYONE_WHO.iter().any(|word| from.starts_with(word));
    let verb = strip_end(before, BETWEEN);
    let found = HAND
        .iter()
        .chain(HAVE.iter().filter(|_| serving))
        .filter(|word| verb.ends_with(**word) || before.ends_with(**word));
    let Some(word) = found.max_by_key(|word| word.len()) else { return false };
    // How to reach the service is a question that the documents may answer.
    let how = REACH.iter().any(|c| word.starts_with(c)) && HOW.iter().any(|c| before.contains(c));
    let verb = if verb.ends_with(word) { verb } else { before };
    let rest = strip_start(strip_start(from, SERVING), OTHERS);
    let rest = strip_start(strip_start(rest, SERVING), TAILS).trim_start_matches('人');
    (serving || other)
        && !how
        && !refused(verb)
        && !refused(verb.trim_end_matches(word))
        && goes_on(rest)
        && !TOPIC.iter().any(|topic| rest.contains(topic))
}

/// 跟人講話, 跟你們主管談: `from` begins with the person.
fn speaks_with(before: &str, from: &str) -> bool {
    let verb = strip_end(before, BETWEEN);
    let rest = strip_start(strip_start(from, SERVING), OTHERS);
    let rest = strip_start(strip_start(rest, TAILS), SERVING);
    let rest = if rest.len() == from.len() { from.strip_prefix('人').unwrap_or(from) } else { rest };
    let said = strip_start(rest, BETWEEN);
    let after = strip_start(said, SPEAK);
    let wishes = WISH.iter().any(|word| before.contains(word));
    rest.len() < from.len()
        && after.len() < said.len()
        && wishes
        && WITH.iter().any(|with| verb.ends_with(with) && !refused(verb.trim_end_matches(with)))
        && goes_on(after)
}

/// 不要機器人: `from` begins with the robot.
fn refuses_a_robot(before: &str, from: &str) -> bool {
    let Some(rest) = ROBOTS.iter().find_map(|robot| from.strip_prefix(robot)) else { return false };
    let before = strip_end(before, BEFORE_ROBOTS);
    let rest = strip_start(strip_start(rest, OF_ROBOTS), SPEAK);
    REFUSE.iter().any(|word| before.ends_with(word)) && goes_on(rest)
}

fn goes_on(rest: &str) -> bool {
    rest.is_empty() || COME.contains(&rest) || GO_ON.iter().any(|word| rest.starts_with(word))
}

fn refused(before: &str) -> bool {
    let sooner = strip_end(before, SOONER);
    NEVER.iter().any(|word| before.ends_with(word) || sooner.ends_with(word))
}

fn strip_start<'a>(mut text: &'a str, list: &[&str]) -> &'a str {
    while let Some(rest) =
        list.iter().filter_map(|word| text.strip_prefix(word)).min_by_key(|rest| rest.len())
    {
        text = rest;
    }
    text
}

fn strip_end<'a>(mut text: &'a str, list: &[&str]) -> &'a str {
    while let Some(rest) =
        list.iter().filter_map(|word| text.strip_suffix(word)).min_by_key(|rest| rest.len())
    {
        text = rest;
    }
    text
}
