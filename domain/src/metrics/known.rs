//! What is rolled up of a period, and the plain count of the rest.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::ConnectionTrait;

use super::count::{Asked, Found};
use super::{Figures, Parts, Period, bucket, count, dirty, quarter};
use crate::error::Result;
use crate::id::WidgetId;
use crate::scope::{Scope, within};

/// Where more events than this are not rolled up, everything is counted plainly.
const EVENTS: u64 = 2_000;

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
        let tail = dirty::after(db, scope.workspace(), row.position, EVENTS).await?;
        Ok(tail.whole.then_some(Self { from: row.built_from, dirty: tail.quarters }))
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

/// What is known of the whole quarters of a period.
pub(super) struct Known<'a> {
    scope: &'a Scope,
    widgets: &'a [WidgetId],
    parts: Parts,
    quarters: Found,
}

impl<'a> Known<'a> {
    pub(super) async fn of(
        db: &impl ConnectionTrait,
        scope: &'a Scope,
        widgets: &'a [WidgetId],
        period: Period,
        (rolled, parts): (Option<&Rolled>, Parts),
    ) -> Result<Self> {
        let (from, until) = (quarter::from(period.from), quarter::of(period.until));
        let mut known = Self { scope, widgets, parts, quarters: Found::new() };
        // From here on they are rolled up.
        let mut built = until.max(from);
        if let Some(rolled) = rolled {
            built = rolled.from.clamp(from, built);
            known.quarters = bucket::load(db, widgets, (built, until), parts).await?;
            for range in rolled.dirty(widgets, (built, until)) {
                known.quarters.retain(|(_, quarter), _| *quarter < range.0 || *quarter >= range.1);
                known.count(db, range).await?;
            }
        }
        known.count(db, (from, built)).await?;
        Ok(known)
    }

    async fn count(&mut self, db: &impl ConnectionTrait, (from, until): (i64, i64)) -> Result<()> {
        let whole = Period { from: quarter::start(from), until: quarter::start(until) };
        let found = self.plain(db, whole).await?;
        self.quarters.extend(found);
        Ok(())
    }

    /// What happened in a part of the period, by widget; where it begins or ends within a quarter, that is counted.
    pub(super) async fn sum(
        &self,
        db: &impl ConnectionTrait,
        part: Period,
    ) -> Result<BTreeMap<WidgetId, Figures>> {
        let mut sum: BTreeMap<WidgetId, Figures> = BTreeMap::new();
        let mut add = |widget: WidgetId, figures: &Figures| sum.entry(widget).or_default().add(figures);
        let (first, last) = (quarter::from(part.from), quarter::of(part.until));
        let ends = match first > last {
            true => [Some(part), None],
            false => {
                for widget in self.widgets {
                    let whole = self.quarters.range((*widget, first)..(*widget, last));
                    whole.for_each(|(_, figures)| add(*widget, figures));
                }
                let (begins, ends) = (quarter::start(first), quarter::start(last));
                [
                    Some(Period { from: part.from, until: begins }),
                    Some(Period { from: ends, until: part.until }),
                ]
            }
        };
        for end in ends.into_iter().flatten() {
            for ((widget, _), figures) in self.plain(db, end).await? {
                add(widget, &figures);
            }
        }
        Ok(sum)
    }

    async fn plain(&self, db: &impl ConnectionTrait, Period { from, until }: Period) -> Result<Found> {
        let (workspace, widgets, parts) = (self.scope.workspace(), self.widgets, self.parts);
        count::plain(db, Asked { workspace, widgets, from, until, parts }).await
    }
}
