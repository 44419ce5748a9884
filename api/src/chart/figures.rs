//! What a picture shows: plain numbers, and the sentences that they make.

use chrono::NaiveDate;
use domain::metrics::{Counts, Report};

use super::words::thousands;

/// Figures of a period by calendar days.
pub(super) struct Figures {
    /// In order, without repetition; the first and the last may lie in the period only in part.
    pub days: Vec<Day>,
    /// The IANA name of the time zone whose days these are.
    pub zone: String,
}

/// What happened on a day. No number is negative.
#[derive(Clone, Copy)]
pub(super) struct Day {
    /// Which, in the time zone of the figures.
    pub date: NaiveDate,
    /// Messages in the order of [`AUTHORS`].
    pub messages: [i64; AUTHORS.len()],
    /// Sessions that were opened.
    pub conversations: i64,
}

/// Who writes messages, from the bottom of a bar to its top.
pub(super) const AUTHORS: [&str; 4] = ["Customers", "Bot", "People in the hub", "Phone app"];

impl Day {
    fn of(date: NaiveDate, counts: &Counts) -> Self {
        let messages = [counts.customer, counts.bot, counts.agent, counts.business_app];
        Self { date, messages, conversations: counts.conversations }
    }

    /// Messages of everybody.
    pub fn total(&self) -> i64 {
        self.messages.iter().sum()
    }

    /// `Nov 28`.
    pub fn name(&self) -> String {
        self.date.format("%b %-d").to_string()
    }

    /// What a pointer over its bar is told.
    pub fn sentence(&self) -> String {
        let parts: Vec<_> = AUTHORS
            .iter()
            .zip(self.messages)
            .filter(|(_, messages)| *messages > 0)
            .map(|(author, messages)| format!("{author} {}", thousands(messages)))
            .collect();
        let parts = if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) };
        let [messages, conversations] = counted(self.total(), self.conversations);
        format!("{}: {messages}{parts}, {conversations}", self.name())
    }
}

impl Figures {
    /// The figures of a report that is divided by days.
    pub fn of(report: &Report) -> Self {
        let days = report.stretches.iter().map(|stretch| Day::of(stretch.date, &stretch.figures.counts));
        Self { days: days.collect(), zone: report.zone.name().to_owned() }
    }

    /// Messages in the order of [`AUTHORS`].
    pub fn messages(&self) -> [i64; AUTHORS.len()] {
        let mut sums = [0; AUTHORS.len()];
        for day in &self.days {
            sums.iter_mut().zip(day.messages).for_each(|(sum, messages)| *sum += messages);
        }
        sums
    }

    /// The totals, in phrases that should not be broken over lines.
    pub fn headline(&self) -> [String; 3] {
        let conversations = self.days.iter().map(|day| day.conversations).sum();
        let [messages, conversations] = counted(self.messages().iter().sum(), conversations);
        [format!("{messages},"), conversations, "in the last 30 days".to_owned()]
    }

    /// What the days are, in phrases too.
    pub fn subtitle(&self) -> [String; 2] {
        [format!("Calendar days in {};", self.zone), "the first and the last are partial".to_owned()]
    }

    /// The picture for somebody who does not see it.
    pub fn description(&self) -> String {
        let authors = AUTHORS.iter().zip(self.messages());
        let authors: Vec<_> =
            authors.map(|(author, messages)| format!("{author} {}", thousands(messages))).collect();
        let mut text = format!("Messages by who wrote them: {}.", authors.join(", "));
        if let Some(most) = self.days.iter().max_by_key(|day| day.total()).filter(|day| day.total() > 0) {
            text += &format!(" Most on {}.", most.sentence());
        }
        format!("{text} {}.", self.subtitle().join(" "))
    }
}

fn counted(messages: i64, conversations: i64) -> [String; 2] {
    [(messages, "message"), (conversations, "conversation")].map(|(count, noun)| {
        let plural = if count == 1 { "" } else { "s" };
        format!("{} {noun}{plural}", thousands(count))
    })
}
