//! Messages, echoes, changes and statuses.

use chrono::Utc;
use serde_json::{Value, json};

use super::Leaves::{Changed, Message, Nothing};
use super::{Case, Leaves, PHONE, USER, body, stage};

/// What the customer wrote before, when a case needs that.
pub fn before() -> Vec<u8> {
    written(json!({"id": "wamid.BEFORE", "type": "text", "text": {"body": "before"}}))
}

fn now() -> String {
    Utc::now().timestamp().to_string()
}

fn contacts() -> Value {
    json!([{"profile": {"name": "Ada"}, "wa_id": PHONE, "user_id": USER}])
}

fn filled(mut message: Value, own: &Value) -> Value {
    let own = own.as_object().expect("an object").clone();
    message.as_object_mut().expect("an object").extend(own);
    message
}

/// A message of the customer's.
fn written(node: Value) -> Vec<u8> {
    let message = json!({"from": PHONE, "from_user_id": USER, "id": "wamid.NEW", "timestamp": now()});
    body("messages", json!({"contacts": contacts(), "messages": [filled(message, &node)]}))
}

/// Something from the phone app.
fn typed(node: Value) -> Vec<u8> {
    let echo = json!({"from": stage::DISPLAY, "to": PHONE, "to_user_id": USER, "id": "wamid.NEW", "timestamp": now()});
    body("smb_message_echoes", json!({"message_echoes": [filled(echo, &node)]}))
}

fn status(node: Value) -> Vec<u8> {
    let status = json!({"id": "wamid.NOBODY", "timestamp": now(), "recipient_id": PHONE});
    body("messages", json!({"statuses": [filled(status, &node)]}))
}

