//! How often the right passage comes first and is sure enough to be said.

mod chinese;
mod english;
mod hard;

use super::*;
use crate::knowledge::passage::{self, Passage};
use proptest::prelude::*;

/// The default of a widget.
const THRESHOLD: f64 = 0.45;

fn passages(documents: &[&str]) -> Vec<Passage> {
    documents.iter().flat_map(|document| passage::split(document)).collect()
}

fn candidates(passages: &[Passage]) -> Vec<Candidate<'_>> {
    passages.iter().map(|p| Candidate { heading: p.heading.as_deref(), text: &p.text }).collect()
}

/// Questions whose first passage is the expected one, those of them above the threshold, questions answered
/// with a wrong passage, and unrelated questions that got an answer.
fn evaluate(name: &str, documents: &[&str], questions: &[(&str, &str)], unrelated: &[&str]) -> [usize; 4] {
    let passages = passages(documents);
    let candidates = candidates(&passages);
    let mut counts = [0; 4];
    for (question, expected) in questions {
        let best = rank(question, &candidates).into_iter().next();
        let right = best.is_some_and(|best| passages[best.index].text.contains(expected));
        let sure = best.is_some_and(|best| best.confidence >= THRESHOLD);
        counts[0] += usize::from(right);
        counts[1] += usize::from(right && sure);
        counts[2] += usize::from(!right && sure);
        if !(right && sure) {
            println!("{name}: {question} -> {best:?} {:?}", best.map(|best| &passages[best.index].text));
        }
    }
    for question in unrelated {
        let best = rank(question, &candidates).into_iter().next();
        if let Some(best) = best.filter(|best| best.confidence >= THRESHOLD) {
            println!("{name}: unrelated {question} -> {best:?} {:?}", passages[best.index].text);
            counts[3] += 1;
        }
    }
    let [right, sure, wrong, answered] = counts;
    let (asked, foreign) = (questions.len(), unrelated.len());
    println!(
        "{name}: {right}/{asked} right, {sure} above the threshold, {wrong} wrong above it; \
         {answered}/{foreign} unrelated above it"
    );
    counts
}

fn finds_them(name: &str, documents: &[&str], questions: &[(&str, &str)], unrelated: &[&str]) {
    let [right, sure, _, answered] = evaluate(name, documents, questions, unrelated);
    assert!(right * 10 >= questions.len() * 9 && sure * 10 >= questions.len() * 9, "{name}");
    assert!(answered * 10 <= unrelated.len(), "{name}");
}

#[test]
fn english_questions_find_their_passage() {
    finds_them("English", &english::DOCUMENTS, english::QUESTIONS, english::UNRELATED);
}

#[test]
fn chinese_questions_find_their_passage() {
    finds_them("Chinese", &chinese::DOCUMENTS, chinese::QUESTIONS, chinese::UNRELATED);
}

#[test]
fn both_languages_side_by_side_do_not_disturb_each_other() {
    let documents = [english::DOCUMENTS, chinese::DOCUMENTS].concat();
    finds_them("English of both", &documents, english::QUESTIONS, english::UNRELATED);
    finds_them("Chinese of both", &documents, chinese::QUESTIONS, chinese::UNRELATED);
}

#[test]
fn what_is_said_in_other_words_is_handed_over_rather_than_guessed() {
    let documents = [english::DOCUMENTS, chinese::DOCUMENTS].concat();
    let [_, _, wrong, answered] = evaluate("Paraphrased", &documents, hard::PARAPHRASED, hard::NEAR_MISSES);
    assert!(wrong * 10 <= hard::PARAPHRASED.len() && answered * 10 <= hard::NEAR_MISSES.len());
}

#[test]
fn confidence_follows_how_much_of_the_question_is_covered() {
    let texts =
        ["Gift boxes are wrapped by hand in blue paper.", "Unopened tea can be returned within 14 days."];
    let candidates = texts.map(|text| Candidate { heading: None, text });
    let first = |question: &str| rank(question, &candidates).first().map_or(0.0, |best| best.confidence);
    assert!(first("can I return unopened tea within 14 days") >= 0.6);
    assert!(first("do you wrap gift boxes in paper?") >= 0.6);
    assert!(first("which bicycle helmet fits a gift for my nephew") < 0.3);
    assert_eq!(rank("where is the moon", &candidates), []);
    assert_eq!(rank("", &candidates), []);
    assert_eq!(rank("gift", &[]), []);
}

#[test]
fn the_forms_of_a_word_find_each_other() {
    let pairs = [
        ("cookie", "cookies"),
        ("movie", "movies"),
        ("calorie", "calories"),
        ("smoothie", "smoothies"),
        ("delivery", "deliveries"),
        ("pie", "pies"),
        ("fly", "flies"),
    ];
    for (one, many) in pairs {
        for (question, text) in [(one, many), (many, one)] {
            let found = rank(question, &[Candidate { heading: None, text }]);
            assert!(found.first().is_some_and(|best| best.confidence > 0.8), "{question} in {text}");
        }
    }
}

#[test]
fn a_lone_character_finds_passages_but_answers_nothing() {
    let texts = ["我們賣茶葉。", "門市在台北。", "茶園種茶，茶行賣茶。"];
    let candidates = texts.map(|text| Candidate { heading: None, text });
    let found = rank("茶", &candidates);
    assert_eq!(found.iter().map(|best| best.index).collect::<Vec<_>>(), [2, 0]);
    assert!(found.iter().all(|best| (0.3..THRESHOLD).contains(&best.confidence)), "{found:?}");
    assert_eq!(rank("有嗎", &[Candidate { heading: None, text: "有茶葉。" }]), []);
}

#[test]
fn a_word_that_says_nothing_finds_nothing_in_any_form() {
    let candidates = [Candidate { heading: None, text: "She needs a gift." }];
    assert_eq!(rank("needs", &candidates), []);
}

proptest! {
    #[test]
    fn the_order_agrees_with_the_confidence_and_is_always_the_same(
        question in any::<String>(),
        texts in prop::collection::vec("[a-d茶葉退貨 。]{0,12}", 0..6),
        words in "[a-d茶葉退貨 ]{0,12}",
    ) {
        let candidates: Vec<_> = texts.iter().map(|text| Candidate { heading: Some(text), text }).collect();
        rank(&question, &candidates);
        let ranked = rank(&words, &candidates);
        prop_assert!(ranked.iter().all(|best| (0.0..=1.0).contains(&best.confidence)));
        prop_assert!(ranked.is_sorted_by(|a, b| a.confidence >= b.confidence));
        prop_assert_eq!(&ranked, &rank(&words, &candidates));
    }
}
