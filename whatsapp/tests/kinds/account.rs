//! What Meta tells about accounts, numbers, templates, calls and the past.

use chrono::DateTime;
use serde_json::{Value, json};
use whatsapp::{AccountUpdate, Content, History, News, Preference, Restriction, Template, parse};

use super::{one, webhook};

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn the_account_s_updates_tell_why() {
    let read = |value: Value| match one("account_update", value) {
        Content::Account(update) => update,
        other => panic!("{other:?}"),
    };
    let removed = read(json!({"event": "PARTNER_REMOVED", "phone_number": "15550783881",
        "disconnection_info": {"reason": "CHANGE_NUMBER", "initiated_by": "USER"}}));
    assert_eq!(
        removed,
        AccountUpdate {
            event: some("PARTNER_REMOVED"),
            phone_number: some("15550783881"),
            disconnection_reason: some("CHANGE_NUMBER"),
            initiated_by: some("USER"),
            ..AccountUpdate::default()
        }
    );
    assert_eq!(removed.detail().as_deref(), Some("CHANGE_NUMBER"));
    let restricted = read(json!({"event": "ACCOUNT_RESTRICTION", "restriction_info": [
        {"restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING", "expiration": 1_800_000_000},
        {"expiration": 1}, "odd"]}));
    let until = DateTime::from_timestamp(1_800_000_000, 0);
    let kind = "RESTRICTED_BIZ_INITIATED_MESSAGING";
    assert_eq!(restricted.restrictions, [Restriction { kind: kind.into(), expires_at: until }]);
    assert_eq!(restricted.detail().as_deref(), Some(kind));
    let banned = read(json!({"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE"}}));
    assert_eq!((banned.ban_state.as_deref(), banned.detail().as_deref()), (Some("DISABLE"), Some("DISABLE")));
    let violation = read(json!({"event": "ACCOUNT_VIOLATION", "violation_info": {"violation_type": "SPAM"}}));
    assert_eq!(violation.violation.as_deref(), Some("SPAM"));
    assert_eq!(read(json!({})), AccountUpdate::default());
    let stored: Content = serde_json::from_str(r#"{"kind":"account","event":"X"}"#).unwrap();
    assert!(matches!(stored, Content::Account(AccountUpdate { event: Some(_), .. })), "older rows are read");
}

#[test]
fn an_account_named_inside_an_update_counts_and_not_the_partner_around_it() {
    let value = json!({"event": "PARTNER_REMOVED", "waba_info": {"waba_id": "77"}});
    let elements = parse(&webhook("account_update", &value)).unwrap();
    assert_eq!(elements[0].waba_id, "77");
}

#[test]
fn the_smaller_news_have_an_event_and_a_detail() {
    let template = || Template { id: some("5"), name: some("order"), language: some("en_US") };
    let named = |mut value: Value| {
        value["message_template_id"] = json!(5);
        value["message_template_name"] = json!("order");
        value["message_template_language"] = json!("en_US");
        value
    };
    let cases = [
        (
            "message_template_status_update",
            named(json!({"event": "REJECTED", "reason": "INVALID_FORMAT"})),
            News::TemplateStatus {
                template: template(),
                event: some("REJECTED"),
                reason: some("INVALID_FORMAT"),
            },
            (Some("REJECTED"), some("order: INVALID_FORMAT")),
        ),
        (
            "message_template_quality_update",
            named(json!({"previous_quality_score": "GREEN", "new_quality_score": "RED"})),
            News::TemplateQuality { template: template(), previous: some("GREEN"), current: some("RED") },
            (Some("RED"), some("order: was GREEN")),
        ),
        (
            "template_category_update",
            named(json!({"new_category": "MARKETING"})),
            News::TemplateCategory { template: template(), previous: None, current: some("MARKETING") },
            (Some("MARKETING"), some("order")),
        ),
        (
            "message_template_components_update",
            named(json!({})),
            News::TemplateComponents { template: template() },
            (None, some("order")),
        ),
        (
            "phone_number_quality_update",
            json!({"event": "DOWNGRADE", "current_limit": "TIER_1K"}),
            News::NumberQuality { event: some("DOWNGRADE"), limit: some("TIER_1K") },
            (Some("DOWNGRADE"), some("TIER_1K")),
        ),
        (
            "phone_number_name_update",
            json!({"decision": "APPROVED", "requested_verified_name": "Tea", "rejection_reason": "NONE"}),
            News::NumberName { decision: some("APPROVED"), name: some("Tea"), reason: None },
            (Some("APPROVED"), some("Tea")),
        ),
        (
            "account_alerts",
            json!({"entity_type": "WABA", "alert_info": {"alert_severity": "CRITICAL", "alert_type": "X", "alert_description": "look"}}),
            News::Alert {
                entity: some("WABA"),
                severity: some("CRITICAL"),
                alert: some("X"),
                description: some("look"),
            },
            (Some("X"), some("look")),
        ),
        (
            "account_review_update",
            json!({"decision": "APPROVED"}),
            News::Review { decision: some("APPROVED") },
            (Some("APPROVED"), None),
        ),
        (
            "business_capability_update",
            json!({"max_daily_conversation_per_phone": "1000", "max_phone_numbers_per_business": 2}),
            News::Capability { daily_conversations: Some(1000), phone_numbers: Some(2) },
            (None, some("1000 conversations a day")),
        ),
        (
            "security",
            json!({"event": "PIN_RESET_REQUEST"}),
            News::Security { event: some("PIN_RESET_REQUEST") },
            (Some("PIN_RESET_REQUEST"), None),
        ),
    ];
    for (field, value, expected, (event, detail)) in cases {
        let Content::News(news) = one(field, value) else { panic!("{field}") };
        assert_eq!(news, expected, "{field}");
        assert_eq!((news.event(), news.detail()), (event, detail), "{field}");
    }
    assert_eq!(one("brand_new", json!({"x": 1})), Content::Other);
}

