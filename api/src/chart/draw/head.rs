//! The headline, what the days are, and the legend.

use svg::node::element::{Group, Rectangle};

use super::super::figures::{AUTHORS, Figures};
use super::super::words::{Font, thousands};
use super::{Sheet, px};

/// From one line to the next, of the size of the font.
const LEADING: f64 = 1.4;
/// A square of the legend, in px.
const SQUARE: f64 = 11.0;

/// The head of the picture, and where it ends.
pub(super) fn draw(sheet: &Sheet, figures: &Figures) -> (Group, f64) {
    let mut head = Group::new();
    let mut y = sheet.margin;
    let mut write = |font: Font, lines: Vec<String>, mut head: Group| {
        for line in lines {
            y += font.size * LEADING;
            head = head.add(sheet.text(&line, font, (sheet.margin, y - font.size * 0.4)));
        }
        head
    };
    head = write(sheet.title, sheet.title.wrap(&figures.headline(), sheet.inner()), head);
    head = write(sheet.small, sheet.small.wrap(&figures.subtitle(), sheet.inner()), head);
    legend(sheet, figures, head, y + sheet.small.size * 0.6)
}

/// Authors with their squares and sums, in lines as long as the picture is wide.
fn legend(sheet: &Sheet, figures: &Figures, mut head: Group, top: f64) -> (Group, f64) {
    let font = sheet.small;
    let (mut x, mut y) = (sheet.margin, top + font.size * LEADING);
    for ((author, messages), color) in AUTHORS.iter().zip(figures.messages()).zip(sheet.palette.authors) {
        let label = format!("{author} {}", thousands(messages));
        let width = SQUARE + 6.0 + font.width(&label);
        if x > sheet.margin && x + width > sheet.margin + sheet.inner() {
            (x, y) = (sheet.margin, y + font.size * 1.6);
        }
        let square = Rectangle::new().set("x", px(x)).set("y", px(y - SQUARE + 1.0)).set("rx", 2);
        let square = square.set("width", SQUARE).set("height", SQUARE).set("fill", color);
        head = head.add(square).add(sheet.text(&label, font, (x + SQUARE + 6.0, y)));
        x += width + font.size;
    }
    (head, y + font.size * 0.8)
}
