//! A document cut into the passages that are searched, cited and sent as answers.
//!
//! Every line of the document with a letter or digit in it is in a passage: as text, or a heading as the context
//! of the passages below it. Only the fences of a block are left out. No text is over [`MAX`] characters. A question stays with its answer, and a pair is a
//! passage of its own however short it is: it may be sent as the answer. Passages never cross a heading.

mod answer;
mod builder;
mod cut;
mod fence;
mod line;

pub(crate) use answer::answer;
use builder::Builder;
use fence::Fences;
use line::{fits_heading, heading, is_question, is_rule, underline};

/// A paragraph is added to a passage that is shorter than this.
const ENOUGH: usize = 200;
/// A paragraph is cut, and paragraphs are not joined, beyond this.
const AIM: usize = 800;
/// The longest text of a passage, in Unicode scalar values.
pub const MAX: usize = 1200;

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
    let (mut builder, mut fences) = (Builder::default(), Fences::default());
    let lines: Vec<&str> = document.lines().map(str::trim).collect();
    let mut at = 0;
    while at < lines.len() {
        let (line, next) = (lines[at], lines.get(at + 1).copied().unwrap_or_default());
        let after_blank = at == 0 || lines[at - 1].is_empty();
        at += 1;
        if line.is_empty() {
            builder.blank();
        } else if let Some(block) = fences.block(&lines[at - 1..]) {
            block.iter().for_each(|line| if line.is_empty() { builder.blank() } else { builder.line(line) });
            at += block.len() + 1;
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

fn length(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests;
