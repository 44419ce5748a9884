//! The colours of a picture.
//!
//! Invariant, held by tests: texts have the contrast of WCAG 2 AA against the ground, areas that of its rule for
//! graphics, and authors stay apart for those who do not see red, green or blue.

use super::figures::AUTHORS;

/// The ground on which a picture is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Theme {
    /// For bright pages.
    Light,
    /// For dark pages.
    Dark,
}

/// Colours, each as `#rrggbb`.
pub(super) struct Palette {
    /// Behind everything.
    pub ground: &'static str,
    /// The headline.
    pub text: &'static str,
    /// Every other text.
    pub muted: &'static str,
    /// Lines across the plot.
    pub grid: &'static str,
    /// The line at 0.
    pub axis: &'static str,
    /// Bars of messages, in the order of [`AUTHORS`].
    pub authors: [&'static str; AUTHORS.len()],
    /// Bars of conversations.
    pub conversations: &'static str,
}

impl Theme {
    /// Its colours.
    pub fn palette(self) -> Palette {
        match self {
            Self::Light => Palette {
                ground: "#ffffff",
                text: "#1f2328",
                muted: "#59636e",
                grid: "#dfe3e8",
                axis: "#9aa4ae",
                authors: ["#1f48c4", "#d67f14", "#22a37b", "#6a1f74"],
                conversations: "#6b7580",
            },
            Self::Dark => Palette {
                ground: "#0d1117",
                text: "#f0f6fc",
                muted: "#9ea7b3",
                grid: "#262c36",
                axis: "#59636e",
                authors: ["#58a6ff", "#ee9a30", "#1f7a52", "#f0c0e4"],
                conversations: "#8b949e",
            },
        }
    }
}
