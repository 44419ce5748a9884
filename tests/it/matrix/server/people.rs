//! What members do, through the API, and nothing else: the one file that knows how.

use chrono::SecondsFormat;
use domain::clock::Time;
use domain::id::{ConversationId, MessageId};
use serde_json::{Value, json};
use tests::Hub;

use super::ground::Settings;

/// What a member asks for.
#[derive(Debug, Clone, Copy)]
pub enum Ask {
    Join,
    HandBack,
    Snooze(Time),
    Unsnooze,
    Close,
    Pin(bool),
}

/// Whether it was done; any refusal other than those of the table is a failure of the test.
pub async fn ask(hub: &Hub, id: ConversationId, ask: Ask) -> bool {
    let mut input = json!({"conversationId": id.to_string()});
    let name = match ask {
        Ask::Join => "conversationJoin",
        Ask::HandBack => "conversationHandBack",
        Ask::Snooze(until) => {
            input["until"] = until.to_rfc3339_opts(SecondsFormat::AutoSi, true).into();
            "conversationSnooze"
        }
        Ask::Unsnooze => "conversationUnsnooze",
        Ask::Close => "conversationClose",
        Ask::Pin(pinned) => {
            input["pinned"] = pinned.into();
            "conversationPin"
        }
    };
    done(hub, name, input, "conversation { status }").await.is_some()
}

/// Sends a message; none if it was refused.
pub async fn reply(hub: &Hub, id: ConversationId, text: &str) -> Option<MessageId> {
    let input = json!({"conversationId": id.to_string(), "text": text});
    let sent = done(hub, "messageSend", input, "message { id }").await?;
    Some(sent["message"]["id"].as_str().and_then(|id| id.parse().ok()).expect("the message's id"))
}

/// The payload; none if the status or the bot that is off refused it.
async fn done(hub: &Hub, name: &str, input: Value, selection: &str) -> Option<Value> {
    let (payload, errors) = hub.client.attempt(name, input, selection).await;
    let Some(error) = errors.get(0) else { return Some(payload) };
    assert!(
        ["INVALID_TRANSITION", "BOT_OFF"].map(Value::from).contains(&error["code"]),
        "not a refusal of the table: {name} {errors}"
    );
    None
}

/// Changes the settings of the widget that differ.
pub async fn set(hub: &Hub, from: Settings, to: Settings) {
    let (mut behavior, mut advanced) = (json!({}), json!({}));
    if from.handover != to.handover {
        behavior["humanHandoverEnabled"] = to.handover.into();
    }
    if from.takes_over != to.takes_over {
        behavior["phoneMessageTakesOver"] = to.takes_over.into();
    }
    if from.bot_on != to.bot_on {
        advanced["botEnabled"] = to.bot_on.into();
    }
    if from.threshold != to.threshold {
        advanced["answerThreshold"] = to.threshold.into();
    }
    for (name, mut input) in [("widgetUpdateBehavior", behavior), ("widgetUpdateAdvanced", advanced)] {
        if input != json!({}) {
            input["widgetId"] = hub.widget.to_string().into();
            hub.client.mutate(name, input, "widget { id }").await;
        }
    }
}
