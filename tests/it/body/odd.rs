//! Bodies that concern nobody, fields of tomorrow, and elements that cannot be read.

use serde_json::{Value, json};

use super::Leaves::{Message, Nothing};
use super::{Case, Leaves, PHONE, bare, body};

fn case(name: &'static str, body: Vec<u8>, rows: &'static [&'static str], leaves: Leaves) -> Case {
    Case { name, body, after_a_message: false, rows, leaves }
}

fn text(node: Value) -> Value {
    let mut message = json!({"from": PHONE, "id": "wamid.NEW", "type": "text", "text": {"body": "hi"}});
    message.as_object_mut().expect("an object").extend(node.as_object().expect("an object").clone());
    message
}

fn messages(list: Value) -> Vec<u8> {
    body("messages", json!({ "messages": list }))
}

pub fn cases() -> Vec<Case> {
    let mut cases = nobodys();
    cases.extend(unreadable());
    cases.extend(mended());
    cases
}

fn nobodys() -> Vec<Case> {
    // The button in Meta's dashboard.
    let test_button = json!({"object": "whatsapp_business_account", "entry": [{"id": "0", "changes": [{"field": "messages", "value": {
        "messaging_product": "whatsapp", "metadata": {"display_phone_number": "16505551111", "phone_number_id": "123456123"},
        "contacts": [{"profile": {"name": "test user name"}, "wa_id": "16315551181"}],
        "messages": [{"from": "16315551181", "id": "ABGGFlA5Fpa", "timestamp": "1504902988", "type": "text", "text": {"body": "this is a text message"}}],
    }}]}]});
    // Beside it an element of ours, so that the stage links its own number and not that of the button.
    let mut with_ours = test_button.clone();
    let ours: Value = serde_json::from_slice(&messages(json!([text(json!({}))]))).expect("JSON");
    with_ours["entry"].as_array_mut().expect("a list").push(ours["entry"][0].clone());
    let of_tomorrow = [
        "standby",
        "messaging_handovers",
        "group_lifecycle_update",
        "group_participants_update",
        "business_username_update",
        "account_settings_update",
        "payment_configuration_update",
        "partner_solutions",
        "brand_new",
    ];
    let mut cases: Vec<Case> = of_tomorrow
        .into_iter()
        .map(|field| {
            case(field, body(field, json!({"anything": [1]})), &["other IGNORED NOT_HANDLED"], Nothing)
        })
        .collect();
    // It holds what looks like a phone's echo, but nobody has described that it is one.
    let echo = json!({"from": super::stage::DISPLAY, "to": PHONE, "id": "wamid.NEW", "type": "text", "text": {"body": "hi"}});
    let echoes = body("message_echoes", json!({ "message_echoes": [echo] }));
    cases.push(case("echoes of another field", echoes, &["other IGNORED NOT_HANDLED"], Nothing));
    cases.push(Case {
        name: "a test from the dashboard beside a message of ours",
        body: serde_json::to_vec(&with_ours).expect("JSON"),
        after_a_message: false,
        rows: &["message UNROUTABLE UNKNOWN_NUMBER", "message APPLIED"],
        leaves: Message("text", "hi"),
    });
    cases
}

fn unreadable() -> Vec<Case> {
    let long = "x".repeat(600);
    vec![
        case(
            "one odd element of each sort between two whole ones",
            messages(json!([
                text(json!({})), "odd", {"from": PHONE, "type": "text"}, text(json!({"id": long})),
                {"id": "wamid.X", "type": "text", "text": {"body": "from nobody"}}, null,
                {"from": PHONE, "id": "wamid.NEW", "type": "reaction", "reaction": {"message_id": "wamid.LATER"}},
            ])),
            &[
                "message APPLIED",
                "unknown QUARANTINED MALFORMED: the element is no object",
                "unknown QUARANTINED MALFORMED: the element has no id",
                "unknown QUARANTINED MALFORMED: the element's id is longer than 512 characters",
                "unknown QUARANTINED MALFORMED: the message names no sender",
                "unknown QUARANTINED MALFORMED: the element is no object",
                "message PARKED UNKNOWN_MESSAGE",
            ],
            Message("text", "hi"),
        ),
        case(
            "a change without a value",
            bare("messages", json!("odd")),
            &["unknown QUARANTINED MALFORMED: the change has no readable value"],
            Nothing,
        ),
        case(
            "an entry that is no object",
            br#"{"object":"whatsapp_business_account","entry":["odd"]}"#.to_vec(),
            &["unknown QUARANTINED MALFORMED: the element is no object"],
            Nothing,
        ),
        case(
            "no JSON",
            b"{\"object\":".to_vec(),
            &["unknown QUARANTINED MALFORMED: the body is not readable JSON"],
            Nothing,
        ),
        case(
            "somebody else's webhook",
            br#"{"object":"page","entry":[]}"#.to_vec(),
            &["unknown QUARANTINED MALFORMED: the body is no webhook of a WhatsApp Business Account"],
            Nothing,
        ),
        case("nothing in it", messages(json!([])), &["other IGNORED NOT_HANDLED"], Nothing),
    ]
}

fn mended() -> Vec<Case> {
    let surrogate = String::from_utf8(messages(json!([text(json!({"text": {"body": "broken HERE end"}}))])))
        .expect("UTF-8")
        .replace("HERE", "\\ud83d");
    vec![
        case(
            "half a character",
            surrogate.into_bytes(),
            &["message APPLIED"],
            Message("text", "broken \u{FFFD} end"),
        ),
        case(
            "NUL",
            messages(json!([text(json!({"text": {"body": "a\u{0}b"}}))])),
            &["message APPLIED"],
            Message("text", "a\u{FFFD}b"),
        ),
        case(
            "a time as a number",
            messages(json!([text(json!({"timestamp": chrono::Utc::now().timestamp()}))])),
            &["message APPLIED"],
            Message("text", "hi"),
        ),
        case(
            "a time that is none",
            messages(json!([text(json!({"timestamp": "soon"}))])),
            &["message APPLIED"],
            Message("text", "hi"),
        ),
        case(
            "milliseconds",
            messages(json!([text(json!({"timestamp": chrono::Utc::now().timestamp_millis().to_string()}))])),
            &["message APPLIED"],
            Message("text", "hi"),
        ),
        case(
            "a text without its text",
            messages(json!([text(json!({"text": {}}))])),
            &["message APPLIED"],
            Message("unknown", "[unsupported message]"),
        ),
        case(
            "the same message twice in one body",
            messages(json!([text(json!({})), text(json!({}))])),
            &["message APPLIED", "message IGNORED DUPLICATE"],
            Message("text", "hi"),
        ),
        case(
            "many changes in many entries",
            {
                let one: Value = serde_json::from_slice(&messages(json!([text(json!({}))]))).expect("JSON");
                let other: Value = serde_json::from_slice(&bare("brand_new", json!({}))).expect("JSON");
                let entries = json!([other["entry"][0], one["entry"][0], other["entry"][0]]);
                serde_json::to_vec(&json!({"object": "whatsapp_business_account", "entry": entries}))
                    .expect("JSON")
            },
            &["other IGNORED NOT_HANDLED", "message APPLIED", "other IGNORED NOT_HANDLED"],
            Message("text", "hi"),
        ),
        case(
            "escaped as Meta escapes",
            String::from_utf8(messages(json!([text(json!({"text": {"body": "https:__SLASH__tea"}}))])))
                .expect("UTF-8")
                .replace("__SLASH__", "\\/\\/")
                .into_bytes(),
            &["message APPLIED"],
            Message("text", "https://tea"),
        ),
    ]
}
