//! What is rolled up of a period, and the plain count of the rest.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::ConnectionTrait;

use super::{Counts, Period, bucket, count, dirty, quarter};
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
}

/// What is known of the whole quarters of a period.
pub(super) struct Known<'a> {
    scope: &'a Scope,
    widget: WidgetId,
    quarters: BTreeMap<i64, Counts>,
}

impl<'a> Known<'a> {
    pub(super) async fn of(
        db: &impl ConnectionTrait,
        scope: &'a Scope,
        widget: WidgetId,
        period: Period,
        rolled: Option<&Rolled>,
    ) -> Result<Self> {
        let (from, until) = (quarter::from(period.from), quarter::of(period.until));
        let mut quarters = BTreeMap::new();
        // From here on they are rolled up.
        let mut built = until.max(from);
        if let Some(rolled) = rolled {
            built = rolled.from.clamp(from, built);
            quarters = bucket::load(db, widget, (built, until)).await?;
            for (_, changed) in rolled.dirty.range((widget, built)..(widget, until)) {
                quarters.remove(changed);
                quarters.extend(Self::plain(db, scope, widget, (*changed, changed + 1)).await?);
            }
        }
        if from < built {
            quarters.extend(Self::plain(db, scope, widget, (from, built)).await?);
        }
        Ok(Self { scope, widget, quarters })
    }

    async fn plain(
        db: &impl ConnectionTrait,
        scope: &Scope,
        widget: WidgetId,
        (from, until): (i64, i64),
    ) -> Result<BTreeMap<i64, Counts>> {
        let times = (quarter::start(from), quarter::start(until));
        count::plain(db, (scope.workspace(), widget), times).await
    }

    /// What happened in a part of the period; where it begins or ends within a quarter, that is counted.
    pub(super) async fn sum(&self, db: &impl ConnectionTrait, part: Period) -> Result<Counts> {
        let (first, last) = (quarter::from(part.from), quarter::of(part.until));
        if first > last {
            return self.counted(db, part).await;
        }
        let mut sum: Counts = self.quarters.range(first..last).map(|(_, counts)| *counts).sum();
        let (begins, ends) = (quarter::start(first), quarter::start(last));
        sum += self.counted(db, Period { from: part.from, until: begins }).await?;
        sum += self.counted(db, Period { from: ends, until: part.until }).await?;
        Ok(sum)
    }

    async fn counted(&self, db: &impl ConnectionTrait, part: Period) -> Result<Counts> {
        if part.from >= part.until {
            return Ok(Counts::default());
        }
        let of = (self.scope.workspace(), self.widget);
        let counted = count::plain(db, of, (part.from, part.until)).await?;
        Ok(counted.into_values().sum())
    }
}
