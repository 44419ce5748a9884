//! What is about people, numbers, accounts, templates and the past, and is no message.

use serde_json::{Value, json};

use super::Leaves::Nothing;
use super::{Case, PHONE, USER, bare, body, stage};

fn case(name: &'static str, body: Vec<u8>, rows: &'static [&'static str]) -> Case {
    Case { name, body, after_a_message: false, rows, leaves: Nothing }
}

/// About somebody who has written before.
fn known(name: &'static str, body: Vec<u8>, rows: &'static [&'static str]) -> Case {
    Case { after_a_message: true, ..case(name, body, rows) }
}

fn notice(node: Value) -> Vec<u8> {
    let mut message = json!({"from": PHONE, "id": "wamid.NOTICE", "timestamp": "1760000000"});
    message.as_object_mut().expect("an object").extend(node.as_object().expect("an object").clone());
    body("messages", json!({"messages": [message]}))
}

pub fn cases() -> Vec<Case> {
    let mut cases = people();
    cases.extend(calls());
    cases.extend(past());
    cases.extend(accounts());
    cases.extend(templates_and_numbers());
    cases
}

fn people() -> Vec<Case> {
    let system = |node: Value| notice(json!({"type": "system", "system": node}));
    let moved = json!({"body": "moved", "type": "user_changed_number", "new_wa_id": "886955599999"});
    let update = json!({"user_id_update": [{"wa_id": PHONE, "user_id": {"previous": USER, "current": "TW.2"}, "timestamp": "1760000000"}]});
    let book = |action: &str| {
        json!({"state_sync": [{"type": "contact", "action": action, "metadata": {"timestamp": "1760000000"},
            "contact": {"full_name": "Ada L", "phone_number": format!("+{PHONE}")}}]})
    };
    let stop = json!({"user_preferences": [{"wa_id": PHONE, "category": "marketing_messages", "value": "stop", "timestamp": 1_760_000_000}]});
    let permission = json!({"type": "interactive", "interactive": {"type": "call_permission_reply", "call_permission_reply": {"response": "accept"}}});
    vec![
        known("another phone number", system(moved.clone()), &["notice APPLIED"]),
        known(
            "another phone number, as it was called before",
            system(
                json!({"body": "moved", "type": "customer_changed_number", "new_wa_id": "886955577777", "wa_id": PHONE}),
            ),
            &["notice APPLIED"],
        ),
        known(
            "another user id, as a notice",
            system(json!({"body": "moved", "type": "user_changed_user_id", "user_id": "TW.3"})),
            &["notice APPLIED"],
        ),
        case("another phone number of nobody", system(moved), &["notice IGNORED UNKNOWN_CONTACT"]),
        known(
            "another security code",
            system(json!({"type": "customer_identity_changed", "identity": "x"})),
            &["notice APPLIED"],
        ),
        case(
            "a notice of tomorrow",
            system(json!({"type": "user_became_robot"})),
            &["notice IGNORED UNKNOWN_NOTICE"],
        ),
        known("another user id", body("user_id_update", update.clone()), &["user_id_update APPLIED"]),
        known(
            "another user id, told to the account",
            bare("user_id_update", update),
            &["user_id_update APPLIED"],
        ),
        known(
            "an entry of the address book",
            body("smb_app_state_sync", book("add")),
            &["state_sync IGNORED NAMED_ALREADY"],
        ),
        case(
            "an entry of nobody",
            body("smb_app_state_sync", book("add")),
            &["state_sync IGNORED UNKNOWN_CONTACT"],
        ),
        case(
            "an entry taken away",
            body("smb_app_state_sync", book("remove")),
            &["state_sync IGNORED NO_NAME"],
        ),
        case(
            "chat opened for the first time",
            notice(json!({"type": "request_welcome"})),
            &["notice APPLIED"],
        ),
        case("calls allowed", notice(permission), &["notice APPLIED"]),
        known("no more marketing", body("user_preferences", stop.clone()), &["preference APPLIED"]),
        case(
            "no more marketing, told to the account",
            bare("user_preferences", stop),
            &["preference APPLIED"],
        ),
    ]
}

fn calls() -> Vec<Case> {
    let call = |event: &str, direction: &str| json!({"calls": [{"id": "wacid.1", "from": PHONE, "to": stage::DISPLAY, "event": event, "direction": direction, "timestamp": "1760000000"}]});
    let status = json!({"statuses": [{"id": "wacid.1", "type": "call", "status": "RINGING", "recipient_id": PHONE, "timestamp": "1760000000"}]});
    vec![
        case("a call", body("calls", call("connect", "USER_INITIATED")), &["notice APPLIED"]),
        case(
            "a call that ended",
            body("calls", call("terminate", "BUSINESS_INITIATED")),
            &["notice APPLIED"],
        ),
        case("a call that rings", body("calls", status), &["notice APPLIED"]),
    ]
}

fn past() -> Vec<Case> {
    let old = json!({"from": PHONE, "id": "wamid.OLD", "timestamp": "1739230955", "type": "text", "text": {"body": "old"},
        "history_context": {"status": "READ"}});
    let chunk = json!({"history": [{"metadata": {"phase": 0, "chunk_order": 1, "progress": 55}, "threads": [{"id": PHONE, "messages": [old]}]}]});
    let medium = json!({"messages": [{"from": PHONE, "id": "wamid.OLD", "timestamp": "1760000000", "type": "image", "image": {"id": "1"}}]});
    let mine = json!({"message_echoes": [{"from": stage::DISPLAY, "to": PHONE, "id": "wamid.OLD", "type": "image", "image": {"id": "1"}}]});
    let held_back =
        json!({"from": PHONE, "id": "wamid.OLDER", "timestamp": "1739230955", "type": "media_placeholder"});
    let placeholder = json!({"history": [{"metadata": {"phase": 1, "chunk_order": 2, "progress": 60}, "threads": [{"id": PHONE, "messages": [held_back]}]}]});
    let declined = json!({"history": [{"errors": [{"code": 2_593_109}]}]});
    vec![
        case("a chunk of the past", body("history", chunk), &["history IGNORED HISTORY"]),
        case(
            "an old picture that looks like a new one",
            body("history", medium),
            &["history IGNORED HISTORY"],
        ),
        case("an old picture of the business's", body("history", mine), &["history IGNORED HISTORY"]),
        case(
            "a picture of the past whose file comes later",
            body("history", placeholder),
            &["history IGNORED HISTORY"],
        ),
        case("a past that is not shared", body("history", declined), &["history IGNORED HISTORY"]),
    ]
}

fn accounts() -> Vec<Case> {
    let events = [
        ("left", json!({"event": "ACCOUNT_OFFBOARDED"})),
        ("came back", json!({"event": "ACCOUNT_RECONNECTED"})),
        (
            "removed for inactivity",
            json!({"event": "PARTNER_REMOVED", "phone_number": stage::DISPLAY,
            "disconnection_info": {"reason": "PRIMARY_INACTIVITY", "initiated_by": "SYSTEM"}}),
        ),
        (
            "removed by its partner",
            json!({"event": "PARTNER_REMOVED", "waba_info": {"waba_id": stage::ACCOUNT}}),
        ),
        ("partner added", json!({"event": "PARTNER_ADDED"})),
        ("app installed", json!({"event": "PARTNER_APP_INSTALLED"})),
        ("app uninstalled", json!({"event": "PARTNER_APP_UNINSTALLED"})),
        (
            "restricted",
            json!({"event": "ACCOUNT_RESTRICTION", "restriction_info": [{"restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING"}]}),
        ),
        ("violation", json!({"event": "ACCOUNT_VIOLATION", "violation_info": {"violation_type": "ADULT"}})),
        ("banned", json!({"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE"}})),
        ("deleted", json!({"event": "ACCOUNT_DELETED"})),
        ("an event of tomorrow", json!({"event": "ACCOUNT_DREAMT"})),
    ];
    let mut cases: Vec<Case> = events
        .into_iter()
        .map(|(name, value)| case(name, bare("account_update", value), &["account APPLIED"]))
        .collect();
    cases.push(case(
        "removed, of a number that nobody here has",
        bare("account_update", json!({"event": "PARTNER_REMOVED", "phone_number": "15551110000"})),
        &["account UNROUTABLE UNKNOWN_ACCOUNT"],
    ));
    cases
}

fn templates_and_numbers() -> Vec<Case> {
    let named = |mut value: Value| {
        value["message_template_id"] = json!(5);
        value["message_template_name"] = json!("order");
        value
    };
    [
        ("message_template_status_update", named(json!({"event": "APPROVED"}))),
        ("message_template_quality_update", named(json!({"new_quality_score": "RED"}))),
        ("template_category_update", named(json!({"new_category": "MARKETING"}))),
        ("message_template_components_update", named(json!({}))),
        (
            "phone_number_quality_update",
            json!({"display_phone_number": stage::DISPLAY, "event": "UPGRADE", "current_limit": "TIER_1K"}),
        ),
        ("phone_number_name_update", json!({"display_phone_number": stage::DISPLAY, "decision": "APPROVED"})),
        ("account_alerts", json!({"alert_info": {"alert_severity": "WARNING"}})),
        ("account_review_update", json!({"decision": "APPROVED"})),
        ("business_capability_update", json!({"max_daily_conversation_per_phone": 1000})),
        ("security", json!({"display_phone_number": stage::DISPLAY, "event": "PIN_RESET_REQUEST"})),
    ]
    .into_iter()
    .map(|(field, value)| case(field, bare(field, value), &["news APPLIED"]))
    .collect()
}
