//! The pictures of the README. The company is made up.

use std::path::Path;

use chrono::{Datelike, Days, NaiveDate};

use super::super::draw::{Look, draw};
use super::super::figures::{Day, Figures};
use super::super::theme::Theme;

/// Numbers that look like chance and are the same for ever.
struct Dice(u64);

impl Dice {
    /// At least 0, below `below`.
    fn roll(&mut self, below: i64) -> i64 {
        // Knuth's MMIX generator; its upper bits are the good ones.
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.0 >> 33).unwrap() % below
    }
}

/// A shop with quiet weekends, a busy Friday late in November, and half a day at both ends.
pub fn figures() -> Figures {
    let mut dice = Dice(2026);
    let first = NaiveDate::from_ymd_opt(2026, 10, 29).unwrap();
    let day = |n: u64| {
        let date = first + Days::new(n);
        let sessions = match (n, date.weekday().num_days_from_monday()) {
            (29, _) => 78,
            (0 | 30, _) => 9 + dice.roll(4),
            (_, 5 | 6) => 8 + dice.roll(8),
            _ => 34 + dice.roll(14) + i64::try_from(n).unwrap() / 4,
        };
        let customer = sessions * (30 + dice.roll(6)) / 10;
        let bot = sessions * (21 + dice.roll(7)) / 10;
        let agent = sessions * (7 + dice.roll(6)) / 10;
        let phone = sessions * dice.roll(6) / 10;
        Day { date, messages: [customer, bot, agent, phone], conversations: sessions }
    };
    Figures { days: (0..31).map(day).collect(), zone: "Europe/Berlin".to_owned() }
}

#[test]
fn the_committed_examples_are_what_the_server_draws() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("chart");
    let update = std::env::var_os("UPDATE_CHARTS").is_some();
    for (name, width, theme) in [
        ("recent-light.svg", 800, Theme::Light),
        ("recent-dark.svg", 800, Theme::Dark),
        ("recent-narrow-light.svg", 375, Theme::Light),
        ("recent-narrow-dark.svg", 375, Theme::Dark),
    ] {
        let (file, drawn) = (folder.join(name), draw(&figures(), Look { width, theme }) + "\n");
        if update {
            std::fs::create_dir_all(&folder).expect("the folder is made");
            std::fs::write(&file, &drawn).expect("the example is written");
        }
        let committed = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(committed == drawn, "{name} is stale: UPDATE_CHARTS=1 cargo test -p api chart");
    }
}

/// For looking at them: `CHARTS=folder cargo test -p api --lib chart -- --ignored`.
#[test]
#[ignore = "writes pictures of every case into a folder"]
fn every_case_is_written_for_people_to_look_at() {
    let folder = std::env::var("CHARTS").expect("CHARTS names a folder");
    for (name, figures) in super::cases() {
        for look in super::looks() {
            let svg = draw(&figures, look);
            let file =
                Path::new(&folder).join(format!("{name} {} {:?}", look.width, look.theme).replace(' ', "-"));
            std::fs::write(file.with_extension("svg"), &svg).expect("it is written");
            std::fs::write(file.with_extension("png"), super::png::encode(&svg).unwrap())
                .expect("it is written");
        }
    }
}
