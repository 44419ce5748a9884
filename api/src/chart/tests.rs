//! Pictures of all kinds of figures, measured as a reader of the SVG would.

mod colors;
mod example;
mod measure;

use chrono::{Days, NaiveDate};

use super::draw::{Look, draw};
use super::figures::{Day, Figures};
use super::png;
use super::scale::Scale;
use super::theme::Theme;
use super::words::{short, thousands};
use measure::Picture;

fn looks() -> impl Iterator<Item = Look> {
    let widths = [320, 375, 800, 1280, 1600];
    widths.into_iter().flat_map(|width| [Theme::Light, Theme::Dark].map(|theme| Look { width, theme }))
}

fn figures(zone: &str, days: impl IntoIterator<Item = ([i64; 4], i64)>) -> Figures {
    let first = NaiveDate::from_ymd_opt(2026, 10, 29).unwrap();
    let days = days.into_iter().zip(0..).map(|((messages, conversations), n)| Day {
        date: first + Days::new(n),
        messages,
        conversations,
    });
    Figures { days: days.collect(), zone: zone.to_owned() }
}

/// What a picture may have to show, each with a name.
fn cases() -> Vec<(&'static str, Figures)> {
    let longest = "America/Argentina/ComodRivadavia";
    let one_huge =
        (0..31).map(|n| if n == 17 { ([900_000, 80_000, 7_000, 600], 70_000) } else { ([1, 0, 0, 0], 1) });
    vec![
        ("no day", figures("UTC", [])),
        ("one day", figures("UTC", [([3, 2, 1, 0], 1)])),
        ("nothing", figures(longest, (0..31).map(|_| ([0; 4], 0)))),
        (
            "a single message",
            figures("UTC", (0..31).map(|n| ([i64::from(n == 4), 0, 0, 0], i64::from(n == 4)))),
        ),
        ("one huge day", figures(longest, one_huge)),
        ("usual", example::figures()),
        ("millions", figures("UTC", (0..31).map(|_| ([3_141_592; 4], 2_718_281)))),
    ]
}

/// The picture, taken to pieces.
fn picture(figures: &Figures, look: Look) -> Picture {
    Picture::of(&draw(figures, look), look.theme.palette().conversations)
}

#[test]
fn bars_are_as_high_as_the_numbers_that_they_stand_for() {
    for (name, figures) in cases() {
        for look in looks() {
            let picture = picture(&figures, look);
            assert_eq!(picture.days.len(), figures.days.len(), "{name}");
            let drawn = picture.days.iter().flat_map(|day| &day.messages).map(|bar| bar.height).sum::<f64>();
            let written: i64 = figures.messages().iter().sum();
            assert_eq!(written > 0, drawn > 0.0, "{name}");
            for (drawn_day, day) in picture.days.iter().zip(&figures.days) {
                assert_eq!(drawn_day.date, day.date.to_string());
                let numbers: Vec<_> = day.messages.into_iter().filter(|messages| *messages > 0).collect();
                assert_eq!(drawn_day.messages.len(), numbers.len(), "{name}: nothing is drawn of nothing");
                for (bar, number) in drawn_day.messages.iter().zip(numbers) {
                    // A message is as high everywhere; each coordinate is rounded to a hundredth of a px.
                    let due = drawn * number as f64 / written as f64;
                    assert!(
                        (bar.height - due).abs() < 0.05,
                        "{name}, {look:?}, {}: {bar:?}, {due}",
                        day.date
                    );
                }
                assert_eq!(drawn_day.conversations.is_some(), day.conversations > 0, "{name}");
            }
        }
    }
}

#[test]
fn bars_stand_on_one_another_side_by_side_and_inside_the_picture() {
    for (name, figures) in cases() {
        for look in looks() {
            let picture = picture(&figures, look);
            let bases: Vec<_> =
                picture.days.iter().filter_map(|day| Some(day.messages.first()?.bottom())).collect();
            assert!(
                bases.windows(2).all(|pair| (pair[0] - pair[1]).abs() < 0.02),
                "{name}, {look:?}: {bases:?}"
            );
            let mut right = 0.0;
            for day in &picture.days {
                let gap = |pair: &[measure::Bar]| (pair[0].y - pair[1].bottom()).abs();
                assert!(day.messages.windows(2).all(|pair| gap(pair) < 0.02), "{name}, {look:?}");
                for bar in day.bars() {
                    assert!(bar.x >= right && bar.width >= 4.0, "{name}, {look:?}: {bar:?} after {right}");
                    assert!(bar.right() <= picture.width && bar.bottom() <= picture.height, "{name}");
                    assert!(bar.y > 0.0 && bar.height >= 0.0, "{name}, {look:?}: {bar:?}");
                }
                right = day.bars().map(measure::Bar::right).fold(right, f64::max);
            }
        }
    }
}

