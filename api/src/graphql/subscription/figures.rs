//! Figures whenever they changed: at once, then not more often than people can read.

use std::time::Duration;

use async_graphql::{Context, Object, Result};
use domain::feed::Filter;
use domain::metrics::Whose;
use futures_util::{Stream, StreamExt, future, stream};
use tokio::time::{Instant, timeout_at};

use super::follow::follow;
use crate::graphql::event::{EventKind, kind_name};
use crate::graphql::metrics::{self, LiveCount, Metrics};
use crate::graphql::operation::{env, operation};

/// Between two of them: what happens meanwhile is in the second.
const PAUSE: Duration = Duration::from_secs(2);
/// So long is waited for more of what belongs together.
const GATHER: Duration = Duration::from_millis(200);

/// After these a live count may be another one, too.
const LIVE: [EventKind; 2] = [EventKind::ConversationCreated, EventKind::ConversationStatusChanged];

/// Figures as they are at this moment.
pub struct MetricsChanged(pub Whose);

/// Figures as they are at this moment; only what is selected is counted.
#[Object]
impl MetricsChanged {
    /// The last thirty days until now, by days of the workspace's calendar.
    async fn recent_metrics(&self, ctx: &Context<'_>) -> Result<Metrics> {
        metrics::recent(ctx, self.0).await
    }

    /// How many conversations stand how at this moment, one count for every status.
    async fn live_counts(&self, ctx: &Context<'_>) -> Result<Vec<LiveCount>> {
        metrics::live(ctx, self.0).await
    }
}

/// One at once, and one after whatever may have changed a figure.
pub(super) async fn changes<'ctx>(
    ctx: &Context<'ctx>,
    whose: Whose,
) -> Result<impl Stream<Item = Result<MetricsChanged>> + use<'ctx>> {
    let widgets = match whose {
        Whose::Widget(id) => vec![id],
        Whose::Channel(_) | Whose::Workspace => Vec::new(),
    };
    let kinds = domain::metrics::kinds().map(str::to_owned).chain(LIVE.map(kind_name)).collect();
    let filter = Filter { widgets, kinds, ..Filter::default() };
    let marks = Box::pin(follow(env(ctx), operation(ctx), None, filter).await?);
    let begin = (marks, Instant::now());
    let later = stream::unfold(begin, move |(mut marks, last)| async move {
        loop {
            match marks.next().await? {
                Err(error) => return Some((Err(error), (marks, last))),
                Ok(mark) if mark.entry.is_none() => {}
                Ok(_) => break,
            }
        }
        let until = (last + PAUSE).max(Instant::now() + GATHER);
        while let Ok(more) = timeout_at(until, marks.next()).await {
            if let Err(error) = more? {
                return Some((Err(error), (marks, last)));
            }
        }
        Some((Ok(MetricsChanged(whose)), (marks, Instant::now())))
    });
    Ok(stream::once(future::ready(Ok(MetricsChanged(whose)))).chain(later))
}
