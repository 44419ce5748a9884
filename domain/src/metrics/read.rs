//! Asking for figures: what is rolled up is added, the rest is counted at that moment.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use chrono_tz::Tz;
use tokio::sync::Semaphore;

use super::count::{self, Asked, When};
use super::plan::Plan;
use super::rolled::Rolled;
use super::stretch::{self, Division, Interval, Period, Stretch};
use super::{Figures, Parts, sum};
use crate::business_hours;
use crate::clock::Time;
use crate::error::{Error, Result};
use crate::id::{ChannelId, WidgetId};
use crate::scope::{Scope, within};
use crate::workspace;

/// Reports made at once: each holds a connection, and whoever writes needs some too.
static AT_ONCE: Semaphore = Semaphore::const_new(3);
/// How long ago what is recent begins.
const RECENT: TimeDelta = TimeDelta::days(30);

/// Whose figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Whose {
    /// The workspace's.
    Workspace,
    /// A channel's.
    Channel(ChannelId),
    /// A widget's.
    Widget(WidgetId),
}

/// Figures of a period.
#[derive(Debug, Clone)]
pub struct Report {
    /// Which.
    pub period: Period,
    /// By whose clock it is divided.
    pub zone: Tz,
    /// All of it.
    pub total: Figures,
    /// The same by stretches, in order: they add up to the total.
    pub stretches: Vec<Stretch>,
}

/// The figures of a period, divided by a clock.
///
/// # Errors
/// Invalid on `until` for a period that is over before it begins, or of more than 1,000 stretches; the database's.
pub async fn report(
    scope: &Scope,
    whose: Whose,
    (period, division): (Period, Division),
    parts: Parts,
) -> Result<Report> {
    let mut reports = reports(scope, &[whose], (period, division), parts).await?;
    reports.pop().ok_or_else(|| Error::internal("a report that was asked for is missing"))
}

/// The same of several at once, in their order, all of one moment. The number of statements does not depend on how many.
///
/// # Errors
/// As [`report`].
pub async fn reports(
    scope: &Scope,
    whose: &[Whose],
    (period, division): (Period, Division),
    parts: Parts,
) -> Result<Vec<Report>> {
    if period.until < period.from {
        return Err(Error::invalid("until", "it lies before `from`: let the period end after it begins"));
    }
    let cuts = stretch::cuts(period, division)?;
    let _turn = AT_ONCE.acquire().await.map_err(Error::internal)?;
    let tx = scope.snapshot().await?;
    let all = within::<entity::widget::Entity>(scope.workspace()).all(&tx).await?;
    let of = |whose: &Whose| -> BTreeSet<WidgetId> {
        all.iter().filter(|row| whose.has(row)).map(|row| WidgetId(row.id)).collect()
    };
    let owners: Vec<BTreeSet<WidgetId>> = whose.iter().map(of).collect();
    let widgets: Vec<WidgetId> =
        owners.iter().flatten().copied().collect::<BTreeSet<_>>().into_iter().collect();
    let workspace = scope.workspace();
    let rolled = Rolled::of(&tx, workspace).await?;
    let plan = Plan::of(cuts.iter().map(|(_, stretch)| *stretch), rolled.from, &rolled.dirty(&widgets));
    let mut sums = sum::sums(&tx, &widgets, &plan.rolled, parts).await?;
    let asked = Asked { workspace, widgets: &widgets, when: When::Places(&plan.counted), parts };
    for (key, counted) in count::plain(&tx, asked).await? {
        sums.entry(key).or_default().add(&counted);
    }
    tx.commit().await?;
    let report = |owner: &BTreeSet<WidgetId>| {
        let mut report =
            Report { period, zone: division.zone, total: Figures::default(), stretches: Vec::new() };
        for (place, (date, period)) in (0..).zip(&cuts) {
            let mut figures = Figures::default();
            owner.iter().filter_map(|widget| sums.get(&(*widget, place))).for_each(|more| figures.add(more));
            report.total.add(&figures);
            report.stretches.push(Stretch { date: *date, period: *period, figures });
        }
        report
    };
    Ok(owners.iter().map(report).collect())
}

/// The last thirty days until `now`, by days of the workspace's calendar, of several at once in their order.
///
/// # Errors
/// The database's.
pub async fn recent(scope: &Scope, now: Time, whose: &[Whose], parts: Parts) -> Result<Vec<Report>> {
    let zone = business_hours::zone(&workspace::load(scope).await?)?;
    let period = Period { from: now - RECENT, until: now };
    reports(scope, whose, (period, Division { zone, interval: Interval::Day }), parts).await
}

impl Whose {
    /// Whether a widget of the workspace is among them. Archived ones are: what happened on them counts.
    pub(super) fn has(self, widget: &entity::widget::Model) -> bool {
        match self {
            Self::Workspace => true,
            Self::Channel(id) => widget.channel_id == id.0,
            Self::Widget(id) => widget.id == id.0,
        }
    }
}
