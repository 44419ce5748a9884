//! Figures become an SVG. Pure: the same figures give the same text.
//!
//! From top to bottom: the headline, the legend, messages per day as stacked bars, conversations per day as smaller
//! ones on the same days, the days' names. The height follows from the width.

mod days;
mod head;
mod panel;

use svg::node::Text as Words;
use svg::node::element::{Description, Group, Rectangle, SVG, Text, Title};

use self::days::Days;
use self::panel::Panel;
use super::figures::{Day, Figures};
use super::scale::Scale;
use super::theme::{Palette, Theme};
use super::words::Font;

/// What the reader's machine has of these; the last but one is the font of the PNG.
const FONTS: &str = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif";

/// How a picture is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Look {
    /// In px, at least 320.
    pub width: u32,
    /// On what ground.
    pub theme: Theme,
}

/// What the parts of a picture have in common.
struct Sheet {
    /// In px.
    width: f64,
    /// Free on all sides, in px.
    margin: f64,
    palette: Palette,
    /// Of the headline.
    title: Font,
    /// Of everything else.
    small: Font,
}

impl Sheet {
    fn of(look: Look) -> Self {
        let narrow = look.width < 560;
        let (margin, title, small) = if narrow { (12.0, 16.0, 12.0) } else { (20.0, 20.0, 13.0) };
        Self {
            width: f64::from(look.width),
            margin,
            palette: look.theme.palette(),
            title: Font { size: title, bold: true },
            small: Font { size: small, bold: false },
        }
    }

    /// Between the margins.
    fn inner(&self) -> f64 {
        self.width - 2.0 * self.margin
    }

    /// A line of text; `y` is its base line.
    fn text(&self, content: &str, font: Font, (x, y): (f64, f64)) -> Text {
        let color = if font.bold { self.palette.text } else { self.palette.muted };
        let text = Text::new(content).set("x", px(x)).set("y", px(y));
        let text = text.set("font-size", px(font.size)).set("fill", color);
        if font.bold { text.set("font-weight", "bold") } else { text }
    }
}

/// The picture as an SVG of one root element.
pub(super) fn draw(figures: &Figures, look: Look) -> String {
    let sheet = Sheet::of(look);
    let (head, y) = head::draw(&sheet, figures);
    let largest = |of: fn(&Day) -> i64| figures.days.iter().map(of).max().unwrap_or(0);
    let height = (sheet.width * 0.26).clamp(140.0, 340.0);
    let written = Panel::new("Messages per day", Scale::over(largest(Day::total), 5), height);
    let opened = Scale::over(largest(|day| day.conversations), 2);
    let opened = Panel::new("Conversations per day", opened, (height * 0.28).max(44.0));
    let days =
        Days::across(&sheet, figures, sheet.margin + written.gutter(&sheet).max(opened.gutter(&sheet)));
    let written = written.below(&sheet, y);
    let opened = opened.below(&sheet, written.base + sheet.small.size);
    let mut picture = root(&sheet, figures, opened.base + 5.0 + 1.4 * sheet.small.size + sheet.margin)
        .add(head)
        .add(written.frame(&sheet, days.left))
        .add(opened.frame(&sheet, days.left));
    for (place, day) in figures.days.iter().enumerate() {
        let across = days.bar(place);
        let authors = day.messages.into_iter().zip(sheet.palette.authors);
        let sessions = [(day.conversations, sheet.palette.conversations)];
        let bars = written.stack(across, authors).chain(opened.stack(across, sessions));
        let group = Group::new().set("data-day", day.date.to_string()).add(Title::new(day.sentence()));
        picture = picture.add(bars.fold(group, Group::add));
    }
    picture.add(days.names(&sheet, figures, opened.base)).to_string()
}

fn root(sheet: &Sheet, figures: &Figures, height: f64) -> SVG {
    let height = height.ceil();
    let ground =
        Rectangle::new().set("width", "100%").set("height", "100%").set("fill", sheet.palette.ground);
    SVG::new()
        .set("viewBox", format!("0 0 {} {}", px(sheet.width), px(height)))
        .set("width", px(sheet.width))
        .set("height", px(height))
        .set("role", "img")
        .set("aria-labelledby", "colloquy-title colloquy-description")
        .set("font-family", FONTS)
        .add(Title::new(figures.headline().join(" ")).set("id", "colloquy-title"))
        .add(Description::new().set("id", "colloquy-description").add(Words::new(figures.description())))
        .add(ground)
}

/// Hundredths of a px are enough.
fn px(length: f64) -> f64 {
    (length * 100.0).round() / 100.0
}
