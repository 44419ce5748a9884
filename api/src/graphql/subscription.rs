//! Live events.

mod figures;
mod follow;

use async_graphql::{Context, ID, Result, SimpleObject, Subscription as GraphqlSubscription};
use domain::event::Event as Happening;
use domain::feed::{Entry, Filter};
use domain::id::{ConversationId, MessageId};
use futures_util::{Stream, StreamExt};

use super::cursor::Cursor;
use super::event::{Event, EventFilter, EventKind, kind_name};
use super::link::Glance;
use super::metrics;
use super::operation::{env, operation};
use figures::MetricsChanged;
use follow::{Mark, follow};

/// An event with its place in the feed, or a sign of progress.
#[derive(SimpleObject)]
pub struct EventEdge {
    /// Everything up to here that the filter wants has been sent: subscribe after it to go on from here.
    cursor: Cursor,
    /// What happened; null for a sign of progress, which comes at least every ten seconds, and first of all
    /// when there is nothing to catch up with.
    node: Option<Event>,
}

/// A customer's message with its place in the feed, or a sign of progress.
#[derive(SimpleObject)]
pub struct MessageReceivedEdge {
    /// Everything up to here has been sent: subscribe after it to go on from here.
    cursor: Cursor,
    /// The message as it is now; null for a sign of progress, which comes at least every ten seconds, and
    /// first of all when there is nothing to catch up with.
    node: Option<Glance<MessageId>>,
}

/// A change of a conversation with its place in the feed, or a sign of progress.
#[derive(SimpleObject)]
pub struct ConversationChangedEdge {
    /// Everything up to here has been sent: subscribe after it to go on from here.
    cursor: Cursor,
    /// The conversation as it is now; null for a sign of progress, which comes at the start and at least
    /// every ten seconds.
    node: Option<Glance<ConversationId>>,
    /// What changed; null for a sign of progress.
    event: Option<Event>,
}

/// Live events.
pub struct Subscription;

/// What happens in the workspace, as it happens. Every stream first sends what was missed after its cursor,
/// then goes live, without a gap or a repeat. A cursor that cannot be followed any more ends the stream with
/// RESYNC_REQUIRED: load everything again, and subscribe without it.
#[GraphqlSubscription]
impl Subscription {
    /// Every event that the filter wants, in the order of the workspace's feed.
    async fn events<'ctx>(
        &self,
        ctx: &Context<'ctx>,
        #[graphql(
            desc = "Send what happened after this cursor, then go live; without it only what happens from now on."
        )]
        after: Option<Cursor>,
        #[graphql(desc = "Which events to send; everything if it is left out.")] filter: Option<EventFilter>,
    ) -> Result<impl Stream<Item = Result<EventEdge>> + use<'ctx>> {
        let operation = operation(ctx);
        let filter = filter.unwrap_or_default().check(operation).await?;
        let marks = follow(env(ctx), operation, after, filter).await?;
        Ok(marks.map(|mark| {
            let Mark { cursor, entry } = mark?;
            Ok(EventEdge { cursor, node: entry.map(Event::from) })
        }))
    }

    /// Figures for a dashboard: those of now, and again whenever something happened that may have changed them, at most
    /// every two seconds. Who comes back gets those of now first, so nothing is missed.
    async fn metrics_changed<'ctx>(
        &self,
        ctx: &Context<'ctx>,
        #[graphql(desc = "Those of this widget; the workspace's if it is left out.")] widget_id: Option<ID>,
    ) -> Result<impl Stream<Item = Result<MetricsChanged>> + use<'ctx>> {
        let whose = metrics::whose(ctx, widget_id).await?;
        figures::changes(ctx, whose).await
    }

    /// What the customer of a conversation writes. What others write is among `events`, as MESSAGE_ADDED.
    async fn message_received<'ctx>(
        &self,
        ctx: &Context<'ctx>,
        #[graphql(desc = "Which conversation.")] conversation_id: ID,
        #[graphql(
            desc = "Send what happened after this cursor, then go live; without it only what happens from now on."
        )]
        after: Option<Cursor>,
    ) -> Result<impl Stream<Item = Result<MessageReceivedEdge>> + use<'ctx>> {
        let operation = operation(ctx);
        let id: ConversationId = operation.id(&conversation_id)?;
        operation.named(id).await?;
        let kinds = vec![kind_name(EventKind::MessageReceived)];
        let filter = Filter { conversations: vec![id], kinds, ..Filter::default() };
        let marks = follow(env(ctx), operation, after, filter).await?;
        Ok(marks.map(|mark| {
            let Mark { cursor, entry } = mark?;
            Ok(MessageReceivedEdge { cursor, node: entry.and_then(|entry| message_of(&entry)).map(Glance) })
        }))
    }

    /// Everything that happens in one conversation, or in all of them.
    async fn conversation_changed<'ctx>(
        &self,
        ctx: &Context<'ctx>,
        #[graphql(desc = "Only this conversation; all of them if it is left out.")] conversation_id: Option<
            ID,
        >,
        #[graphql(
            desc = "Send what happened after this cursor, then go live; without it only what happens from now on."
        )]
        after: Option<Cursor>,
    ) -> Result<impl Stream<Item = Result<ConversationChangedEdge>> + use<'ctx>> {
        let operation = operation(ctx);
        let conversations = match conversation_id {
            Some(id) => {
                let id: ConversationId = operation.id(&id)?;
                operation.named(id).await?;
                vec![id]
            }
            None => Vec::new(),
        };
        let kinds = CONVERSATION_KINDS.into_iter().map(kind_name).collect();
        let filter = Filter { conversations, kinds, ..Filter::default() };
        let marks = follow(env(ctx), operation, after, filter).await?;
        Ok(marks.map(|mark| {
            let Mark { cursor, entry } = mark?;
            let node = entry.as_ref().and_then(|entry| entry.event.conversation()).map(Glance);
            Ok(ConversationChangedEdge { cursor, node, event: entry.map(Event::from) })
        }))
    }
}

const CONVERSATION_KINDS: [EventKind; 11] = [
    EventKind::MessageReceived,
    EventKind::MessageAdded,
    EventKind::DeliveryChanged,
    EventKind::ConversationCreated,
    EventKind::ConversationStatusChanged,
    EventKind::ConversationHandlerChanged,
    EventKind::ConversationSnoozed,
    EventKind::ConversationPinned,
    EventKind::SessionOpened,
    EventKind::SessionClosed,
    EventKind::TurnChanged,
];

fn message_of(entry: &Entry) -> Option<MessageId> {
    match entry.event {
        Happening::MessageReceived { message, .. } => Some(message),
        _ => None,
    }
}
