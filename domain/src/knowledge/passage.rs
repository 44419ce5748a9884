//! A document cut into the passages that are searched, cited and sent as answers.
//!
//! Every line of the document with a letter or digit in it is in a passage: as text, or a heading as the context
//! of the passages below it. No text is over [`MAX`] characters. A question stays with its answer, and a pair is a
//! passage of its own however short it is: it may be sent as the answer. Passages never cross a heading.

use crate::text;

/// A paragraph is added to a passage that is shorter than this.
const ENOUGH: usize = 200;
/// A paragraph is cut, and paragraphs are not joined, beyond this.
const AIM: usize = 800;
/// The longest text of a passage, in Unicode scalar values.
pub const MAX: usize = 1200;
/// A longer line is a paragraph, whatever mark it bears.
const LONGEST_HEADING: usize = 120;

/// A part of a document that can stand alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// The headings above it, outermost first, joined by ` > `; below a cut also the question it belongs to.
    pub heading: Option<String>,
    /// 1 to 1200 characters, with the document's line breaks.
    pub text: String,
}

/// Cuts plain text or Markdown. A blank document has no passages.
pub fn split(document: &str) -> Vec<Passage> {
    let mut builder = Builder::default();
    let lines: Vec<&str> = document.lines().map(str::trim).collect();
    let mut at = 0;
    while at < lines.len() {
        let (line, next) = (lines[at], lines.get(at + 1).copied().unwrap_or_default());
        let after_blank = at == 0 || lines[at - 1].is_empty();
        at += 1;
        if line.is_empty() {
            builder.blank();
        } else if let Some((level, title)) = heading(line) {
            builder.heading(level, title);
        } else if let Some(level) = underline(next).filter(|_| after_blank && fits_heading(line)) {
            builder.heading(level, line);
            at += 1;
        } else if is_rule(line) {
            builder.blank();
        } else if is_question(line, next, after_blank) {
            builder.question(line);
        } else {
            builder.line(line);
        }
    }
    builder.finish()
}

#[derive(Default)]
struct Builder {
    passages: Vec<Passage>,
    /// The headings in force, and whether a passage carries each.
    headings: Vec<(usize, String, bool)>,
    /// The paragraphs of the passage being built, the last one perhaps unfinished.
    text: String,
    /// The question that the text begins with.
    question: Option<String>,
    /// A blank line was seen since the last line.
    gap: bool,
}

impl Builder {
    fn blank(&mut self) {
        self.gap = true;
    }

    fn line(&mut self, line: &str) {
        // A pair ends only with the next question or heading: answers have several paragraphs.
        let full = self.question.is_none() && self.gap && length(&self.text) >= ENOUGH;
        if full {
            self.flush();
        }
        if !self.text.is_empty() {
            self.text.push_str(if self.gap { "\n\n" } else { "\n" });
        }
        self.gap = false;
        self.text.push_str(line);
    }

    fn question(&mut self, line: &str) {
        self.flush();
        self.question = Some(line.to_owned());
        self.line(line);
    }

    fn heading(&mut self, level: usize, title: &str) {
        self.flush();
        while self.headings.last().is_some_and(|(above, ..)| *above >= level) {
            self.close_heading();
        }
        self.headings.push((level, title.to_owned(), false));
    }

    /// A heading with nothing below it would be lost, so it becomes a passage.
    fn close_heading(&mut self) {
        if let Some((_, title, false)) = self.headings.pop() {
            let heading = self.context(None);
            self.passages.push(Passage { heading, text: title });
        }
    }

    fn flush(&mut self) {
        let text = std::mem::take(&mut self.text);
        let question = self.question.take();
        self.gap = false;
        if text.is_empty() {
            return;
        }
        let aim = if question.is_some() { MAX } else { AIM };
        for (nth, text) in pieces(&text, aim).into_iter().enumerate() {
            let heading = self.context(question.as_deref().filter(|_| nth > 0));
            self.passages.push(Passage { heading, text });
        }
    }

