//! The form in which two texts are compared.
//!
//! Invariant: folding twice changes nothing.

use unicode_normalization::UnicodeNormalization;

/// The form in which two texts are compared: NFKC, lower case, white space and control characters collapsed to
/// single spaces, invisible characters removed. Folding twice changes nothing, nor does folding a part.
pub fn fold(text: &str) -> String {
    // Case is mapped character by character: a final sigma that depends on its neighbours could not be found by
    // a part of the word. The second NFKC joins what the case mapping took apart.
    let lower = text.chars().filter(|c| !is_invisible(*c)).nfkc().flat_map(char::to_lowercase);
    let mut folded = String::with_capacity(text.len());
    let mut gap = false;
    for c in lower.map(|c| if c == 'ς' { 'σ' } else { c }).nfkc() {
        if c.is_whitespace() || c.is_control() {
            gap = true;
            continue;
        }
        if gap && !folded.is_empty() {
            folded.push(' ');
        }
        gap = false;
        folded.push(c);
    }
    folded
}

/// Joiners, direction marks and variation selectors: nobody types them into a search box.
fn is_invisible(c: char) -> bool {
    matches!(u32::from(c), 0xad | 0x34f | 0x61c | 0x180e | 0x200b..=0x200f | 0x202a..=0x202e | 0x2060..=0x206f
        | 0xfe00..=0xfe0f | 0xfeff | 0xe_0000..=0xe_0fff)
}

#[cfg(test)]
mod tests {
    use super::super::mixed::mixed;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        #[test]
        fn folding_twice_changes_nothing(text in mixed()) {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once.clone());
            prop_assert_eq!(once.trim(), &once);
        }
    }

    #[test]
    fn every_single_character_folds_to_a_fixed_point() {
        for c in '\0'..=char::MAX {
            let once = fold(&c.to_string());
            assert_eq!(fold(&once), once, "U+{:04X}", u32::from(c));
        }
    }

    #[test]
    fn folding_evens_out_width_case_and_space() {
        assert_eq!(fold("  Ｈｅｌｌｏ\u{3000}\r\n WORLD\u{200b} "), "hello world");
        assert_eq!(fold("ΟΔΟΣ οδός\0x"), "οδοσ οδόσ x");
        assert_eq!(fold("臺灣 台湾"), "臺灣 台湾");
    }
}