#[test]
fn calls_name_the_customer_whoever_rang() {
    let read = |value: Value| match one("calls", value) {
        Content::Call(call) => call,
        other => panic!("{other:?}"),
    };
    let rang = read(json!({"calls": [{"id": "wacid.1", "from": "886911", "to": "1555", "event": "connect",
        "direction": "USER_INITIATED", "timestamp": "1760000000"}]}));
    assert_eq!((rang.customer.wa_id.as_deref(), rang.event.as_deref()), (Some("886911"), Some("connect")));
    let ended =
        read(json!({"calls": [{"id": "wacid.1", "from": "1555", "to": "886911", "event": "terminate",
        "direction": "BUSINESS_INITIATED", "status": "COMPLETED", "duration": 120}]}));
    assert_eq!((ended.customer.wa_id.as_deref(), ended.duration_s), (Some("886911"), Some(120)));
    let status = read(
        json!({"statuses": [{"id": "wacid.1", "type": "call", "status": "RINGING", "recipient_id": "886911"}]}),
    );
    assert_eq!(
        (status.customer.wa_id.as_deref(), status.event.as_deref()),
        (Some("886911"), Some("RINGING"))
    );
    assert_eq!(read(json!({"calls": [{}]})), whatsapp::Call::default());
}

#[test]
fn the_past_is_read_message_by_message_and_never_looks_like_today() {
    let message = |from: &str, id: Value| {
        json!({"from": from, "id": id, "timestamp": "1739230955", "type": "text", "text": {"body": "x"},
            "history_context": {"status": "READ"}})
    };
    let value = json!({"metadata": {"display_phone_number": "+1 555", "phone_number_id": "5"}, "history": [{
        "metadata": {"phase": 1, "chunk_order": 2, "progress": "55"},
        "threads": [{"id": "886911", "messages": [message("1555", json!("a")), message("886911", json!("b")), message("1", json!(null))]}],
    }]});
    let elements = parse(&webhook("history", &value)).unwrap();
    let [element] = elements.as_slice() else { panic!("{elements:?}") };
    let Ok(Content::History(chunk)) = &element.content else { panic!() };
    assert_eq!(
        (chunk.phase, chunk.chunk_order, chunk.progress, chunk.unreadable),
        (Some(1), Some(2), Some(55), 1)
    );
    let seen: Vec<_> = chunk.messages.iter().map(|m| (m.id.as_str(), m.from_business)).collect();
    assert_eq!(seen, [("a", true), ("b", false)]);
    assert!(chunk.messages.iter().all(|m| m.customer.wa_id.as_deref() == Some("886911")));
    let stored = serde_json::to_string(element.content.as_ref().unwrap()).unwrap();
    assert!(!stored.contains("886911"), "the past is not stored: {stored}");

    let media = json!({"messages": [{"from": "886911", "id": "m", "type": "image", "image": {"id": "1"}}]});
    let elements = parse(&webhook("history", &media)).unwrap();
    let Ok(Content::History(media)) = &elements[0].content else { panic!() };
    assert_eq!(
        (elements.len(), media.messages[0].id.as_str(), media.messages[0].from_business),
        (1, "m", false)
    );

    let Content::History(declined) = one("history", json!({"history": [{"errors": [{"code": 2_593_109}]}]}))
    else {
        panic!()
    };
    assert_eq!(declined.errors[0].code, 2_593_109);
    assert_eq!(one("history", json!({})), Content::History(History::default()));
}

#[test]
fn people_s_own_changes_name_them() {
    assert!(matches!(one("messages", json!({"errors": [{"code": 130_429}]})), Content::Errors { .. }));
    let update = json!({"user_id_update": [{"wa_id": "+1 2", "user_id": {"previous": "TW.1", "current": "TW.2"},
        "timestamp": "1700000003"}]});
    let expected = Content::UserIdUpdate {
        previous: some("TW.1"),
        current: some("TW.2"),
        wa_id: some("12"),
        timestamp: DateTime::from_timestamp(1_700_000_003, 0),
    };
    assert_eq!(one("user_id_update", update), expected);
    let sync = json!({"state_sync": [{"type": "contact", "action": "add", "contact": {"full_name": "Lin", "phone_number": "+1"}}]});
    assert!(
        matches!(one("smb_app_state_sync", sync), Content::StateSync { full_name: Some(name), .. } if name == "Lin")
    );
    let stop =
        json!({"user_preferences": [{"wa_id": "886911", "category": "marketing_messages", "value": "stop"}]});
    let Content::Preference(Preference { customer, value, .. }) = one("user_preferences", stop) else {
        panic!()
    };
    assert_eq!((customer.wa_id.as_deref(), value.as_deref()), (Some("886911"), Some("stop")));
}