    fn context(&mut self, question: Option<&str>) -> Option<String> {
        self.headings.iter_mut().for_each(|(_, _, carried)| *carried = true);
        let titles = self.headings.iter().map(|(_, title, _)| title.as_str());
        let path: Vec<&str> = titles.chain(question.filter(|line| fits_heading(line))).collect();
        (!path.is_empty()).then(|| path.join(" > "))
    }

    fn finish(mut self) -> Vec<Passage> {
        self.flush();
        while !self.headings.is_empty() {
            self.close_heading();
        }
        self.passages
    }
}

/// Cuts a text at sentences into pieces near `aim`; a short tail goes with the piece before.
fn pieces(text: &str, aim: usize) -> Vec<String> {
    if length(text) <= aim {
        return vec![text.to_owned()];
    }
    let mut pieces: Vec<String> = vec![String::new()];
    for sentence in text::sentences(text).into_iter().flat_map(|sentence| fragments(sentence, AIM)) {
        match pieces.last_mut() {
            Some(last) if length(last) + length(sentence) <= AIM => last.push_str(sentence),
            _ => pieces.push(sentence.to_owned()),
        }
    }
    if let [.., before, tail] = pieces.as_mut_slice()
        && length(tail) < ENOUGH
        && length(before) + length(tail) <= MAX
    {
        before.push_str(tail);
        tail.clear();
    }
    pieces.iter().map(|piece| piece.trim().to_owned()).filter(|piece| !piece.is_empty()).collect()
}

/// A sentence that is no sentence, such as a table or a long link, cut at words or anywhere.
fn fragments(sentence: &str, aim: usize) -> Vec<&str> {
    let mut fragments = Vec::new();
    let mut rest = sentence;
    while let Some((limit, _)) = rest.char_indices().nth(aim) {
        let at = rest[..limit].rfind(char::is_whitespace).filter(|at| *at > 0).unwrap_or(limit);
        let (head, tail) = rest.split_at(at);
        fragments.push(head);
        rest = tail;
    }
    fragments.push(rest);
    fragments
}

/// `## Title`, or a line that is nothing but 【Title】.
fn heading(line: &str) -> Option<(usize, &str)> {
    let level = line.bytes().take_while(|b| *b == b'#').count();
    let title = if (1..=6).contains(&level) && line[level..].starts_with([' ', '\t']) {
        Some((level, line[level..].trim().trim_end_matches('#').trim_end()))
    } else {
        line.strip_prefix('【').and_then(|rest| rest.strip_suffix('】')).map(|title| (6, title.trim()))
    };
    title.filter(|(_, title)| fits_heading(title))
}

/// The level that a line of `=` or `-` gives to the line above it.
fn underline(line: &str) -> Option<usize> {
    let all = |mark: u8| line.len() >= 3 && line.bytes().all(|b| b == mark);
    if all(b'=') { Some(1) } else { all(b'-').then_some(2) }
}

fn is_rule(line: &str) -> bool {
    !line.chars().any(char::is_alphanumeric) && line.chars().all(|c| matches!(c, '-' | '=' | '_' | '*' | ' '))
}

fn fits_heading(title: &str) -> bool {
    !title.is_empty() && length(title) <= LONGEST_HEADING
}

/// A line marked as a question, or one that asks and is followed by something that does not.
fn is_question(line: &str, next: &str, after_blank: bool) -> bool {
    let bare =
        line.trim_start_matches(|c: char| matches!(c, '*' | '-' | '•' | '_' | ' ') || c.is_ascii_digit());
    let bare = bare.trim_start_matches(['.', '、', ')', ' ', '*']);
    let marks = ["question", "q", "問題", "问题", "提問", "問", "问"];
    let lower = bare.to_lowercase();
    let marked = marks.iter().filter_map(|mark| lower.strip_prefix(mark)).any(|rest| {
        let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, ' ' | '*'));
        rest.starts_with([':', '：', '.', '、', '）', ')'])
    });
    let asks = |line: &str| line.trim_end_matches(['*', '_', ' ']).ends_with(['?', '？']);
    marked || (after_blank || next.is_empty() || !asks(next)) && asks(line) && length(line) <= LONGEST_HEADING
}

fn length(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
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
                "How long?", "Two days. Or three. ", "一句話。又一句！", "| a | b |", "無標點的長句", "- item", "#", "word ",
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
}
