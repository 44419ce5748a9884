//! The x axis: where each day's bars stand, and which days are named.

use svg::node::element::{Group, Line};

use super::super::figures::Figures;
use super::{Sheet, px};

/// Every so many days have a name, beginning with the last day; whole weeks where two days are not enough.
const EVERY: [usize; 4] = [1, 2, 7, 14];

/// Days side by side.
pub(super) struct Days {
    /// Where the plot begins.
    pub left: f64,
    /// Where the first day begins.
    first: f64,
    /// From one day to the next, in px.
    pitch: f64,
}

/// Where a bar stands, in px.
#[derive(Clone, Copy)]
pub(super) struct Across {
    pub x: f64,
    pub width: f64,
}

impl Days {
    /// From `left` to the right margin.
    pub fn across(sheet: &Sheet, figures: &Figures, left: f64) -> Self {
        let left = left.ceil();
        let room = sheet.width - sheet.margin - left;
        let count = f64::from(u32::try_from(figures.days.len().max(1)).unwrap_or(u32::MAX));
        // Whole px, so that every bar is as sharp and as wide as the next one; a few days need not fill the plot.
        let pitch = match room / count {
            pitch if pitch < 4.0 => pitch,
            pitch => pitch.floor().min(64.0),
        };
        Self { left, first: left + ((room - pitch * count) / 2.0).floor(), pitch }
    }

    /// The bar of the day at this place.
    pub fn bar(&self, place: usize) -> Across {
        let width = if self.pitch < 4.0 { self.pitch } else { (self.pitch * 0.72).round() };
        Across { x: self.begin(place) + ((self.pitch - width) / 2.0).floor(), width }
    }

    fn begin(&self, place: usize) -> f64 {
        self.first + self.pitch * f64::from(u32::try_from(place).unwrap_or(u32::MAX))
    }

    /// Names of days under the line at `y`, so few that they do not touch.
    pub fn names(&self, sheet: &Sheet, figures: &Figures, y: f64) -> Group {
        let (font, days) = (sheet.small, &figures.days);
        let names: Vec<_> = days.iter().map(|day| (day, font.width(&day.name()))).collect();
        let widest = names.iter().map(|(_, width)| *width).fold(0.0, f64::max);
        let fits = |every: &usize| {
            self.pitch * f64::from(u32::try_from(*every).unwrap_or(u32::MAX)) >= widest + font.size
        };
        let every = EVERY.into_iter().find(fits).unwrap_or(days.len().max(1));
        let mut group = Group::new();
        for (place, (day, width)) in names.into_iter().enumerate().rev().step_by(every) {
            let bar = self.bar(place);
            let middle = bar.x + bar.width / 2.0;
            let tick = Line::new().set("x1", px(middle)).set("x2", px(middle)).set("y1", px(y + 1.0));
            let tick = tick.set("y2", px(y + 5.0)).set("stroke", sheet.palette.axis);
            // The last name does not hang over the edge.
            let x = middle.min(sheet.width - 2.0 - width / 2.0);
            let name = sheet.text(&day.name(), font, (x, y + 5.0 + font.size * 1.1));
            group = group.add(tick).add(name.set("text-anchor", "middle"));
        }
        group
    }
}
