//! What members do, through the API: the payloads, the refusals, and the limits of input.

use serde_json::json;
use tests::knowledge::QUESTION;
use tests::{Hub, Options};

const PICK: &str = "conversation { id status handler } eventCursor";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn join_reply_snooze_hand_back_and_close_through_the_api() {
    let hub = Hub::start().await;
    let ada = hub.customer("Ada");
    let asked = hub.stored(&hub.says(&ada, QUESTION).await).await;
    let id = domain::id::ConversationId(asked.conversation_id);
    let conversation = id.to_string();
    let send = |text: &str, seen: Option<i64>| json!({"conversationId": conversation, "text": text, "seenNumber": seen});

    let (_, errors) = hub.client.attempt("messageSend", send("Hello", None), PICK).await;
    assert_eq!(errors[0]["code"], "INVALID_TRANSITION", "the bot has it: join first");
    let joined = hub.client.mutate("conversationJoin", json!({"conversationId": conversation}), PICK).await;
    assert_eq!(joined["conversation"]["status"], "PENDING_FIRST_RESPONSE");
    let (again, errors) =
        hub.client.attempt("conversationJoin", json!({"conversationId": conversation}), PICK).await;
    assert_eq!(errors[0]["code"], "INVALID_TRANSITION");
    assert_eq!(
        again["conversation"]["status"], "PENDING_FIRST_RESPONSE",
        "a refusal shows the present state"
    );

    for (text, what) in [("", "blank"), ("   \n", "blank"), (&*"x".repeat(4097), "too long")] {
        let (_, errors) = hub.client.attempt("messageSend", send(text, None), PICK).await;
        assert_eq!(
            errors[0]["field"].as_array().and_then(|path| path.last()),
            Some(&json!("text")),
            "{what}: {errors}"
        );
        assert!(errors[0]["message"].as_str().unwrap().contains("4096"), "{errors}");
    }
    let (_, errors) = hub.client.attempt("messageSend", send("Hello", Some(0)), PICK).await;
    assert_eq!(errors[0]["code"], "NEWER_MESSAGES");
    let last = hub.conversation(id).await.last_number;
    let sent = hub
        .client
        .mutate(
            "messageSend",
            send("Hello Ada", Some(last)),
            "message { number text } conversation { status } eventCursor",
        )
        .await;
    assert_eq!(sent["message"]["text"], "Hello Ada");
    assert_eq!(sent["conversation"]["status"], "OPEN");

    let soon = (chrono::Utc::now() + chrono::TimeDelta::hours(30)).to_rfc3339();
    let snoozed = hub
        .client
        .mutate(
            "conversationSnooze",
            json!({"conversationId": conversation, "until": soon}),
            "endsAtExpiry conversation { status }",
        )
        .await;
    assert_eq!(
        (&snoozed["endsAtExpiry"], &snoozed["conversation"]["status"]),
        (&json!(true), &json!("SNOOZED"))
    );
    let past = (chrono::Utc::now() - chrono::TimeDelta::hours(1)).to_rfc3339();
    let (_, errors) = hub
        .client
        .attempt("conversationSnooze", json!({"conversationId": conversation, "until": past}), PICK)
        .await;
    assert_eq!(errors.as_array().map(Vec::len), Some(1), "{errors}");
    let back = hub.client.mutate("conversationUnsnooze", json!({"conversationId": conversation}), PICK).await;
    assert_eq!(back["conversation"]["status"], "OPEN");
    let pinned = hub
        .client
        .mutate(
            "conversationPin",
            json!({"conversationId": conversation, "pinned": true}),
            "conversation { pinned }",
        )
        .await;
    assert_eq!(pinned["conversation"]["pinned"], true);
    let handed =
        hub.client.mutate("conversationHandBack", json!({"conversationId": conversation}), PICK).await;
    assert_eq!(handed["conversation"]["status"], "BOT_HANDLING");
    let (_, errors) =
        hub.client.attempt("conversationClose", json!({"conversationId": conversation}), PICK).await;
    assert_eq!(errors[0]["code"], "INVALID_TRANSITION", "the bot has it: join first");
    hub.client.mutate("conversationJoin", json!({"conversationId": conversation}), PICK).await;
    let closed = hub.client.mutate("conversationClose", json!({"conversationId": conversation}), PICK).await;
    assert_eq!(closed["conversation"]["status"], "CLOSED");
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disabled_channel_demotes_its_widgets_and_restores_exactly_those() {
    let hub = Hub::start().await;
    let channels = hub.client.data("{ channels { id state } }", json!({})).await;
    let channel = channels["channels"][0]["id"].as_str().unwrap().to_owned();
    let second = tests::hub::unique_number(&hub.number.callback_url);
    hub.simulator.add_number(second.clone());
    let draft =
        tests::hub::link(&hub.env, &hub.actor, &second, &Options { bot: false, ..Options::default() }).await;
    let states = async || {
        let data = hub.client.data("{ widgets { nodes { id state botOn } } }", json!({})).await;
        let nodes = data["widgets"]["nodes"].as_array().unwrap().clone();
        let state = |id: String| nodes.iter().find(|node| node["id"] == json!(id)).unwrap()["state"].clone();
        (state(hub.widget.to_string()), state(draft.to_string()))
    };
    assert_eq!(states().await, (json!("ACTIVE"), json!("DRAFT")));
    hub.client.mutate("channelDisable", json!({"channelId": channel}), "channel { state }").await;
    assert_eq!(states().await, (json!("DRAFT"), json!("DRAFT")));
    let (_, errors) = hub
        .client
        .attempt("widgetPublish", json!({"widgetId": hub.widget.to_string()}), "widget { state }")
        .await;
    assert_eq!(errors[0]["code"], "CHANNEL_DISABLED");
    // Acknowledged and kept, but no message, no session, no bot.
    let ada = hub.customer("Ada");
    let ignored = hub.says(&ada, "anybody there?").await;
    hub.quiet().await;
    assert!(hub.message(&ignored).await.is_none());
    hub.client
        .mutate("channelEnable", json!({"channelId": channel}), "channel { state } leftAsDraft { id }")
        .await;
    assert_eq!(states().await, (json!("ACTIVE"), json!("DRAFT")));
    hub.stored(&hub.says(&ada, QUESTION).await).await;
    hub.finish().await;
}
