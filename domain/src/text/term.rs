//! What a text is about, as the index is asked for it.
//!
//! Invariant: the terms stand in the order of the text, with repetitions.

use super::form::{common, root};
use super::piece::{Piece, pieces};

/// What a text is about: of its words what all their forms begin with, and for Chinese, Japanese and Korean the
/// pairs of neighbouring characters between function words.
///
/// `phrase` of a term finds every text that has a form of its word, and some that do not; a lone character has none.
/// A word that has an apostrophe within is not found where the other text spells it differently.
pub fn terms(text: &str) -> Vec<String> {
    let mut terms = Vec::new();
    for piece in pieces(text) {
        match piece {
            Piece::Word(word) => terms.push(common(root(&word)).to_owned()),
            Piece::Run(run) if run.len() == 1 => terms.extend(run.iter().map(char::to_string)),
            Piece::Run(run) => terms.extend(run.windows(2).map(|pair| pair.iter().collect::<String>())),
        }
    }
    terms
}

#[cfg(test)]
mod tests {
    use super::super::{grams, phrase};
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        #[test]
        fn any_text_has_terms_without_a_panic(text in any::<String>()) {
            terms(&text);
        }
    }

    #[test]
    fn a_hundred_kilobytes_are_no_trouble() {
        let text = "高山烏龍茶 oolong ".repeat(100_000 / 23);
        assert!(!terms(&text).is_empty());
    }

    #[test]
    fn terms_keep_what_a_question_is_about() {
        assert_eq!(terms("What are your DELIVERIES to the shops' boxes?"), ["deliver", "shop", "box"]);
        assert_eq!(terms("請問你們的退貨政策是什麼呢?"), ["退貨", "貨政", "政策"]);
        assert_eq!(terms("有沒有LINE Pay可以用嗎"), ["lin", "pay", "用"]);
        assert_eq!(terms("Don't you have 3 classes?"), ["3", "clas"]);
    }

    #[test]
    fn a_term_finds_the_texts_with_other_forms_of_its_word() {
        let forms: [&[&str]; 4] = [
            &["delivery", "deliveries", "delivered", "Delivering"],
            &["ship", "shipped", "shipping", "ships"],
            &["fly", "flies"],
            &["cookie", "cookies"],
        ];
        for forms in forms {
            for (asked, text) in forms.iter().flat_map(|one| forms.iter().map(move |other| (one, other))) {
                let phrase = phrase(&terms(asked)[0]).unwrap().join(" ");
                assert!(grams(&format!("the {text} of")).contains(&phrase), "{asked} in {text}");
            }
        }
    }

    #[test]
    fn the_forms_of_a_stop_word_are_stop_words_but_cans_are_things() {
        assert_eq!(terms("She wants, he needs, it helps: opening times?"), ["open"]);
        assert_eq!(terms("Are there cans and wills?"), ["can", "wil"]);
    }
}
