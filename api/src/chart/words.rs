//! Words in a picture: how numbers are written, and how much room a text takes.
//!
//! Nobody knows the font of the reader's machine, so widths are guesses that hold for a wide font.

/// Of the size of the font, the average width of a character of a wide font.
const REGULAR: f64 = 0.58;
/// The same for bold type.
const BOLD: f64 = 0.62;

/// A font of the picture.
#[derive(Clone, Copy)]
pub(super) struct Font {
    /// In px.
    pub size: f64,
    /// Whether it is bold.
    pub bold: bool,
}

impl Font {
    /// At most so wide is a text, in px.
    pub fn width(self, text: &str) -> f64 {
        let characters = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        f64::from(characters) * self.size * if self.bold { BOLD } else { REGULAR }
    }

    /// Lines as long as the width in px allows; only a phrase that is wider than a line is broken between words.
    pub fn wrap(self, phrases: &[String], width: f64) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        let parts = phrases.iter().flat_map(|phrase| {
            let whole = self.width(phrase) <= width;
            phrase.split(move |sign| sign == ' ' && !whole)
        });
        for phrase in parts {
            match lines.last_mut() {
                Some(line) if self.width(line) + self.width(" ") + self.width(phrase) <= width => {
                    line.push(' ');
                    line.push_str(phrase);
                }
                _ => lines.push(phrase.to_owned()),
            }
        }
        lines
    }
}

/// `1,234,567`.
pub(super) fn thousands(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::from(if number < 0 { "-" } else { "" });
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number beside an axis: `1,500`, `25k`, `1.5M`. Exact for numbers of at most three digits and zeros.
pub(super) fn short(number: i64) -> String {
    let (unit, sign) = match number {
        1_000_000_000.. => (1_000_000_000, "G"),
        1_000_000.. => (1_000_000, "M"),
        10_000.. => (1_000, "k"),
        _ => return thousands(number),
    };
    let (whole, rest) = (number / unit, number % unit * 100 / unit);
    match rest {
        0 => format!("{whole}{sign}"),
        rest if rest % 10 == 0 => format!("{whole}.{}{sign}", rest / 10),
        rest => format!("{whole}.{rest:02}{sign}"),
    }
}
