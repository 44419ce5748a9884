//! What a company's figures are compared with, at any moment.

use chrono::TimeDelta;
use domain::Time;
use domain::business_hours::Tz;
use domain::id::{ChannelId, WidgetId};
use domain::metrics::{self, Division, Figures, Interval, Parts, Period, Whose};
use domain::page::Page;
use domain::widget;
use rand::Rng;
use rand::seq::IndexedRandom;
use serde_json::json;

use super::company::{Company, ZONES};
use super::rows::Rows;
use super::sql;

impl Company {
    /// Any period, at any moment of the roll-up.
    pub async fn figures_are_right(&mut self) {
        let (mut rows, now) = (Rows::read(&self.hub).await, self.hub.env.clock.now());
        let zone: Tz = ZONES.choose(&mut self.rng).unwrap().parse().unwrap();
        let from = now - TimeDelta::seconds(self.rng.random_range(0..45 * 86_400));
        let intervals = [Interval::Hour, Interval::Day, Interval::Day, Interval::Week, Interval::Month];
        let interval = *intervals.choose(&mut self.rng).unwrap();
        let longest = if interval == Interval::Hour { 3 } else { 30 } * 86_400;
        let until = (from + TimeDelta::seconds(self.rng.random_range(0..longest))).min(now);
        let which = self.rng.random_range(0..self.widgets.len());
        let (whose, widgets) = match self.rng.random_range(0..3) {
            0 => (Whose::Workspace, self.widgets.clone()),
            // Both numbers are on the company's one channel.
            1 => (Whose::Channel(self.channel().await), self.widgets.clone()),
            _ => (Whose::Widget(self.widgets[which]), vec![self.widgets[which]]),
        };
        let what = (Period { from, until }, Division { zone, interval });
        // The bot is at work meanwhile: what it did in between nobody can compare.
        let (report, unique, counted, truly_unique) = loop {
            let report = metrics::report(&self.hub.scope(), whose, what, Parts::ALL).await.unwrap();
            let unique = metrics::uniques(&self.hub.scope(), &[whose], what.0).await.unwrap().remove(0);
            let counted = sql::counted(&self.hub, &widgets, what.0).await;
            let truly_unique = sql::unique(&self.hub, &widgets, what.0).await;
            let one = report.stretches.choose(&mut self.rng);
            let of_one = match one {
                Some(one) => sql::counted(&self.hub, &widgets, one.period).await,
                None => sql::Counted::new(),
            };
            let after = Rows::read(&self.hub).await;
            if after == rows {
                assert_eq!(
                    one.map(|one| sql::told(&one.figures)).unwrap_or_default(),
                    of_one,
                    "{:?}",
                    what.1
                );
                break (report, unique, counted, truly_unique);
            }
            rows = after;
        };
        let inside = |at: Time| from <= at && at < until;
        assert_eq!(sql::told(&report.total), counted, "{whose:?} {:?}", what.0);
        assert_eq!((unique.conversations, unique.contacts), truly_unique, "{whose:?} {:?}", what.0);
        rows.count(&widgets, inside).is(&report.total, &format!("{whose:?} {:?}", what.0));
        let mut sum = Figures::default();
        for stretch in &report.stretches {
            let date = |at: Time| at.with_timezone(&zone).date_naive();
            let in_it = |at: Time| match interval {
                Interval::Day => inside(at) && date(at) == stretch.date,
                _ => stretch.period.from <= at && at < stretch.period.until,
            };
            let expected = rows.count(&widgets, in_it);
            expected.is(&stretch.figures, &format!("{} in {zone}, {:?}", stretch.date, what));
            sum.add(&stretch.figures);
        }
        rows.count(&widgets, inside).is(&sum, "the days together");
        self.recent_days_are_the_company_s(whose, &widgets).await;
        // The list of what was not answered is as long as its count says.
        let page = Page { after: None, before: None, backwards: false, limit: 10_000 };
        let listed = metrics::unanswered(&self.hub.scope(), whose, what.0, &page).await.unwrap();
        assert_eq!(i64::try_from(listed.len()).unwrap(), report.total.counts.unanswered);
    }

    /// The last thirty days by the clock that the company has now, whichever it had before.
    async fn recent_days_are_the_company_s(&self, whose: Whose, widgets: &[WidgetId]) {
        let (hub, now) = (&self.hub, self.hub.env.clock.now());
        let shown = hub.client.data("{ workspace { timeZone } }", json!({})).await;
        let zone: Tz = shown["workspace"]["timeZone"].as_str().unwrap().parse().unwrap();
        let (recent, rows) = loop {
            let before = Rows::read(hub).await;
            let recent = metrics::recent(&hub.scope(), now, &[whose], Parts::ALL).await.unwrap().remove(0);
            if Rows::read(hub).await == before {
                break (recent, before);
            }
        };
        assert_eq!(recent.zone, zone);
        for day in &recent.stretches {
            let inside = |at: Time| now - TimeDelta::days(30) <= at && at < now;
            let expected =
                rows.count(widgets, |at| inside(at) && at.with_timezone(&zone).date_naive() == day.date);
            expected.is(&day.figures, &format!("recent {} in {zone}", day.date));
        }
    }

    async fn channel(&self) -> ChannelId {
        let found = widget::load(&self.hub.scope(), &[self.hub.widget]).await.unwrap().remove(0);
        ChannelId(found.channel_id)
    }
}
