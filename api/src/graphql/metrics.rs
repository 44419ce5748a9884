//! Figures.

use async_graphql::{Context, Enum, Result, SimpleObject};
use domain::business_hours::{self, Tz};
use domain::metrics::{self, Counts, Division, Interval, Period, Report, Stretch, Whose};

use super::conversation::ConversationStatus;
use super::human_wait::HumanWaitReason;
use super::operation::{env, operation};
use super::time::{Date, DateTime};

/// What happened in a period. Every figure is what a count at this moment gives.
#[derive(SimpleObject)]
pub struct Metrics {
    /// The period begins.
    from: DateTime,
    /// The period is over: what happened at this moment does not belong to it.
    until: DateTime,
    /// The time zone in which it is divided: a day begins at its midnight.
    time_zone: String,
    /// Sessions that were opened in the period. One customer may have several: they are service periods, not people.
    conversations: i64,
    /// Messages that were written in the period.
    messages: MessageCounts,
    /// How sessions ended that were closed in the period, whenever they were opened.
    closed: ClosedCounts,
    /// For how many of the sessions that were opened in the period a person became responsible, then or until now.
    handed_over: HandedOverCounts,
    /// The same by stretches, in order: they add up to the whole. The first and the last may lie in the period only in
    /// part.
    stretches: Vec<MetricsStretch>,
}

/// Messages, by the clock of whoever wrote them and whatever became of their delivery: also media, placeholders of
/// content that has not come, and what came outside of a session. What Meta says, and notes, are none.
#[derive(SimpleObject)]
pub struct MessageCounts {
    /// All of them.
    total: i64,
    /// Written by customers.
    customer: i64,
    /// Written by the bot or a workflow.
    bot: i64,
    /// Written by members, in the hub.
    agent: i64,
    /// Typed in the WhatsApp Business app on the phone.
    business_app: i64,
}

/// An hour, a day, a week or a month, or the part of it that lies in the period.
#[derive(SimpleObject)]
pub struct MetricsStretch {
    /// The day on which it begins by the calendar, in the time zone of the figures.
    date: Date,
    /// When it begins, within the period.
    from: DateTime,
    /// When it is over, within the period.
    until: DateTime,
    /// Sessions that were opened in it.
    conversations: i64,
    /// Messages that were written in it.
    messages: MessageCounts,
    /// How sessions ended that were closed in it.
    closed: ClosedCounts,
    /// For how many of the sessions that were opened in it a person became responsible.
    handed_over: HandedOverCounts,
}

/// Sessions that were closed.
#[derive(SimpleObject)]
pub struct ClosedCounts {
    /// All of them.
    total: i64,
    /// Those for which no person was ever responsible: the bot never handed over, nobody joined or took over.
    resolved_by_bot: i64,
    /// `resolvedByBot` of `total`, from 0 to 1; null if none was closed.
    bot_resolution_rate: Option<f64>,
}

/// Sessions for which a person became responsible.
#[derive(SimpleObject)]
pub struct HandedOverCounts {
    /// All of them.
    total: i64,
    /// `total` of the sessions that were opened, from 0 to 1; null if none was.
    rate: Option<f64>,
    /// The same by the first reason of each session; those of none are left out.
    by_reason: Vec<HandedOverReason>,
}

/// Sessions for which a person became responsible for a reason.
#[derive(SimpleObject)]
pub struct HandedOverReason {
    /// The reason.
    reason: HumanWaitReason,
    /// How many sessions.
    sessions: i64,
}

/// How a period is divided.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "Interval")]
pub enum MetricsInterval {
    /// By the hours of the clock.
    Hour,
    /// By calendar days.
    Day,
    /// By weeks that begin on Monday.
    Week,
    /// By months.
    Month,
}

/// How many conversations stand how at this moment.
#[derive(SimpleObject)]
pub struct LiveCount {
    /// The status.
    status: ConversationStatus,
    /// How many conversations have it.
    conversations: i64,
}

impl From<Counts> for MessageCounts {
    fn from(counts: Counts) -> Self {
        let Counts { customer, bot, agent, business_app, .. } = counts;
        Self { total: counts.messages(), customer, bot, agent, business_app }
    }
}

impl From<Counts> for ClosedCounts {
    fn from(counts: Counts) -> Self {
        let Counts { closed, resolved_by_bot, .. } = counts;
        Self { total: closed, resolved_by_bot, bot_resolution_rate: share(resolved_by_bot, closed) }
    }
}

impl From<Counts> for HandedOverCounts {
    fn from(counts: Counts) -> Self {
        let each = counts.handed_over.each().filter(|(_, sessions)| *sessions > 0);
        Self {
            total: counts.handed_over.total(),
            rate: share(counts.handed_over.total(), counts.conversations),
            by_reason: each
                .map(|(reason, sessions)| HandedOverReason { reason: reason.into(), sessions })
                .collect(),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a share needs no more digits")]
fn share(part: i64, whole: i64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

impl From<&Stretch> for MetricsStretch {
    fn from(stretch: &Stretch) -> Self {
        Self {
            date: Date(stretch.date),
            from: DateTime(stretch.period.from),
            until: DateTime(stretch.period.until),
            conversations: stretch.counts.conversations,
            messages: stretch.counts.into(),
            closed: stretch.counts.into(),
            handed_over: stretch.counts.into(),
        }
    }
}

impl Metrics {
    fn of(report: &Report, zone: Tz) -> Self {
        Self {
            from: DateTime(report.period.from),
            until: DateTime(report.period.until),
            time_zone: zone.name().to_owned(),
            conversations: report.total.conversations,
            messages: report.total.into(),
            closed: report.total.into(),
            handed_over: report.total.into(),
            stretches: report.stretches.iter().map(Into::into).collect(),
        }
    }
}

/// The last thirty days, by days of the workspace's calendar.
pub async fn recent(ctx: &Context<'_>, whose: Whose) -> Result<Metrics> {
    let now = env(ctx).clock.now();
    let period = Period { from: now - metrics::RECENT, until: now };
    report(ctx, whose, period, (Interval::Day, None)).await
}

/// A period, divided by the workspace's clock or another one.
pub async fn report(
    ctx: &Context<'_>,
    whose: Whose,
    period: Period,
    (interval, zone): (Interval, Option<String>),
) -> Result<Metrics> {
    let operation = operation(ctx);
    let zone = match zone {
        Some(zone) => operation.told(zone.parse::<Tz>().map_err(|_| {
            let message = "name a time zone as the IANA database does, for example Asia/Taipei";
            domain::Error::invalid("timeZone", message)
        }))?,
        None => operation.told(business_hours::calendar(&operation.scope).await)?.zone,
    };
    let division = Division { zone, interval };
    let report = operation.told(metrics::report(&operation.scope, whose, period, division).await)?;
    Ok(Metrics::of(&report, zone))
}

/// Conversations by status, now.
pub async fn live(ctx: &Context<'_>, whose: Whose) -> Result<Vec<LiveCount>> {
    let operation = operation(ctx);
    let counts = operation.told(metrics::live(&operation.scope, whose).await)?;
    Ok(counts
        .into_iter()
        .map(|count| LiveCount { status: count.status.into(), conversations: count.conversations })
        .collect())
}
