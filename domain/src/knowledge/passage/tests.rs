//! Documents of every look, and the passages they become.

use super::*;
use proptest::prelude::*;

fn of(heading: Option<&str>, text: &str) -> Passage {
    Passage { heading: heading.map(str::to_owned), text: text.to_owned() }
}

fn solid(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn every_line_is_in_a_passage_and_no_text_is_too_long(
        lines in prop::collection::vec((prop::sample::select(vec![
            "", "", "# Tea", "## Green", "### Deep", "【退貨】", "===", "---", "Q: Why?", "A: So.", "問：為何？", "答：因為。",
            "How long?", "Two days. Or three. ", "一句話。又一句！", "| a | b |", "無標點的長句", "- item", "#", "word ", "```", "~~~",
        ]), 1usize..150), 0..30),
    ) {
        let document: String = lines.iter().map(|(line, times)| {
            let times = if line.len() > 10 { *times } else { 1 };
            format!("{}\n", line.repeat(times))
        }).collect();
        let passages = split(&document);
        let texts: String = passages.iter().map(|p| solid(&p.text)).collect();
        for line in document.lines().map(solid) {
            let in_heading = || passages.iter().filter_map(|p| p.heading.as_deref()).any(|h| solid(h).contains(&line));
            prop_assert!(texts.contains(&line) || in_heading(), "{line:?} of {document:?}");
        }
        prop_assert!(passages.iter().all(|p| (1..=MAX).contains(&length(&p.text)) && p.text.trim() == p.text));
    }

    #[test]
    fn any_text_is_split_without_a_panic(text in any::<String>()) {
        for passage in split(&text.repeat(30)) {
            prop_assert!((1..=MAX).contains(&length(&passage.text)));
        }
    }
}

#[test]
fn a_blank_document_has_no_passages() {
    assert_eq!(split(""), []);
    assert_eq!(split(" \n\r\n---\n\u{3000}"), []);
}

#[test]
fn headings_are_the_context_of_what_is_below_them() {
    let passages =
        split("# Tea\n\nIntro.\n\n## Green\nFresh.\n## Empty\n# Cups\nBlue.\n\nPots\n----\nRound.");
    assert_eq!(
        passages,
        [
            of(Some("Tea"), "Intro."),
            of(Some("Tea > Green"), "Fresh."),
            of(Some("Tea"), "Empty"),
            of(Some("Cups"), "Blue."),
            of(Some("Cups > Pots"), "Round."),
        ]
    );
}

#[test]
fn a_question_and_its_answer_are_one_passage() {
    let marked = "Q: Do you ship?\n\nA: Yes.\n\nEven abroad.\n\nQ2. And cups?\nA2. No.";
    assert_eq!(
        split(marked),
        [of(None, "Q: Do you ship?\n\nA: Yes.\n\nEven abroad."), of(None, "Q2. And cups?\nA2. No."),]
    );
    let chinese = "常見問題\n\n問：可以退貨嗎\n答：可以。\n\n**問題 2：多久到貨？**\n答：三天。";
    assert_eq!(
        split(chinese),
        [
            of(None, "常見問題"),
            of(None, "問：可以退貨嗎\n答：可以。"),
            of(None, "**問題 2：多久到貨？**\n答：三天。"),
        ]
    );
    let plain = "運費怎麼算？\n滿千免運。\n\nWhere are you?\n\nIn Tainan.\n\n有門市嗎？\n有。";
    assert_eq!(
        split(plain),
        [
            of(None, "運費怎麼算？\n滿千免運。"),
            of(None, "Where are you?\n\nIn Tainan."),
            of(None, "有門市嗎？\n有。"),
        ]
    );
}

#[test]
fn a_fenced_block_is_plain_text_without_its_fences() {
    let document = "# Set up\n\nRun this:\n```sh\n# install\ntea --brew\n\nReady?\n---\n```\n## After\nDone.";
    assert_eq!(
        split(document),
        [
            of(Some("Set up"), "Run this:\n# install\ntea --brew\n\nReady?\n---"),
            of(Some("Set up > After"), "Done."),
        ]
    );
    assert_eq!(split("~~~~\n```\n~~~\nText\n~~~~"), [of(None, "```\n~~~\nText")]);
    // A fence that nothing closes has no block, and what has marks at both ends is no fence.
    assert_eq!(split("```\n# Tea\nGreen."), [of(Some("Tea"), "Green.")]);
    assert_eq!(split("```tea```\n# Tea\n```"), [of(None, "```tea```"), of(None, "Tea")]);
    assert_eq!(split("~~~ Sale ~~~\n~~~"), [of(None, "~~~ Sale ~~~")]);
}

#[test]
fn short_paragraphs_join_and_long_ones_are_cut_at_sentences() {
    let short = "Short one.\n\nShort two.";
    assert_eq!(split(short), [of(None, short)]);

    let long = "這是一個大約二十個字左右的完整句子，用來測試。".repeat(100);
    let passages = split(&long);
    assert!(passages.iter().all(|p| (ENOUGH..=AIM).contains(&length(&p.text)) && p.text.ends_with('。')));
    assert_eq!(passages.iter().map(|p| p.text.as_str()).collect::<String>(), long);
}

#[test]
fn a_long_answer_keeps_its_question_as_context() {
    let document = format!("# FAQ\nQ: Why?\nA: {}", "Because it is so, and was so before. ".repeat(60));
    let passages = split(&document);
    assert!(passages.len() > 2);
    assert!(passages[0].text.starts_with("Q: Why?"));
    assert!(passages[1..].iter().all(|p| p.heading.as_deref() == Some("FAQ > Q: Why?")));
}

#[test]
fn a_line_without_any_break_is_cut_anywhere() {
    let passages = split(&"茶".repeat(2_500));
    assert_eq!(passages.iter().map(|p| length(&p.text)).collect::<Vec<_>>(), [800, 800, 900]);
}
