//! What changes of widgets take.

use async_graphql::{ID, InputObject, MaybeUndefined};
use domain::widget::{Advanced, Appearance, Behavior, Connect};

/// What an owner copies from Meta's dashboard to link a number by hand.
#[derive(InputObject)]
pub struct WidgetConnectNumberInput {
    /// The internal name of the widget, unique in the channel: 1 to 120 characters.
    name: String,
    /// The public name of the company: 1 to 120 characters.
    company_display_name: String,
    /// Meta's id of the phone number: digits only.
    phone_number_id: String,
    /// Meta's id of the WhatsApp Business Account: digits only.
    waba_id: String,
    /// A system user's access token. It is encrypted and never comes out again.
    access_token: String,
    /// The server's name of the Meta app whose webhooks bring this number's messages.
    #[graphql(default = "default")]
    meta_app: String,
}

/// Which number to ask Meta about again.
#[derive(InputObject)]
pub struct WidgetReconnectInput {
    /// The widget.
    pub(super) widget_id: ID,
    /// A new access token; left out, the stored one is tried. It is encrypted and never comes out again.
    pub(super) access_token: Option<String>,
}

/// Which widget to publish.
#[derive(InputObject)]
pub struct WidgetPublishInput {
    /// The widget.
    pub(super) widget_id: ID,
}

/// Which widget to take back to a draft.
#[derive(InputObject)]
pub struct WidgetUnpublishInput {
    /// The widget.
    pub(super) widget_id: ID,
}

/// New names of a widget.
#[derive(InputObject)]
pub struct WidgetUpdateAppearanceInput {
    /// The widget.
    pub(super) widget_id: ID,
    /// The internal name, unique in the channel: 1 to 120 characters.
    name: Option<String>,
    /// The public name of the company: 1 to 120 characters.
    company_display_name: Option<String>,
}

/// New behavior of a widget.
#[derive(InputObject)]
pub struct WidgetUpdateBehaviorInput {
    /// The widget.
    pub(super) widget_id: ID,
    /// Whether the bot may ask for a person.
    human_handover_enabled: Option<bool>,
    /// Whether a message typed in the WhatsApp Business app silences the bot.
    phone_message_takes_over: Option<bool>,
    /// How long the customer must be quiet before the bot answers: 0 to 30000 milliseconds.
    gather_quiet_ms: Option<i64>,
    /// The longest that the bot waits for the customer to be quiet: 0 to 60000 milliseconds.
    gather_max_ms: Option<i64>,
}

/// New advanced settings of a widget.
#[derive(InputObject)]
pub struct WidgetUpdateAdvancedInput {
    /// The widget.
    pub(super) widget_id: ID,
    /// Whether the bot answers while the widget is active.
    bot_enabled: Option<bool>,
    /// Below this confidence the bot asks for a person: 0 to 1.
    answer_threshold: Option<f64>,
    /// Whether customers see that their message was read.
    mark_as_read: Option<bool>,
    /// The published workflow that answers customers; null is the built-in assistant. A run that is under way goes on.
    /// Left out, it stays as it is.
    pub(super) workflow_id: MaybeUndefined<ID>,
}

impl From<WidgetConnectNumberInput> for Connect {
    fn from(input: WidgetConnectNumberInput) -> Self {
        Self {
            name: input.name,
            company_display_name: input.company_display_name,
            phone_number_id: input.phone_number_id,
            waba_id: input.waba_id,
            access_token: input.access_token,
            meta_app: input.meta_app,
        }
    }
}

impl From<WidgetUpdateAppearanceInput> for Appearance {
    fn from(input: WidgetUpdateAppearanceInput) -> Self {
        Self { company_display_name: input.company_display_name, name: input.name }
    }
}

impl From<WidgetUpdateBehaviorInput> for Behavior {
    fn from(input: WidgetUpdateBehaviorInput) -> Self {
        Self {
            human_handover_enabled: input.human_handover_enabled,
            phone_message_takes_over: input.phone_message_takes_over,
            gather_quiet_ms: input.gather_quiet_ms,
            gather_max_ms: input.gather_max_ms,
        }
    }
}

impl From<WidgetUpdateAdvancedInput> for Advanced {
    fn from(input: WidgetUpdateAdvancedInput) -> Self {
        Self {
            bot_enabled: input.bot_enabled,
            answer_threshold: input.answer_threshold,
            mark_as_read: input.mark_as_read,
            workflow: None,
        }
    }
}
