//! Figures.

mod counts;
mod faults;
mod feedback;
mod times;

use async_graphql::{ComplexObject, Context, Enum, ID, Result, SimpleObject};
use domain::business_hours::{self, Tz};
use domain::id::{DocumentId, WidgetId};
use domain::metrics::{self, Division, Figures, Interval, Parts, Period, Report, Stretch, Whose};
use domain::workspace;

use super::conversation::ConversationStatus;
use super::link::Link;
use super::loader::{LiveOf, RecentOf, UniqueOf};
use super::operation::{env, operation};
use super::time::{Date, DateTime};
pub use counts::{ClosedCounts, HandedOverCounts, MessageCounts};
pub use faults::UndeliveredCounts;
pub use feedback::FeedbackCounts;
pub use times::Durations;

/// What happened in a period. Every figure is what a count at this moment gives.
#[derive(SimpleObject)]
#[graphql(complex)]
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
    /// How long customers waited for the first message of a person, from the moment a person became responsible, by
    /// when that was. Only those that were answered; a person who joined by writing let nobody wait.
    first_response: Durations,
    /// For how long people were responsible for a conversation: from a handover to the hand back or the close, by when
    /// that ended.
    handling: Durations,
    /// How many answers of the bot ended without one because nothing in the company's knowledge fits:
    /// `workspace.unansweredQuestions` lists them.
    unanswered_questions: i64,
    /// What members think of the messages of the period, whenever they rated them.
    feedback: FeedbackCounts,
    /// Messages of the period that were not delivered, as far as anybody knows now.
    undelivered: UndeliveredCounts,
    /// The same by stretches, in order: they add up to the whole. The first and the last may lie in the period only in
    /// part.
    stretches: Vec<MetricsStretch>,
    #[graphql(skip)]
    whose: Whose,
    #[graphql(skip)]
    period: Period,
    #[graphql(skip)]
    cited: domain::metrics::Tally<DocumentId>,
}

#[ComplexObject]
impl Metrics {
    /// The documents that the bot's answers of the period cite most, the most cited one first.
    async fn cited_documents(
        &self,
        #[graphql(desc = "At most so many, 1 to 100.", default = 10, validator(minimum = 1, maximum = 100))]
        first: i32,
    ) -> Vec<CitedDocument> {
        let most = usize::try_from(first).unwrap_or_default();
        let top = self.cited.top(most).into_iter();
        top.map(|(document, answers)| CitedDocument { document: Link(document), answers }).collect()
    }

    /// In how many different conversations sessions were opened in the period: threads of a customer on a widget. This
    /// is counted anew each time, and takes longer than the sums.
    async fn unique_conversations(&self, ctx: &Context<'_>) -> Result<i64> {
        Ok(self.unique(ctx).await?.conversations)
    }

    /// Of how many different contacts sessions were opened in the period: people, however many threads and sessions
    /// they have. This is counted anew each time, and takes longer than the sums.
    async fn unique_contacts(&self, ctx: &Context<'_>) -> Result<i64> {
        Ok(self.unique(ctx).await?.contacts)
    }
}

/// A document in answers of the bot.
#[derive(SimpleObject)]
pub struct CitedDocument {
    /// The document.
    document: Link<DocumentId>,
    /// How many answers cite it, in any of its versions.
    answers: i64,
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
    /// How long customers waited for the first message of a person, where a person became responsible in it.
    first_response: Durations,
    /// For how long people were responsible, where that ended in it.
    handling: Durations,
    /// How many answers of the bot ended in it because nothing in the company's knowledge fits.
    unanswered_questions: i64,
    /// What members think of the messages that were written in it.
    feedback: FeedbackCounts,
    /// Messages that were written in it and not delivered.
    undelivered: UndeliveredCounts,
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

impl From<&Stretch> for MetricsStretch {
    fn from(stretch: &Stretch) -> Self {
        let Figures { counts, first_response, handling, .. } = &stretch.figures;
        Self {
            date: Date(stretch.date),
            from: DateTime(stretch.period.from),
            until: DateTime(stretch.period.until),
            conversations: counts.conversations,
            messages: counts.into(),
            closed: counts.into(),
            handed_over: counts.into(),
            first_response: first_response.into(),
            handling: handling.into(),
            unanswered_questions: counts.unanswered,
            feedback: counts.into(),
            undelivered: counts.into(),
        }
    }
}

impl Metrics {
    pub(super) fn of(report: &Report, whose: Whose) -> Self {
        let Figures { counts, first_response, handling, cited } = &report.total;
        Self {
            from: DateTime(report.period.from),
            until: DateTime(report.period.until),
            time_zone: report.zone.name().to_owned(),
            conversations: counts.conversations,
            messages: counts.into(),
            closed: counts.into(),
            handed_over: counts.into(),
            first_response: first_response.into(),
            handling: handling.into(),
            unanswered_questions: counts.unanswered,
            feedback: counts.into(),
            undelivered: counts.into(),
            stretches: report.stretches.iter().map(Into::into).collect(),
            whose,
            period: report.period,
            cited: cited.clone(),
        }
    }

    async fn unique(&self, ctx: &Context<'_>) -> Result<metrics::Unique> {
        operation(ctx).named(UniqueOf { whose: self.whose, period: self.period }).await
    }
}

/// A widget's if one is named, else the workspace's.
pub async fn whose(ctx: &Context<'_>, widget: Option<ID>) -> Result<Whose> {
    let Some(id) = widget else { return Ok(Whose::Workspace) };
    let operation = operation(ctx);
    let id: WidgetId = operation.id(&id)?;
    operation.named(id).await?;
    Ok(Whose::Widget(id))
}

/// What a client selected of the figures that take more to read.
fn parts(ctx: &Context<'_>) -> Parts {
    let selected = ctx.look_ahead();
    let stretches = selected.field("stretches");
    let times = [&selected, &stretches]
        .into_iter()
        .any(|on| on.field("firstResponse").exists() || on.field("handling").exists());
    Parts { times, cited: selected.field("citedDocuments").exists() }
}

/// The last thirty days, by days of the workspace's calendar.
pub async fn recent(ctx: &Context<'_>, whose: Whose) -> Result<Metrics> {
    let (until, parts) = (env(ctx).clock.now(), parts(ctx));
    let report = operation(ctx).named(RecentOf { whose, until, parts }).await?;
    Ok(Metrics::of(&report, whose))
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
        None => {
            let workspace = operation.told(workspace::load(&operation.scope).await)?;
            operation.read(business_hours::zone(&workspace))?
        }
    };
    let what = (period, Division { zone, interval });
    let report = operation.told(metrics::report(&operation.scope, whose, what, parts(ctx)).await)?;
    Ok(Metrics::of(&report, whose))
}

/// Conversations by status, now.
pub async fn live(ctx: &Context<'_>, whose: Whose) -> Result<Vec<LiveCount>> {
    let counts = operation(ctx).named(LiveOf(whose)).await?;
    Ok(counts
        .into_iter()
        .map(|count| LiveCount { status: count.status.into(), conversations: count.conversations })
        .collect())
}
