//! Colours as eyes see them: WCAG 2's contrast, and three kinds of colour blindness.

use super::super::theme::Theme;

/// Linear red, green and blue from 0 to 1, or another three numbers of a colour.
type Three = [f64; 3];

/// What remains of red, green and blue for eyes without one of the three cones, from Machado, Oliveira and
/// Fernandes (2009), severity 1; the first is for eyes with all of them.
const EYES: [(&str, [Three; 3]); 4] = [
    ("all", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
    (
        "protanopia",
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    ),
    (
        "deuteranopia",
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    ),
    (
        "tritanopia",
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
    ),
];

fn linear(color: &str) -> Three {
    assert!(color.len() == 7 && color.starts_with('#'), "{color}");
    [1, 3, 5].map(|at| {
        let value = f64::from(u8::from_str_radix(&color[at..at + 2], 16).unwrap()) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    })
}

fn contrast(one: &str, other: &str) -> f64 {
    let luminance = |color| {
        let [red, green, blue] = linear(color);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    };
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// CIE L*a*b* of what eyes see.
fn seen(color: &str, eyes: [Three; 3]) -> Three {
    let light = linear(color);
    let [red, green, blue] =
        eyes.map(|row| row.iter().zip(light).map(|(part, of)| part * of).sum::<f64>().clamp(0.0, 1.0));
    let [x, y, z] = [
        (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047,
        0.2126 * red + 0.7152 * green + 0.0722 * blue,
        (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883,
    ]
    .map(|value| if value > 0.008856 { value.cbrt() } else { 7.787 * value + 16.0 / 116.0 });
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

#[test]
fn everything_stands_out_from_the_ground() {
    for theme in [Theme::Light, Theme::Dark] {
        let palette = theme.palette();
        for text in [palette.text, palette.muted] {
            assert!(contrast(text, palette.ground) >= 4.5, "{theme:?} {text}");
        }
        for area in palette.authors.into_iter().chain([palette.conversations]) {
            let contrast = contrast(area, palette.ground);
            assert!(contrast >= 3.0, "{theme:?} {area}: {contrast:.2}");
        }
    }
}

#[test]
fn authors_stay_apart_for_eyes_that_do_not_see_every_colour() {
    for theme in [Theme::Light, Theme::Dark] {
        let authors = theme.palette().authors;
        for (name, eyes) in EYES {
            for (place, one) in authors.iter().enumerate() {
                for other in &authors[place + 1..] {
                    let (a, b) = (seen(one, eyes), seen(other, eyes));
                    let distance = a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
                    assert!(distance >= 25.0, "{theme:?}, {name}: {one} and {other} differ by {distance:.0}");
                }
            }
        }
    }
}
