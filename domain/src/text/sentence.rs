//! Where sentences end, in English and Chinese.
//!
//! Invariant: the sentences of a text are never empty and, joined, are the text.

/// Cuts after sentence ends and line breaks. The parts are never empty and, joined, are the text.
pub fn sentences(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    let mut ended = false;
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, c)| *c);
        // A full stop inside 3.50 or example.com ends nothing, and closing quotes belong to their sentence.
        ended = match c {
            '。' | '！' | '？' | '｡' | '\n' => true,
            '.' | '!' | '?' => next.is_none_or(|c| c.is_whitespace() || is_closing(c)),
            c => ended && is_closing(c),
        };
        let end = at + c.len_utf8();
        if ended && !next.is_some_and(|c| is_closing(c) || matches!(c, '。' | '！' | '？' | '.' | '!' | '?'))
        {
            parts.push(&text[start..end]);
            start = end;
            ended = false;
        }
    }
    if start < text.len() {
        parts.push(&text[start..]);
    }
    parts
}

fn is_closing(c: char) -> bool {
    matches!(c, '」' | '』' | '）' | ')' | ']' | '”' | '’' | '"' | '\'' | '》' | '】' | '*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        #[test]
        fn sentences_join_to_the_text(text in any::<String>()) {
            prop_assert_eq!(sentences(&text).concat(), text.clone());
            prop_assert!(sentences(&text).iter().all(|part| !part.is_empty()));
        }
    }

    #[test]
    fn sentences_end_at_marks_of_both_languages() {
        let parts = sentences("It is NT$3.50. \"Really?\" Yes!\n好。「真的嗎？」是的！再見");
        let parts: Vec<_> = parts.iter().map(|part| part.trim()).collect();
        assert_eq!(
            parts,
            ["It is NT$3.50.", "\"Really?\"", "Yes!", "", "好。", "「真的嗎？」", "是的！", "再見"]
        );
    }
}