#[test]
fn no_text_touches_another_one_or_leaves_the_picture() {
    for (name, figures) in cases() {
        for look in looks() {
            let picture = picture(&figures, look);
            assert_eq!(picture.width, f64::from(look.width));
            for (place, one) in picture.texts.iter().enumerate() {
                let inside = one.left >= 0.0 && one.right <= picture.width && one.y < picture.height;
                assert!(inside, "{name}, {look:?}: {one:?}");
                for other in &picture.texts[place + 1..] {
                    let beside = one.right < other.left || other.right < one.left;
                    let above = (one.y - other.y).abs() >= one.size.max(other.size) * 0.9;
                    assert!(beside || above, "{name}, {look:?}: {one:?} touches {other:?}");
                }
            }
        }
    }
}

#[test]
fn a_picture_tells_its_totals_and_names_its_last_day() {
    for look in looks() {
        let usual = picture(&figures("Asia/Taipei", (0..31).map(|_| ([20, 15, 4, 1], 2))), look);
        assert_eq!(usual.title, "1,240 messages, 62 conversations in the last 30 days");
        for part in ["Customers 620", "Bot 465", "People in the hub 124", "Phone app 31", "Asia/Taipei"] {
            assert!(usual.description.contains(part), "{}", usual.description);
            assert!(usual.texts.iter().any(|text| text.text.contains(part)), "{look:?}: {part}");
        }
        assert!(usual.texts.iter().any(|text| text.text == "Nov 28"), "{look:?}");
        let one = picture(&figures("UTC", [([1, 0, 0, 0], 1)]), look);
        assert_eq!(one.title, "1 message, 1 conversation in the last 30 days");
    }
}

#[test]
fn an_axis_has_few_whole_round_numbers_and_reaches_over_the_largest() {
    for (largest, step, steps) in [
        (0, 1, 1),
        (1, 1, 1),
        (2, 1, 2),
        (5, 1, 5),
        (6, 2, 3),
        (11, 5, 3),
        (248, 50, 5),
        (251, 100, 3),
        (1_000_000, 200_000, 5),
    ] {
        assert_eq!(Scale::over(largest, 5), Scale { step, steps }, "{largest}");
    }
    for largest in (0..20_000).chain([i64::MAX / 2, i64::MAX]) {
        let scale = Scale::over(largest, 2);
        assert!(scale.steps <= 2 && scale.ticks().last() >= Some(largest), "{largest}: {scale:?}");
    }
    assert_eq!(Scale::over(i64::MIN, 5), Scale { step: 1, steps: 1 });
}

#[test]
fn numbers_are_written_for_people() {
    let written = [0, 7, 999, 1_000, 1_234_567, -1_234, i64::MIN].map(thousands);
    let expected = ["0", "7", "999", "1,000", "1,234,567", "-1,234", "-9,223,372,036,854,775,808"];
    assert_eq!(written, expected);
    let written = [0, 5_000, 10_000, 250_000, 1_000_000, 1_500_000, 2_050_000, 5_000_000_000].map(short);
    assert_eq!(written, ["0", "5,000", "10k", "250k", "1M", "1.5M", "2.05M", "5G"]);
}

#[test]
fn a_png_has_the_size_of_its_svg_and_is_not_blank() {
    for (name, figures) in cases() {
        for look in looks().filter(|look| look.width < 800) {
            let svg = draw(&figures, look);
            let bytes = png::encode(&svg).unwrap();
            let pixels = resvg::tiny_skia::Pixmap::decode_png(&bytes).unwrap();
            let height = picture(&figures, look).height;
            assert_eq!(
                (f64::from(pixels.width()), f64::from(pixels.height())),
                (f64::from(look.width), height)
            );
            let inked = |pixels: &[resvg::tiny_skia::PremultipliedColorU8]| {
                pixels.iter().filter(|pixel| **pixel != pixels[0]).count()
            };
            let head = usize::try_from(look.width * 30).unwrap();
            assert!(inked(&pixels.pixels()[..head]) > 300, "{name}: the headline is written");
        }
    }
    assert!(png::encode("<p>").is_err());
}

#[test]
fn a_client_learns_what_to_do_and_nothing_of_the_inside() {
    use domain::Error;
    for (error, status) in [
        (Error::invalid("until", "take a shorter period"), 400),
        (Error::NotFound, 404),
        (Error::Unavailable("disk sda1".into()), 503),
        (Error::internal("disk sda1"), 500),
    ] {
        let told = crate::refusal::told(&error, crate::refusal::NO_WIDGET, "r1");
        assert_eq!(told.status.as_u16(), status, "{error:?}");
        assert!(!format!("{told:?}").contains("sda1"), "{told:?}");
    }
}
