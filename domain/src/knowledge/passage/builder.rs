//! Lines put together into passages.
//!
//! Invariant: what was read is in a passage, in the text being built or in a heading in force.

use super::cut::pieces;
use super::line::fits_heading;
use super::{AIM, ENOUGH, MAX, Passage, length};

/// What has been read of a document so far.
#[derive(Default)]
pub(super) struct Builder {
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
    pub(super) fn blank(&mut self) {
        self.gap = true;
    }

    pub(super) fn line(&mut self, line: &str) {
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

    pub(super) fn question(&mut self, line: &str) {
        self.flush();
        self.question = Some(line.to_owned());
        self.line(line);
    }

    pub(super) fn heading(&mut self, level: usize, title: &str) {
        self.flush();
        while self.headings.last().is_some_and(|(above, ..)| *above >= level) {
            self.close_heading();
        }
        self.headings.push((level, title.to_owned(), false));
    }

    pub(super) fn finish(mut self) -> Vec<Passage> {
        self.flush();
        while !self.headings.is_empty() {
            self.close_heading();
        }
        self.passages
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
}
