//! Configured bots.

mod health;
mod mutation;
mod problem;
mod settings;

use async_graphql::{Context, Enum, ID, Object, Result};
use domain::error::Corrupt;
use domain::id::{ChannelId, WidgetId};
use domain::metrics::Whose;
use domain::{conversation, row, widget};

use super::connection::{Connection, Paging};
use super::link::Link;
use super::loader::{HealthOf, MissingDocuments};
use super::metrics::{self, LiveCount, Metrics};
use super::operation::operation;
use super::time::DateTime;
pub use health::{WidgetHealth, WidgetHealthState};
pub use mutation::WidgetMutation;
pub use problem::SetupProblem;
pub use settings::{WidgetAdvanced, WidgetAppearance, WidgetBehavior, WidgetNumber};

/// A widget.
pub struct Widget(row::Widget);

impl From<row::Widget> for Widget {
    fn from(row: row::Widget) -> Self {
        Self(row)
    }
}

/// A configured bot on a channel. On WhatsApp one widget is one linked phone number.
#[Object]
impl Widget {
    /// Names this widget.
    pub(super) async fn id(&self) -> ID {
        WidgetId(self.0.id).into()
    }

    /// The channel that it is on.
    async fn channel(&self) -> Link<ChannelId> {
        Link(widget::channel_of(&self.0))
    }

    /// Whether it is published.
    async fn state(&self, ctx: &Context<'_>) -> Result<WidgetState> {
        operation(ctx).read(match (self.0.archived_at, self.0.state.as_str()) {
            (Some(_), _) => Ok(WidgetState::Archived),
            (None, "DRAFT") => Ok(WidgetState::Draft),
            (None, "ACTIVE") => Ok(WidgetState::Active),
            (None, other) => {
                Err(Corrupt { table: "widget", id: self.0.id.to_string(), what: format!("state {other}") })
            }
        })
    }

    /// Whether it is a draft only because its channel was switched off; it becomes active again with the
    /// channel.
    async fn demoted_by_channel(&self) -> bool {
        self.0.demoted_by_channel
    }

    /// Whether its bot answers now: the channel is enabled, the widget is active and `advanced.botEnabled` is
    /// true.
    async fn bot_on(&self) -> bool {
        conversation::bot_is_on(&self.0)
    }

    /// How it is called.
    async fn appearance(&self) -> WidgetAppearance {
        WidgetAppearance::of(&self.0)
    }

    /// How it behaves towards customers and people.
    async fn behavior(&self) -> WidgetBehavior {
        WidgetBehavior::of(&self.0)
    }

    /// The settings that are rarely changed.
    async fn advanced(&self) -> WidgetAdvanced {
        WidgetAdvanced::of(&self.0)
    }

    /// The linked phone number; null if none is linked.
    async fn number(&self) -> Option<WidgetNumber> {
        WidgetNumber::of(&self.0)
    }

    /// What still keeps the widget from being published; empty if it may be. Its length is bounded by the
    /// kinds of problems.
    async fn setup_problems(&self, ctx: &Context<'_>) -> Result<Vec<SetupProblem>> {
        let missing = operation(ctx).find(MissingDocuments).await?.unwrap_or_default();
        Ok(widget::problems(&self.0, &missing).into_iter().map(SetupProblem::from).collect())
    }

    /// How its number is doing at Meta; null if none is linked.
    async fn health(&self, ctx: &Context<'_>) -> Result<Option<WidgetHealth>> {
        Ok(operation(ctx).find(HealthOf(WidgetId(self.0.id))).await?.map(WidgetHealth::from))
    }

    /// The last thirty days until now, by days of the workspace's calendar.
    async fn recent_metrics(&self, ctx: &Context<'_>) -> Result<Metrics> {
        metrics::recent(ctx, Whose::Widget(WidgetId(self.0.id))).await
    }

    /// How many of its conversations stand how at this moment, one count for every status.
    async fn live_counts(&self, ctx: &Context<'_>) -> Result<Vec<LiveCount>> {
        metrics::live(ctx, Whose::Widget(WidgetId(self.0.id))).await
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// When it was archived; null unless it was.
    async fn archived_at(&self) -> Option<DateTime> {
        self.0.archived_at.map(DateTime)
    }
}

/// Whether a widget is published.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum WidgetState {
    /// Messages come in and people may answer; the bot is off.
    Draft,
    /// Published: the bot answers if it is enabled.
    Active,
    /// Retired; its conversations stay readable.
    Archived,
}

/// Reads about widgets.
#[derive(Default)]
pub struct WidgetQuery;

#[Object]
impl WidgetQuery {
    /// The workspace's widgets that are not archived, oldest first.
    async fn widgets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many from the beginning, 1 to 100; without first and last 50.")]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "At most so many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<Connection<Widget>> {
        let operation = operation(ctx);
        let page = Paging { first, after, last, before }.page()?;
        let rows = operation.told(widget::list(&operation.scope, &page).await)?;
        Ok(Connection::new(&page, rows, |row| (row.id, Widget(row))))
    }
}
