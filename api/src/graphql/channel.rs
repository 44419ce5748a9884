//! Ways in.

mod mutation;

use async_graphql::{Context, Enum, ID, Object, Result};
use domain::error::Corrupt;
use domain::id::ChannelId;
use domain::metrics::Whose;
use domain::{channel, row};

use super::connection::{Connection, Paging};
use super::loader::WidgetsOf;
use super::metrics::{self, LiveCount, Metrics};
use super::operation::operation;
use super::time::DateTime;
use super::widget::Widget;

pub use mutation::ChannelMutation;

/// A channel.
pub struct Channel(row::Channel);

impl From<row::Channel> for Channel {
    fn from(row: row::Channel) -> Self {
        Self(row)
    }
}

/// One way in for customers; a workspace has one of each kind.
#[Object]
impl Channel {
    /// Names this channel.
    pub(super) async fn id(&self) -> ID {
        ChannelId(self.0.id).into()
    }

    /// Which way in it is.
    async fn kind(&self, ctx: &Context<'_>) -> Result<ChannelKind> {
        operation(ctx).read(match self.0.kind.as_str() {
            "WHATSAPP" => Ok(ChannelKind::Whatsapp),
            other => Err(self.corrupt("kind", other)),
        })
    }

    /// Whether it is switched on.
    async fn state(&self, ctx: &Context<'_>) -> Result<ChannelState> {
        operation(ctx).read(match self.0.state.as_str() {
            "ENABLED" => Ok(ChannelState::Enabled),
            "DISABLED" => Ok(ChannelState::Disabled),
            other => Err(self.corrupt("state", other)),
        })
    }

    /// The widgets on this channel that are not archived, oldest first.
    async fn widgets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many from the beginning, 1 to 100; without first and last 50.")]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "At most so many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<Connection<Widget>> {
        let page = Paging { first, after, last, before }.page()?;
        let rows = operation(ctx).find(WidgetsOf(ChannelId(self.0.id), page.clone())).await?;
        Ok(Connection::new(&page, rows.unwrap_or_default(), |row| (row.id, Widget::from(row))))
    }

    /// The last thirty days until now, by days of the workspace's calendar.
    async fn recent_metrics(&self, ctx: &Context<'_>) -> Result<Metrics> {
        metrics::recent(ctx, Whose::Channel(ChannelId(self.0.id))).await
    }

    /// How many of its conversations stand how at this moment, one count for every status.
    async fn live_counts(&self, ctx: &Context<'_>) -> Result<Vec<LiveCount>> {
        metrics::live(ctx, Whose::Channel(ChannelId(self.0.id))).await
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }
}

impl Channel {
    fn corrupt(&self, column: &str, value: &str) -> Corrupt {
        Corrupt { table: "channel", id: self.0.id.to_string(), what: format!("{column} {value}") }
    }
}

/// The kinds of channels.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelKind {
    /// WhatsApp, beside the WhatsApp Business app on the company's phone.
    Whatsapp,
}

/// Whether a channel is switched on.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelState {
    /// Messages come in, and the bots of its active widgets answer.
    Enabled,
    /// What customers write is acknowledged and ignored; people may still answer open sessions.
    Disabled,
}

/// Reads about channels.
#[derive(Default)]
pub struct ChannelQuery;

#[Object]
impl ChannelQuery {
    /// The workspace's channels, oldest first. There is at most one of each kind, so this is a plain list.
    async fn channels(&self, ctx: &Context<'_>) -> Result<Vec<Channel>> {
        let operation = operation(ctx);
        let rows = operation.told(channel::all(&operation.scope).await)?;
        Ok(rows.into_iter().map(Channel).collect())
    }
}