fn case(name: &'static str, body: Vec<u8>, row: &'static [&'static str], leaves: Leaves) -> Case {
    Case { name, body, after_a_message: false, rows: row, leaves }
}

const STORED: &[&str] = &["message APPLIED"];
const ECHOED: &[&str] = &["echo APPLIED"];

pub fn cases() -> Vec<Case> {
    let mut cases = customer();
    cases.extend(phone());
    cases.extend(changes());
    cases.extend(statuses());
    cases
}

fn customer() -> Vec<Case> {
    let media = |kind: &str, node: Value| written(json!({"type": kind, kind: node}));
    let chosen = |kind: &str, node: Value| {
        written(json!({"type": "interactive", "interactive": {"type": kind, kind: node}}))
    };
    vec![
        case(
            "text",
            written(json!({"type": "text", "text": {"body": "嗨 hi"}})),
            STORED,
            Message("text", "嗨 hi"),
        ),
        case(
            "image with a caption",
            media("image", json!({"id": "1", "mime_type": "image/jpeg", "sha256": "x", "caption": "look"})),
            STORED,
            Message("image", "[image]\nlook"),
        ),
        case(
            "video",
            media("video", json!({"id": "1", "mime_type": "video/mp4"})),
            STORED,
            Message("video", "[video]"),
        ),
        case(
            "voice note",
            media("audio", json!({"id": "1", "voice": true})),
            STORED,
            Message("audio", "[audio]"),
        ),
        case(
            "document",
            media("document", json!({"id": "1", "filename": "a.pdf", "url": "https://example.invalid/"})),
            STORED,
            Message("document", "[document]"),
        ),
        case(
            "sticker",
            media("sticker", json!({"id": "1", "animated": true})),
            STORED,
            Message("sticker", "[sticker]"),
        ),
        case(
            "location",
            media("location", json!({"latitude": 25.03, "longitude": "121.56", "name": "Taipei 101"})),
            STORED,
            Message("location", "[location]"),
        ),
        case(
            "contact card",
            written(json!({"type": "contacts", "contacts": [{"name": {"formatted_name": "Lin"}}]})),
            STORED,
            Message("contacts", "[contacts]"),
        ),
        case(
            "quick reply of a template",
            media("button", json!({"payload": "p", "text": "Yes"})),
            STORED,
            Message("reply", "Yes"),
        ),
        case(
            "reply button",
            chosen("button_reply", json!({"id": "y", "title": "Yes"})),
            STORED,
            Message("reply", "Yes"),
        ),
        case(
            "list row",
            chosen("list_reply", json!({"id": "1", "title": "Tea", "description": "green"})),
            STORED,
            Message("reply", "Tea"),
        ),
        case(
            "flow",
            chosen("nfm_reply", json!({"name": "flow", "body": "Sent", "response_json": "{not json"})),
            STORED,
            Message("flow", "[flow]\nSent"),
        ),
        case(
            "order",
            media(
                "order",
                json!({"catalog_id": "1", "text": "please", "product_items": [{"quantity": "2"}]}),
            ),
            STORED,
            Message("order", "[order]\nplease"),
        ),
        case(
            "reply with a quote",
            written(
                json!({"type": "text", "text": {"body": "yes"}, "context": {"from": stage::DISPLAY, "id": "wamid.OLD"}}),
            ),
            STORED,
            Message("text", "yes"),
        ),
        case(
            "from an advertisement",
            written(
                json!({"type": "text", "text": {"body": "hi"}, "referral": {"source_type": "ad", "ctwa_clid": "c"}}),
            ),
            STORED,
            Message("text", "hi"),
        ),
        case(
            "unsupported",
            written(
                json!({"type": "unsupported", "unsupported": {"type": "poll"}, "errors": [{"code": 131_051}]}),
            ),
            STORED,
            Message("unsupported", "[unsupported message]"),
        ),
        case(
            "content that comes later",
            written(json!({"type": "unsupported", "errors": [{"code": 131_060}]})),
            STORED,
            Message("unsupported", "[unsupported message]"),
        ),
        case(
            "a type of tomorrow",
            media("hologram", json!({"id": "1"})),
            STORED,
            Message("unknown", "[unsupported message]"),
        ),
        case(
            "user name without a phone",
            body(
                "messages",
                json!({
                    "contacts": [{"profile": {"name": "Lin", "username": "@lin"}, "user_id": USER}],
                    "messages": [{"from_user_id": USER, "id": "wamid.NEW", "timestamp": now(), "type": "text", "text": {"body": "hi"}}],
                }),
            ),
            STORED,
            Message("text", "hi"),
        ),
        case(
            "user id in the phone's place",
            body(
                "messages",
                json!({
                    "messages": [{"from": USER, "id": "wamid.NEW", "timestamp": now(), "type": "text", "text": {"body": "hi"}}],
                }),
            ),
            STORED,
            Message("text", "hi"),
        ),
        case(
            "days late",
            written(json!({"type": "text", "timestamp": "1700000000", "text": {"body": "late"}})),
            STORED,
            Leaves::OutOfSession("text", "late"),
        ),
        case(
            "group",
            written(json!({"type": "text", "group_id": "g", "text": {"body": "hi all"}})),
            &["message IGNORED GROUP"],
            Nothing,
        ),
        case(
            "the business itself",
            written(json!({"from": stage::DISPLAY, "type": "text", "text": {"body": "me"}})),
            &["message IGNORED OWN_NUMBER"],
            Nothing,
        ),
    ]
}

fn phone() -> Vec<Case> {
    let text = json!({"type": "text", "text": {"body": "from the phone"}});
    vec![
        // To somebody who never wrote: stored, and nothing starts.
        case(
            "typed in the phone app",
            typed(text.clone()),
            ECHOED,
            Leaves::OutOfSession("text", "from the phone"),
        ),
        Case {
            after_a_message: true,
            ..case("typed in an open session", typed(text), ECHOED, Message("text", "from the phone"))
        },
        Case {
            after_a_message: true,
            ..case(
                "a picture from the phone app",
                typed(json!({"type": "image", "image": {"id": "1", "caption": "see"}})),
                ECHOED,
                Message("image", "see"),
            )
        },
    ]
}

fn changes() -> Vec<Case> {
    let reaction =
        |to: &str, emoji: Value| json!({"type": "reaction", "reaction": {"message_id": to, "emoji": emoji}});
    let edit = |of: &str| json!({"type": "edit", "edit": {"original_message_id": of, "message": {"type": "text", "text": {"body": "new"}}}});
    let revoke = |of: &str| json!({"type": "revoke", "revoke": {"original_message_id": of}});
    let changed = |name, body| Case { after_a_message: true, ..case(name, body, STORED, Nothing) };
    let parked = |name, body| case(name, body, &["message PARKED UNKNOWN_MESSAGE"], Nothing);
    vec![
        Case {
            after_a_message: true,
            ..case("reaction", written(reaction("wamid.BEFORE", json!("👍"))), STORED, Nothing)
        },
        Case {
            after_a_message: true,
            ..case("reaction taken back", written(reaction("wamid.BEFORE", Value::Null)), STORED, Nothing)
        },
        Case {
            after_a_message: true,
            ..case(
                "reaction from the phone app",
                typed(reaction("wamid.BEFORE", json!("❤"))),
                ECHOED,
                Nothing,
            )
        },
        Case { leaves: Changed("new"), ..changed("edit", written(edit("wamid.BEFORE"))) },
        Case { leaves: Changed(""), ..changed("delete", written(revoke("wamid.BEFORE"))) },
        parked("reaction to a message that is not here yet", written(reaction("wamid.LATER", json!("👍")))),
        parked("edit of one that is not here yet", written(edit("wamid.LATER"))),
        parked("delete of one that is not here yet", written(revoke("wamid.LATER"))),
        case(
            "edit from the phone app, too early",
            typed(edit("wamid.LATER")),
            &["echo PARKED UNKNOWN_MESSAGE"],
            Nothing,
        ),
        Case {
            rows: &["echo IGNORED NOT_ITS_AUTHOR"],
            ..changed("the business edits the customer's words", typed(edit("wamid.BEFORE")))
        },
        case(
            "delete that names the business twice, too early",
            typed(
                json!({"to": stage::DISPLAY, "to_user_id": null, "type": "revoke", "revoke": {"original_message_id": "wamid.LATER"}}),
            ),
            &["echo PARKED UNKNOWN_MESSAGE"],
            Nothing,
        ),
    ]
}

fn statuses() -> Vec<Case> {
    let parked = &["status PARKED UNKNOWN_MESSAGE"];
    let mut cases: Vec<Case> = ["sent", "delivered", "read", "played", "failed", "warning"]
        .into_iter()
        .map(|word| case(word, status(json!({"status": word})), parked, Nothing))
        .collect();
    cases.extend([
        case(
            "failed, with its reason",
            status(json!({"status": "failed", "errors": [{"code": 131_026, "title": "Undeliverable"}]})),
            parked,
            Nothing,
        ),
        case(
            "status by user id",
            status(json!({"status": "read", "recipient_id": null, "recipient_user_id": USER})),
            parked,
            Nothing,
        ),
        case(
            "status with somebody's mark",
            status(json!({"status": "sent", "biz_opaque_callback_data": "not ours"})),
            parked,
            Nothing,
        ),
        case(
            "status of a group",
            status(json!({"status": "read", "recipient_type": "group", "recipient_participant_id": PHONE})),
            &["status IGNORED GROUP"],
            Nothing,
        ),
        Case {
            after_a_message: true,
            ..case(
                "status of what we did not send",
                status(json!({"id": "wamid.BEFORE", "status": "read"})),
                &["status IGNORED NOT_OURS"],
                Nothing,
            )
        },
        case(
            "errors of no message",
            body("messages", json!({"errors": [{"code": 130_429, "title": "Rate limit hit"}]})),
            &["errors APPLIED"],
            Nothing,
        ),
    ]);
    cases
}
