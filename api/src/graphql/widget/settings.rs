//! The three sections of a widget's settings, and its number.

use async_graphql::SimpleObject;
use domain::id::WorkflowId;
use domain::row;

use crate::graphql::link::Link;

/// How a widget is called.
#[derive(SimpleObject)]
pub struct WidgetAppearance {
    /// The internal name, unique in the channel.
    name: String,
    /// The public name of the company.
    company_display_name: String,
}

/// How a widget behaves towards customers and people.
#[derive(SimpleObject)]
pub struct WidgetBehavior {
    /// Whether the bot may ask for a person. If not, the session closes where it would. People can always
    /// join, and what the bot cannot answer always goes to a person.
    human_handover_enabled: bool,
    /// Whether a message typed in the WhatsApp Business app silences the bot.
    phone_message_takes_over: bool,
    /// How long the customer must be quiet before the bot answers, in milliseconds. Messages that arrive
    /// close together get one answer.
    gather_quiet_ms: i64,
    /// The longest that the bot waits for the customer to be quiet, in milliseconds.
    gather_max_ms: i64,
}

/// The settings of a widget that are rarely changed.
#[derive(SimpleObject)]
pub struct WidgetAdvanced {
    /// Whether the bot answers while the widget is active.
    bot_enabled: bool,
    /// Below this confidence, from 0 to 1, the bot asks for a person.
    answer_threshold: f64,
    /// How long after the customer's last message a session closes by itself, in seconds; always a day on
    /// WhatsApp.
    session_length_seconds: i64,
    /// Whether customers see that their message was read.
    mark_as_read: bool,
    /// The workflow that answers customers; null is the built-in assistant.
    workflow: Option<Link<WorkflowId>>,
}

/// A linked WhatsApp phone number. Its access token never comes out again.
#[derive(SimpleObject)]
pub struct WidgetNumber {
    /// The number as people write it; null if Meta did not tell.
    display_phone_number: Option<String>,
    /// Meta's id of the number.
    phone_number_id: String,
    /// Meta's id of the WhatsApp Business Account.
    waba_id: Option<String>,
    /// The name that Meta verified; null if there is none.
    verified_name: Option<String>,
    /// The server's name of the Meta app whose webhooks bring this number's messages.
    meta_app: Option<String>,
}

impl WidgetAppearance {
    pub(super) fn of(row: &row::Widget) -> Self {
        Self { name: row.name.clone(), company_display_name: row.company_display_name.clone() }
    }
}

impl WidgetBehavior {
    pub(super) fn of(row: &row::Widget) -> Self {
        Self {
            human_handover_enabled: row.human_handover_enabled,
            phone_message_takes_over: row.phone_message_takes_over,
            gather_quiet_ms: row.gather_quiet_ms,
            gather_max_ms: row.gather_max_ms,
        }
    }
}

impl WidgetAdvanced {
    pub(super) fn of(row: &row::Widget) -> Self {
        Self {
            bot_enabled: row.bot_enabled,
            answer_threshold: row.answer_threshold,
            session_length_seconds: row.session_length_s,
            mark_as_read: row.mark_as_read,
            workflow: row.workflow_id.map(|id| Link(WorkflowId(id))),
        }
    }
}

impl WidgetNumber {
    pub(super) fn of(row: &row::Widget) -> Option<Self> {
        Some(Self {
            phone_number_id: row.phone_number_id.clone()?,
            display_phone_number: row.display_phone_number.clone(),
            waba_id: row.waba_id.clone(),
            verified_name: row.verified_name.clone(),
            meta_app: row.meta_app.clone(),
        })
    }
}
