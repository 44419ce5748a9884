//! A long bot text cut into the messages that WhatsApp takes.
//!
//! Every bubble has 1 to [`MAX_TEXT`] characters and no white space at its ends; joined they are the text but for
//! the white space at the cuts. An agent's text is never cut, it is refused.

use crate::text;

/// The longest text of one message, in Unicode scalar values.
pub const MAX_TEXT: usize = 4096;

/// Cuts a text at paragraphs; one that is too long by itself at lines, then sentences, then words, then anywhere.
/// Blank text has no bubbles.
pub fn bubbles(text: &str) -> Vec<String> {
    let mut bubbles = Vec::new();
    let mut rest = text.trim();
    while let Some((limit, _)) = rest.char_indices().nth(MAX_TEXT) {
        let (bubble, after) = rest.split_at(cut(rest, limit));
        bubbles.push(bubble.trim_end().to_owned());
        rest = after.trim_start();
    }
    if !rest.is_empty() {
        bubbles.push(rest.to_owned());
    }
    bubbles
}

/// Where to cut a trimmed text so that at most `limit` bytes, more than none, come before.
fn cut(text: &str, limit: usize) -> usize {
    let window = &text[..limit];
    // What follows the window decides too: a paragraph may end exactly at the limit.
    paragraph(text, limit)
        .or_else(|| text[limit..].starts_with('\n').then_some(limit).or_else(|| window.rfind('\n')))
        .or_else(|| sentence(text, limit))
        .or_else(|| text[limit..].starts_with(char::is_whitespace).then_some(limit))
        .or_else(|| window.rfind(char::is_whitespace))
        .or_else(|| window.rfind(['，', '；', '、', '：']).map(|at| at + '，'.len_utf8()))
        .unwrap_or_else(|| anywhere(text, limit))
}

/// The last blank line that begins within the limit.
fn paragraph(text: &str, limit: usize) -> Option<usize> {
    let end = text[limit..].chars().next().map_or(limit, |c| limit + c.len_utf8());
    let blank = |at: &usize| {
        let after = &text[at + 1..];
        after.find(|c: char| !c.is_whitespace()).is_some_and(|end| after[..end].contains('\n'))
    };
    text[..end].match_indices('\n').map(|(at, _)| at).rev().find(blank)
}

fn sentence(text: &str, limit: usize) -> Option<usize> {
    // One character more than the limit: whether a full stop ends a sentence depends on what follows it.
    let ahead = text[limit..].chars().next().map_or(limit, |c| limit + c.len_utf8());
    let ends = text::sentences(&text[..ahead]).into_iter().scan(0, |end, part| {
        *end += part.len();
        Some(*end)
    });
    ends.take_while(|end| *end <= limit).last()
}

/// The limit, or a little before it if a character and its marks or an emoji and its joiner would be torn apart.
fn anywhere(text: &str, limit: usize) -> usize {
    let clings =
        |c: char| matches!(u32::from(c), 0x300..=0x36f | 0x200d | 0xfe00..=0xfe0f | 0x1_f3fb..=0x1_f3ff);
    let mut after = text[limit..].chars().next();
    for (at, c) in text[..limit].char_indices().rev().take(16) {
        if at == 0 || !(after.is_some_and(clings) || c == '\u{200d}') {
            return at + c.len_utf8();
        }
        after = Some(c);
    }
    limit
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn solid(text: &str) -> String {
        text.chars().filter(|c| !c.is_whitespace()).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn bubbles_fit_and_lose_only_white_space(
            parts in prop::collection::vec((prop::sample::select(vec![
                "茶", "tea ", "a", ". ", "。", "\n", "\n\n", "\u{301}", "👩\u{200d}🌾", "，", "\u{3000}", " ",
            ]), 1usize..3_000), 0..12),
        ) {
            let text: String = parts.iter().map(|(part, times)| part.repeat(*times)).collect();
            let bubbles = bubbles(&text);
            for bubble in &bubbles {
                prop_assert!((1..=MAX_TEXT).contains(&bubble.chars().count()));
                prop_assert_eq!(bubble.trim(), bubble);
            }
            prop_assert_eq!(solid(&bubbles.concat()), solid(&text));
        }

        #[test]
        fn any_text_is_cut_without_a_panic(text in any::<String>()) {
            prop_assert_eq!(solid(&bubbles(&text.repeat(100)).concat()), solid(&text.repeat(100)));
        }
    }

    #[test]
    fn a_text_of_the_limit_is_one_bubble_and_one_more_is_two() {
        assert_eq!(bubbles(&"茶".repeat(MAX_TEXT)), ["茶".repeat(MAX_TEXT)]);
        assert_eq!(bubbles(&"茶".repeat(MAX_TEXT + 1)), ["茶".repeat(MAX_TEXT), "茶".to_owned()]);
        assert_eq!(bubbles(&format!("  {}\n\n", "a".repeat(MAX_TEXT))), ["a".repeat(MAX_TEXT)]);
        assert!(bubbles(" \n\u{3000}").is_empty());
    }

    #[test]
    fn paragraphs_come_before_sentences_and_sentences_before_words() {
        let (a, b) = ("One. Two three. ".repeat(150), "Four five. ".repeat(200));
        assert_eq!(bubbles(&format!("{a}\n \n{b}")), [a.trim(), b.trim()]);

        let sentence = "This is a sentence of some length. ";
        let cut = bubbles(&sentence.repeat(200));
        assert!(cut.iter().all(|bubble| bubble.ends_with("length.")), "{cut:?}");

        let cut = bubbles(&"這是一句話。".repeat(1_000));
        assert!(cut.iter().all(|bubble| bubble.ends_with('。')));

        let cut = bubbles(&"word ".repeat(2_000));
        assert!(cut.iter().all(|bubble| bubble.ends_with("word") && bubble.starts_with("word")));
    }

    #[test]
    fn a_paragraph_that_ends_exactly_at_the_limit_stays_whole() {
        let (a, b) = ("x y. ".repeat(1_000)[..MAX_TEXT].to_owned(), "second");
        let a = format!("{}z", &a[..MAX_TEXT - 1]);
        assert_eq!(bubbles(&format!("{a}\n\n{b}")), [a.as_str(), b]);
    }

    #[test]
    fn an_emoji_of_several_characters_is_not_torn() {
        let farmer = "👩\u{200d}🌾";
        let text = format!("a{}", farmer.repeat(1_500));
        assert!(bubbles(&text).iter().all(|bubble| bubble.ends_with(farmer)));
    }
}
