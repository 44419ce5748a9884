//! How a widget's number is doing at Meta.

use async_graphql::{Context, Enum, Object, Result, SimpleObject};
use domain::gate::Reason;
use domain::health::{Health, State};

use crate::graphql::operation::operation;
use crate::graphql::time::DateTime;

/// How a number is doing.
pub struct WidgetHealth(Health);

impl From<Health> for WidgetHealth {
    fn from(health: Health) -> Self {
        Self(health)
    }
}

/// How a widget's number is doing at Meta, as the last call, webhook or probe showed it. Each number is probed every
/// five minutes, its subscription to webhooks every hour.
#[Object]
impl WidgetHealth {
    /// Whether it is connected, or why not. While it is not, nothing is sent and everything waits.
    async fn state(&self, ctx: &Context<'_>) -> Result<WidgetHealthState> {
        operation(ctx).read(State::read(&self.0.row)).map(WidgetHealthState::from)
    }

    /// Since when.
    async fn since(&self) -> DateTime {
        self.0.row.since.into()
    }

    /// Why it is not connected, for people; null if it is.
    async fn reason(&self) -> Option<&str> {
        self.0.row.error_text.as_deref()
    }

    /// Meta's code of the error that showed it; null if no error did.
    async fn error_code(&self) -> Option<i64> {
        self.0.row.error_code
    }

    /// When a probe last got an answer; null if none ever did.
    async fn probed_at(&self) -> Option<DateTime> {
        self.0.row.probed_at.map(DateTime)
    }

    /// Whether Meta accepts the access token, as far as is known.
    async fn token_valid(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(operation(ctx).read(State::read(&self.0.row))? != State::NeedsReauth)
    }

    /// When the access token expires; null if it does not, or if Meta did not tell.
    async fn token_expires_at(&self) -> Option<DateTime> {
        self.0.row.token_expires_at.map(DateTime)
    }

    /// Whether Meta sends the account's webhooks to the token's app; null if that is not known. If false, customers'
    /// messages do not arrive: `widgetReconnect` subscribes again.
    async fn subscribed(&self) -> Option<bool> {
        self.0.row.subscribed
    }

    /// When the subscription was last checked; null if it never was.
    async fn subscription_checked_at(&self) -> Option<DateTime> {
        self.0.row.subscription_checked_at.map(DateTime)
    }

    /// When Meta last sent something for the number; null if it never did, or not for as long as webhooks are kept.
    async fn last_webhook_at(&self) -> Option<DateTime> {
        self.0.webhooks.iter().filter_map(|(_, at)| *at).max().map(DateTime)
    }

    /// When something came last in each webhook field that the Meta app should be subscribed to. A fixed list. Meta
    /// does not tell which fields an app has: one in which nothing ever comes may be missing there.
    async fn webhook_fields(&self) -> Vec<WebhookField> {
        let shown = |(field, at): &(&str, Option<domain::Time>)| WebhookField {
            field: (*field).to_owned(),
            last_received_at: at.map(DateTime),
        };
        self.0.webhooks.iter().map(shown).collect()
    }

    /// How its sends stand.
    async fn sending(&self) -> WidgetSending {
        let sending = &self.0.sending;
        WidgetSending {
            blocked_by: sending.blocked_by.map(SendBlock::from),
            blocked_since: sending.blocked_since.map(DateTime),
            opens_at: sending.opens_at.map(DateTime),
            waiting_conversations: sending.waiting,
            messages_per_second: sending.per_second,
        }
    }

    /// Meta's quality rating of the number: `GREEN`, `YELLOW` or `RED`; null if Meta did not tell.
    async fn quality_rating(&self) -> Option<&str> {
        self.0.row.quality.as_deref()
    }

    /// Whether the WhatsApp Business app on a phone uses the number too; null if Meta did not tell.
    async fn on_business_app(&self) -> Option<bool> {
        self.0.row.on_business_app
    }
}

/// How a number is doing at Meta.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "State")]
pub enum WidgetHealthState {
    /// As far as is known all is well.
    Connected,
    /// The phone was changed or set up anew. Meta usually reconnects it within minutes; what was written meanwhile may
    /// be missing here.
    Offboarded,
    /// The access token is no longer valid: `widgetReconnect` with a new one.
    NeedsReauth,
    /// The number is not registered at Meta, or the token may not see it.
    NeedsSetup,
    /// Meta has restricted the account. Once Meta has lifted that, `widgetReconnect` goes on.
    Restricted,
    /// The account was disconnected from the server's Meta app, or deleted.
    Disconnected,
}

/// When something came last in a webhook field.
#[derive(SimpleObject)]
pub struct WebhookField {
    /// Meta's name of the field, such as `messages`.
    field: String,
    /// When something came last; null if nothing did for as long as webhooks are kept.
    last_received_at: Option<DateTime>,
}

/// How the sends of a number stand.
#[derive(SimpleObject)]
pub struct WidgetSending {
    /// Why an error stops them; null if none does. A number that merely sends as fast as it may is not stopped.
    blocked_by: Option<SendBlock>,
    /// Since when an error stops them; null if none does. After a minute new questions go to a person at once.
    blocked_since: Option<DateTime>,
    /// When they are tried again; null if nothing stops them, or if that is not a question of time.
    opens_at: Option<DateTime>,
    /// Conversations in which a message waits to be sent.
    waiting_conversations: i64,
    /// Messages a second that the number may send and receive.
    messages_per_second: i64,
}

/// Why an error stops the sends of a number.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "Reason")]
pub enum SendBlock {
    /// Meta wants a pause.
    Throttled,
    /// Meta cannot be reached.
    Unreachable,
    /// The number is not connected: its health says why.
    Unhealthy,
}
