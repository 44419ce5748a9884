//! Asking for figures: what is rolled up is added, the rest is counted at that moment.

use chrono::TimeDelta;
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter};

use super::known::{Known, Rolled};
use super::stretch::{self, Division, Period, Stretch};
use super::{Counts, progress};
use crate::error::{Error, Result};
use crate::id::{ChannelId, WidgetId};
use crate::scope::{Scope, within};

/// How long ago what is recent begins.
pub const RECENT: TimeDelta = TimeDelta::days(30);

/// Whose figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// The workspace's.
    Workspace,
    /// A channel's.
    Channel(ChannelId),
    /// A widget's.
    Widget(WidgetId),
}

/// Figures of a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Which.
    pub period: Period,
    /// All of it.
    pub total: Counts,
    /// The same by stretches, in order: they add up to the total.
    pub stretches: Vec<Stretch>,
}

/// The figures of a period, divided by a clock.
///
/// # Errors
/// Invalid on `until` for a period that is over before it begins, or of more than 1,000 stretches; the database's.
pub async fn report(scope: &Scope, whose: Whose, period: Period, division: Division) -> Result<Report> {
    if period.until < period.from {
        return Err(Error::invalid("until", "it lies before `from`: let the period end after it begins"));
    }
    let cuts = stretch::cuts(period, division)?;
    let tx = scope.snapshot().await?;
    let rolled = Rolled::of(&tx, scope).await?;
    let mut sums = vec![Counts::default(); cuts.len()];
    for widget in widgets(&tx, scope, whose).await? {
        let known = Known::of(&tx, scope, widget, period, rolled.as_ref()).await?;
        for (sum, (_, stretch)) in sums.iter_mut().zip(&cuts) {
            *sum += known.sum(&tx, *stretch).await?;
        }
    }
    tx.commit().await?;
    let stretches: Vec<Stretch> =
        cuts.into_iter().zip(sums).map(|((date, period), counts)| Stretch { date, period, counts }).collect();
    let total = stretches.iter().map(|stretch| stretch.counts).sum();
    Ok(Report { period, total, stretches })
}

async fn widgets(db: &impl ConnectionTrait, scope: &Scope, whose: Whose) -> Result<Vec<WidgetId>> {
    match whose {
        Whose::Widget(widget) => Ok(vec![widget]),
        Whose::Workspace => progress::widgets(db, scope.workspace()).await,
        Whose::Channel(channel) => {
            let ours = entity::widget::Column::ChannelId.eq(channel.0);
            let rows = within::<entity::widget::Entity>(scope.workspace()).filter(ours).all(db).await?;
            Ok(rows.into_iter().map(|row| WidgetId(row.id)).collect())
        }
    }
}
