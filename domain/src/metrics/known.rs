//! What is rolled up of a period, and the plain count of the rest.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::ConnectionTrait;

use super::count::{Asked, Found};
use super::{Figures, Parts, Period, bucket, count, dirty, quarter};
use crate::clock::Time;
use crate::error::Result;
use crate::id::WidgetId;
use crate::scope::{Scope, within};

/// Events read at once.
const EVENTS: u64 = 2_000;
/// Where more pages of them are not rolled up, everything is counted plainly.
const PAGES: usize = 50;

/// What of a workspace is rolled up.
pub(super) struct Rolled {
    /// Every quarter from here on, ..
    from: i64,
    /// .. but for these.
    dirty: BTreeSet<(WidgetId, i64)>,
}

impl Rolled {
    /// None if nothing is, or so much happened since that a count is as fast.
    pub(super) async fn of(db: &impl ConnectionTrait, scope: &Scope) -> Result<Option<Self>> {
        let row = within::<entity::metric_progress::Entity>(scope.workspace()).one(db).await?;
        let Some(row) = row else { return Ok(None) };
        let (_, pruned) = dirty::head(db, scope.workspace()).await?;
        if row.position < pruned {
            return Ok(None);
        }
        let (mut position, mut dirty) = (row.position, BTreeSet::new());
        for _ in 0..PAGES {
            let tail = dirty::after(db, scope.workspace(), position, EVENTS).await?;
            dirty.extend(tail.quarters);
            position = tail.through;
            if tail.whole {
                return Ok(Some(Self { from: row.built_from, dirty }));
            }
        }
        Ok(None)
    }

    /// What changed of these widgets in a range, as ranges without gaps.
    fn dirty(&self, widgets: &[WidgetId], (from, until): (i64, i64)) -> Vec<(i64, i64)> {
        let of = |widget: &WidgetId| self.dirty.range((*widget, from)..(*widget, until));
        let quarters: BTreeSet<i64> = widgets.iter().flat_map(of).map(|(_, quarter)| *quarter).collect();
        let mut ranges: Vec<(i64, i64)> = Vec::new();
        for quarter in quarters {
            match ranges.last_mut().filter(|(_, end)| *end == quarter) {
                Some((_, end)) => *end = quarter + 1,
                None => ranges.push((quarter, quarter + 1)),
            }
        }
        ranges
    }
}

/// What is known of a period, by quarters; its ends may be parts of one.
pub(super) struct Known<'a> {
    scope: &'a Scope,
    widgets: &'a [WidgetId],
    period: Period,
    parts: Parts,
    quarters: Found,
}

impl<'a> Known<'a> {
    /// Reads what is rolled up, and counts the rest: what is not, what changed since, and both ends.
    pub(super) async fn of(
        db: &impl ConnectionTrait,
        scope: &'a Scope,
        widgets: &'a [WidgetId],
        period: Period,
        (rolled, parts): (Option<&Rolled>, Parts),
    ) -> Result<Self> {
        let mut known = Self { scope, widgets, period, parts, quarters: Found::new() };
        let (from, until) = (quarter::from(period.from), quarter::of(period.until));
        if from > until {
            known.count(db, &[period]).await?;
            return Ok(known);
        }
        // From here on they are rolled up, but for these.
        let (mut built, mut dirty) = (until, Vec::new());
        if let Some(rolled) = rolled {
            built = rolled.from.clamp(from, until);
            known.quarters = bucket::load(db, widgets, (built, until), parts).await?;
            dirty = rolled.dirty(widgets, (built, until));
            let is_dirty =
                |quarter: i64| dirty.iter().any(|(from, until)| (*from..*until).contains(&quarter));
            known.quarters.retain(|(_, quarter), _| !is_dirty(*quarter));
        }
        let begins = Period { from: period.from, until: quarter::start(from) };
        let ends = Period { from: quarter::start(until), until: period.until };
        let whole =
            |(from, until): (i64, i64)| Period { from: quarter::start(from), until: quarter::start(until) };
        let rest = dirty.into_iter().chain([(from, built)]).map(whole);
        known.count(db, &rest.chain([begins, ends]).collect::<Vec<_>>()).await?;
        Ok(known)
    }

    async fn count(&mut self, db: &impl ConnectionTrait, times: &[Period]) -> Result<()> {
        let found = self.plain(db, times).await?;
        self.quarters.extend(found);
        Ok(())
    }

    /// What happened in a part of the period, by widget.
    pub(super) async fn sum(
        &self,
        db: &impl ConnectionTrait,
        part: Period,
    ) -> Result<BTreeMap<WidgetId, Figures>> {
        let mut sum: BTreeMap<WidgetId, Figures> = BTreeMap::new();
        if part.until <= quarter::start(quarter::FIRST) {
            return Ok(sum);
        }
        let mut add = |widget: WidgetId, figures: &Figures| sum.entry(widget).or_default().add(figures);
        let is_cut = |at: Time, end: Time| at == end || quarter::begins(at);
        if !is_cut(part.from, self.period.from) || !is_cut(part.until, self.period.until) {
            // Clocks of the past were off by minutes and seconds.
            for ((widget, _), figures) in self.plain(db, &[part]).await? {
                add(widget, &figures);
            }
            return Ok(sum);
        }
        let (first, last) = (quarter::of(part.from), quarter::from(part.until));
        for widget in self.widgets {
            let quarters = self.quarters.range((*widget, first)..(*widget, last));
            quarters.for_each(|(_, figures)| add(*widget, figures));
        }
        Ok(sum)
    }

    async fn plain(&self, db: &impl ConnectionTrait, times: &[Period]) -> Result<Found> {
        let (workspace, widgets, parts) = (self.scope.workspace(), self.widgets, self.parts);
        count::plain(db, Asked { workspace, widgets, times, parts }).await
    }
}
