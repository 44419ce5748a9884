//! A plot with its heading and its y axis, and the bars in it.

use svg::node::element::{Group, Line, Rectangle};

use super::super::scale::Scale;
use super::super::words::short;
use super::days::Across;
use super::{Sheet, px};

/// Between the numbers of the axis and the plot, in px.
const GAP: f64 = 8.0;

/// A plot that has no place yet.
pub(super) struct Panel {
    heading: &'static str,
    scale: Scale,
    /// Of the plot, in px: every step of the axis has a whole number of them.
    height: f64,
}

/// A plot in its place.
pub(super) struct Placed {
    panel: Panel,
    /// Where the heading begins.
    top: f64,
    /// The height of 0.
    pub base: f64,
}

impl Panel {
    /// A plot of about `height` px.
    pub fn new(heading: &'static str, scale: Scale, height: f64) -> Self {
        let steps = f64::from(scale.steps);
        Self { heading, scale, height: (height / steps).round() * steps }
    }

    /// How much room the numbers of the axis take, in px.
    pub fn gutter(&self, sheet: &Sheet) -> f64 {
        let widths = self.scale.ticks().map(|tick| sheet.small.width(&short(tick)));
        widths.fold(0.0, f64::max) + GAP
    }

    /// Under something that ends at `y`.
    pub fn below(self, sheet: &Sheet, y: f64) -> Placed {
        let top = y.ceil();
        let base = (top + sheet.small.size * 2.4).ceil() + self.height;
        Placed { panel: self, top, base }
    }
}

impl Placed {
    /// The heading, the numbers of the axis and the lines beside them; the plot begins at `left`.
    pub fn frame(&self, sheet: &Sheet, left: f64) -> Group {
        let Panel { heading, scale, height } = &self.panel;
        let font = sheet.small;
        let mut frame =
            Group::new().add(sheet.text(heading, font, (sheet.margin, self.top + font.size * 1.3)));
        for tick in scale.ticks() {
            let y = self.base - scale.height(tick, *height);
            let color = if tick == 0 { sheet.palette.axis } else { sheet.palette.grid };
            // Half a px down a line of one px is sharp.
            let line = Line::new().set("x1", px(left)).set("x2", px(sheet.width - sheet.margin));
            let line = line.set("y1", px(y + 0.5)).set("y2", px(y + 0.5)).set("stroke", color);
            let number = sheet.text(&short(tick), font, (left - GAP, y + font.size * 0.36));
            frame = frame.add(line).add(number.set("text-anchor", "end"));
        }
        frame
    }

    /// Bars on one another from 0 up, each of a number and a colour; of 0 there is none.
    pub fn stack(
        &self,
        across: Across,
        parts: impl IntoIterator<Item = (i64, &'static str)>,
    ) -> impl Iterator<Item = Rectangle> {
        let mut below = 0;
        parts.into_iter().filter(|(number, _)| *number > 0).map(move |(number, color)| {
            let [bottom, top] = [below, below + number]
                .map(|number| self.base - self.panel.scale.height(number, self.panel.height));
            below += number;
            Rectangle::new()
                .set("x", px(across.x))
                .set("y", px(top))
                .set("width", px(across.width))
                .set("height", px(bottom - top))
                .set("fill", color)
        })
    }
}
