//! Linking numbers, publishing widgets and changing their settings.

use async_graphql::{Context, MaybeUndefined, Object, Result};
use domain::id::WidgetId;
use domain::tx::Committed;
use domain::widget::{self, Advanced, Appearance, Behavior, Connect};

use super::Widget;
use crate::graphql::cursor::{self, Cursor};
use crate::graphql::operation::{env, operation};
use crate::graphql::user_error::user_errors;
use input::{
    WidgetConnectNumberInput, WidgetPublishInput, WidgetReconnectInput, WidgetUnpublishInput,
    WidgetUpdateAdvancedInput, WidgetUpdateAppearanceInput, WidgetUpdateBehaviorInput,
};
use payload::{
    WidgetConnectNumberPayload, WidgetPublishPayload, WidgetReconnectPayload, WidgetUnpublishPayload,
    WidgetUpdateAdvancedPayload, WidgetUpdateAppearancePayload, WidgetUpdateBehaviorPayload,
};

mod input;
mod payload;

user_errors! {
    /// Why a change of a widget was refused.
    WidgetUserError;
    /// Why a change of a widget was refused, for programs.
    WidgetErrorCode {
        /// The widget's present state does not allow it.
        InvalidTransition,
        /// The channel is switched off: enable it first.
        ChannelDisabled,
        /// Something is missing: `setupProblems` lists it.
        SetupIncomplete,
        /// The phone number is linked to a widget already.
        NumberTaken,
        /// Nothing of the workflow is published.
        NotPublished,
        /// Another widget of the channel has this name.
        NameTaken,
        /// Meta refused the number or the access token: the message tells its reason.
        RejectedByMeta,
    }
}

/// Changes of widgets.
#[derive(Default)]
pub struct WidgetMutation;

#[Object]
impl WidgetMutation {
    /// Links a WhatsApp phone number by hand: Meta is asked before anything is stored. Makes a draft widget,
    /// or restores the archived one of this workspace that had the number. Needs an admin.
    async fn widget_connect_number(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The number, its access token, and the names of the widget.")]
        input: WidgetConnectNumberInput,
    ) -> Result<WidgetConnectNumberPayload> {
        let operation = operation(ctx);
        let new = Connect::from(input);
        Ok(match operation.settle(widget::connect(env(ctx), &operation.actor, &new).await)? {
            Ok((id, committed)) => WidgetConnectNumberPayload {
                widget: Some(operation.named(id).await?.into()),
                user_errors: Vec::new(),
                event_cursor: cursor::of(&committed),
            },
            Err(error) => {
                WidgetConnectNumberPayload { widget: None, user_errors: vec![error], event_cursor: None }
            }
        })
    }

    /// Mends a linked number: asks Meta about it with a new access token, or again with the stored one, and
    /// subscribes to its webhooks. If Meta shows the number, whatever was wrong is over, and what waits is sent.
    /// Needs an admin.
    async fn widget_reconnect(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which widget, and perhaps a new access token.")] input: WidgetReconnectInput,
    ) -> Result<WidgetReconnectPayload> {
        let operation = operation(ctx);
        let id = operation.id(&input.widget_id)?;
        let token = input.access_token.as_deref();
        let done = widget::reconnect(env(ctx), &operation.actor, id, token).await;
        let (widget, user_errors, event_cursor) = shown(ctx, id, done).await?;
        Ok(WidgetReconnectPayload { widget, user_errors, event_cursor })
    }

    /// Publishes a widget: its bot answers from now on. Refused while something is missing or its channel is
    /// off. Needs an admin.
    async fn widget_publish(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which widget.")] input: WidgetPublishInput,
    ) -> Result<WidgetPublishPayload> {
        let operation = operation(ctx);
        let id = operation.id(&input.widget_id)?;
        let done = widget::publish(env(ctx), &operation.actor, id).await;
        let (widget, user_errors, event_cursor) = shown(ctx, id, done).await?;
        let setup_problems = widget.setup_problems(ctx).await?;
        Ok(WidgetPublishPayload { widget, setup_problems, user_errors, event_cursor })
    }

    /// Takes a widget back to a draft: its bot stops at once. Needs an admin.
    async fn widget_unpublish(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which widget.")] input: WidgetUnpublishInput,
    ) -> Result<WidgetUnpublishPayload> {
        let operation = operation(ctx);
        let id = operation.id(&input.widget_id)?;
        let done = widget::unpublish(env(ctx), &operation.actor, id).await;
        let (widget, user_errors, event_cursor) = shown(ctx, id, done).await?;
        let setup_problems = widget.setup_problems(ctx).await?;
        Ok(WidgetUnpublishPayload { widget, setup_problems, user_errors, event_cursor })
    }

    /// Changes how a widget is called. Fields that are left out stay as they are. Needs an admin.
    async fn widget_update_appearance(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which widget, and its new names.")] input: WidgetUpdateAppearanceInput,
    ) -> Result<WidgetUpdateAppearancePayload> {
        let operation = operation(ctx);
        let id = operation.id(&input.widget_id)?;
        let change = Appearance::from(input);
        let done = widget::update_appearance(env(ctx), &operation.actor, id, &change).await;
        let (widget, user_errors, event_cursor) = shown(ctx, id, done).await?;
        Ok(WidgetUpdateAppearancePayload { widget, user_errors, event_cursor })
    }

    /// Changes how a widget behaves. Fields that are left out stay as they are. Needs an admin.
    async fn widget_update_behavior(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which widget, and its new behavior.")] input: WidgetUpdateBehaviorInput,
    ) -> Result<WidgetUpdateBehaviorPayload> {
        let operation = operation(ctx);
        let id = operation.id(&input.widget_id)?;
        let change = Behavior::from(input);
        let done = widget::update_behavior(env(ctx), &operation.actor, id, &change).await;
        let (widget, user_errors, event_cursor) = shown(ctx, id, done).await?;
        Ok(WidgetUpdateBehaviorPayload { widget, user_errors, event_cursor })
    }

    /// Changes a widget's advanced settings; switching the bot off stops it at once. Fields that are left out
    /// stay as they are. Needs an admin.
    async fn widget_update_advanced(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which widget, and its new settings.")] input: WidgetUpdateAdvancedInput,
    ) -> Result<WidgetUpdateAdvancedPayload> {
        let operation = operation(ctx);
        let id = operation.id(&input.widget_id)?;
        let workflow = match &input.workflow_id {
            MaybeUndefined::Undefined => None,
            MaybeUndefined::Null => Some(None),
            MaybeUndefined::Value(id) => Some(Some(operation.id(id)?)),
        };
        let change = Advanced { workflow, ..Advanced::from(input) };
        let done = widget::update_advanced(env(ctx), &operation.actor, id, &change).await;
        let (widget, user_errors, event_cursor) = shown(ctx, id, done).await?;
        Ok(WidgetUpdateAdvancedPayload { widget, user_errors, event_cursor })
    }
}

/// The widget as it is after a command, done or refused.
async fn shown(
    ctx: &Context<'_>,
    id: WidgetId,
    done: domain::Result<Committed>,
) -> Result<(Widget, Vec<WidgetUserError>, Option<Cursor>)> {
    let operation = operation(ctx);
    let (event_cursor, user_errors) = cursor::and_errors(operation.settle(done)?);
    Ok((operation.named(id).await?.into(), user_errors, event_cursor))
}
