//! What the index holds of a text, and what it is asked for.
//!
//! Invariant: no two pairs of characters are spelled alike, and whatever is contained in a folded text has its
//! `phrase` as a contiguous run of the text's `grams`.

use super::fold;

/// What is stored beside a text and indexed: one token per pair of neighbouring characters of the folded text,
/// spaces and punctuation included, separated by spaces.
///
/// Against the folded text this is at most 5 times the bytes (5 for ASCII, 3 for Chinese).
///
/// PostgreSQL keeps 256 positions of a lexeme and none beyond 16,383, so a phrase (`<->`) may miss in a text
/// longer than a message; all grams (`&`) and the recheck on [`fold`] never do.
pub fn grams(text: &str) -> String {
    let folded = fold(text);
    let mut grams = String::with_capacity(folded.len() * 5);
    for (left, right) in folded.chars().zip(folded.chars().skip(1)) {
        if !grams.is_empty() {
            grams.push(' ');
        }
        spell(left, &mut grams);
        spell(right, &mut grams);
    }
    grams
}

/// The grams of a query in order, to be searched as one phrase; `None` if it folds to fewer than two characters.
pub fn phrase(query: &str) -> Option<Vec<String>> {
    let grams: Vec<String> = grams(query).split_ascii_whitespace().map(str::to_owned).collect();
    (!grams.is_empty()).then_some(grams)
}

/// Spells a character in two, four or six letters; the first letter tells how many, so that no two pairs of
/// characters are spelled alike.
fn spell(c: char, out: &mut String) {
    let code = u32::from(c);
    if code < 9 * 26 {
        out.push(letter(b'q', code / 26));
        out.push(letter(b'a', code % 26));
    } else if code < 0x1_0000 {
        (0..4).rev().for_each(|nibble| out.push(letter(b'a', code >> (4 * nibble) & 15)));
    } else {
        let code = code - 0x1_0000;
        out.push('z');
        (0..5).rev().for_each(|nibble| out.push(letter(b'a', code >> (4 * nibble) & 15)));
    }
}

fn letter(base: u8, offset: u32) -> char {
    char::from_u32(u32::from(base) + offset).unwrap_or('z')
}

#[cfg(test)]
mod tests {
    use super::super::mixed::mixed;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        #[test]
        fn a_part_of_two_characters_is_a_run_of_the_grams(text in mixed(), from in 0usize..60, length in 2usize..20) {
            let folded: Vec<char> = fold(&text).chars().collect();
            let from = from.min(folded.len());
            let part: String = folded[from..(from + length).min(folded.len())].iter().collect();
            match phrase(&part) {
                None => prop_assert!(fold(&part).chars().count() < 2),
                Some(run) => {
                    let all = phrase(&text).unwrap_or_default();
                    prop_assert!(all.windows(run.len()).any(|window| window == run), "{part:?} in {text:?}");
                    prop_assert!(fold(&text).contains(&fold(&part)));
                }
            }
        }

        #[test]
        fn grams_are_letters_and_within_the_documented_size(text in mixed()) {
            let (folded, grams) = (fold(&text), grams(&text));
            prop_assert!(grams.bytes().all(|b| b == b' ' || b.is_ascii_lowercase()));
            prop_assert!(grams.len() <= 5 * folded.len());
            prop_assert_eq!(grams.split(' ').filter(|g| !g.is_empty()).count(), folded.chars().count().saturating_sub(1));
        }
    }

    #[test]
    fn no_two_characters_are_spelled_alike_and_the_first_letter_tells_the_length() {
        let mut seen = std::collections::HashSet::new();
        for c in '\0'..=char::MAX {
            let mut word = String::new();
            spell(c, &mut word);
            let length = match word.as_bytes()[0] {
                b'a'..=b'p' => 4,
                b'q'..=b'y' => 2,
                _ => 6,
            };
            assert_eq!(word.len(), length);
            assert!(seen.insert(word));
        }
    }

    #[test]
    fn two_chinese_characters_or_letters_are_found_inside_a_text() {
        let stored = grams("請問 Oolong 茶葉可以退貨嗎?");
        for query in ["退貨", "茶葉", "long", "ol", "OOLONG 茶"] {
            assert!(stored.contains(&phrase(query).unwrap().join(" ")), "{query}");
        }
        assert!(!stored.contains(&phrase("換貨").unwrap().join(" ")));
        assert_eq!(phrase(" 茶 "), None);
        assert_eq!(phrase(""), None);
    }

    #[test]
    fn a_hundred_kilobytes_are_no_trouble() {
        let text = "高山烏龍茶 oolong ".repeat(100_000 / 23);
        assert!(grams(&text).len() <= 5 * text.len());
    }
}
