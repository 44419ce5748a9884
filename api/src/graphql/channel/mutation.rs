//! Switching channels on and off.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use domain::channel;
use domain::id::{ChannelId, WidgetId};

use super::Channel;
use crate::graphql::cursor::{self, Cursor};
use crate::graphql::link::Link;
use crate::graphql::operation::{env, operation};
use crate::graphql::user_error::user_errors;

user_errors! {
    /// Why a change of a channel was refused.
    ChannelUserError;
    /// Why a change of a channel was refused, for programs.
    ChannelErrorCode {
        /// The channel's present state does not allow it.
        InvalidTransition,
    }
}

/// Which channel to switch on.
#[derive(InputObject)]
pub struct ChannelEnableInput {
    /// The channel.
    channel_id: ID,
}

/// Which channel to switch off.
#[derive(InputObject)]
pub struct ChannelDisableInput {
    /// The channel.
    channel_id: ID,
}

/// What switching a channel on answers.
#[derive(SimpleObject)]
pub struct ChannelEnablePayload {
    /// The channel as it is now.
    channel: Channel,
    /// Widgets that were active when the channel was switched off and now lack something: they stay DRAFT, their
    /// `setupProblems` say why. At most as many as the channel has widgets.
    left_as_draft: Vec<Link<WidgetId>>,
    /// Why it was refused; empty if it was done.
    user_errors: Vec<ChannelUserError>,
    /// Where the change stands in the feed of events; null if nothing changed.
    event_cursor: Option<Cursor>,
}

/// What switching a channel off answers.
#[derive(SimpleObject)]
pub struct ChannelDisablePayload {
    /// The channel as it is now.
    channel: Channel,
    /// Why it was refused; empty if it was done.
    user_errors: Vec<ChannelUserError>,
    /// Where the change stands in the feed of events; null if nothing changed.
    event_cursor: Option<Cursor>,
}

/// Changes of channels.
#[derive(Default)]
pub struct ChannelMutation;

#[Object]
impl ChannelMutation {
    /// Switches a channel on. Exactly the widgets that switching it off had demoted become active again.
    /// Needs an admin.
    async fn channel_enable(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which channel.")] input: ChannelEnableInput,
    ) -> Result<ChannelEnablePayload> {
        let operation = operation(ctx);
        let id: ChannelId = operation.id(&input.channel_id)?;
        let done = operation.settle(channel::enable(env(ctx), &operation.actor, id).await)?;
        let channel = operation.named(id).await?.into();
        Ok(match done {
            Ok(enabled) => ChannelEnablePayload {
                channel,
                left_as_draft: enabled.left_as_draft.into_iter().map(Link).collect(),
                user_errors: Vec::new(),
                event_cursor: cursor::of(&enabled.committed),
            },
            Err(error) => ChannelEnablePayload {
                channel,
                left_as_draft: Vec::new(),
                user_errors: vec![error],
                event_cursor: None,
            },
        })
    }

    /// Switches a channel off: at once its active widgets become drafts and their bots stop. Open sessions
    /// stay open for people. Needs an admin.
    async fn channel_disable(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which channel.")] input: ChannelDisableInput,
    ) -> Result<ChannelDisablePayload> {
        let operation = operation(ctx);
        let id: ChannelId = operation.id(&input.channel_id)?;
        let done = operation.settle(channel::disable(env(ctx), &operation.actor, id).await)?;
        let channel = operation.named(id).await?.into();
        let (event_cursor, user_errors) = cursor::and_errors(done);
        Ok(ChannelDisablePayload { channel, user_errors, event_cursor })
    }
}
