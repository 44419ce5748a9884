//! Every kind of element, in bodies of our own making, and what strangers' bodies must never do.

mod account;

use serde_json::{Value, json};
use whatsapp::{Body, Content, StatusKind, parse};

fn webhook(field: &str, value: &Value) -> Vec<u8> {
    let body = json!({"object": "whatsapp_business_account",
                      "entry": [{"id": "77", "changes": [{"field": field, "value": value}]}]});
    serde_json::to_vec(&body).unwrap()
}

/// The one content of a `messages` change with this message.
fn message(node: Value) -> Content {
    let mut message = json!({"from": "886911222333", "id": "wamid.1", "timestamp": "1760000000"});
    message.as_object_mut().unwrap().extend(node.as_object().unwrap().clone());
    one("messages", json!({"metadata": {"phone_number_id": "5"}, "messages": [message]}))
}

fn one(field: &str, value: Value) -> Content {
    let elements = parse(&webhook(field, &value)).unwrap();
    assert_eq!(elements.len(), 1, "{value}");
    let content = elements.into_iter().next().unwrap().content.unwrap();
    let stored = serde_json::to_string(&content).unwrap();
    assert_eq!(serde_json::from_str::<Content>(&stored).unwrap(), content, "what is stored reads the same");
    content
}

#[test]
fn every_type_of_message_is_read() {
    let kinds = [
        ("text", json!({"type": "text", "text": {"body": "嗨"}}), Some("嗨")),
        (
            "image",
            json!({"type": "image", "image": {"id": "1", "mime_type": "image/jpeg", "caption": "look"}}),
            Some("look"),
        ),
        ("audio", json!({"type": "audio", "audio": {"id": "1", "voice": true}}), None),
        ("sticker", json!({"type": "sticker", "sticker": {"id": "1", "animated": false}}), None),
        ("document", json!({"type": "document", "document": {"id": "1", "filename": "a.pdf"}}), None),
        ("location", json!({"type": "location", "location": {"latitude": 1.5, "longitude": "2"}}), None),
        ("contacts", json!({"type": "contacts", "contacts": [{"name": {"formatted_name": "Lin"}}]}), None),
        ("reply", json!({"type": "button", "button": {"payload": "p", "text": "Yes"}}), Some("Yes")),
        (
            "reply",
            json!({"type": "interactive", "interactive": {"type": "list_reply", "list_reply": {"id": "1", "title": "Tea"}}}),
            Some("Tea"),
        ),
        (
            "flow",
            json!({"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": {"name": "f", "body": "Sent", "response_json": "{"}}}),
            Some("Sent"),
        ),
        (
            "order",
            json!({"type": "order", "order": {"catalog_id": "1", "text": "please", "product_items": [{"quantity": "2"}]}}),
            Some("please"),
        ),
        ("reaction", json!({"type": "reaction", "reaction": {"message_id": "wamid.0"}}), None),
        (
            "edit",
            json!({"type": "edit", "edit": {"original_message_id": "wamid.0", "message": {"type": "text", "text": {"body": "new"}}}}),
            Some("new"),
        ),
        ("revoke", json!({"type": "revoke", "revoke": {"original_message_id": "wamid.0"}}), None),
        (
            "system",
            json!({"type": "system", "system": {"type": "user_changed_number", "new_wa_id": "1"}}),
            None,
        ),
        ("request_welcome", json!({"type": "request_welcome"}), None),
        (
            "call_permission",
            json!({"type": "interactive", "interactive": {"type": "call_permission_reply", "call_permission_reply": {"response": "accept"}}}),
            None,
        ),
        ("unsupported", json!({"type": "unsupported", "errors": [{"code": 131060}]}), None),
        ("unknown", json!({"type": "hologram", "hologram": {}}), None),
    ];
    for (kind, node, text) in kinds {
        let Content::Message(message) = message(node.clone()) else { panic!("{node}") };
        assert_eq!((message.body.kind(), message.body.text()), (kind, text), "{node}");
        assert_eq!(message.timestamp.unwrap().timestamp(), 1_760_000_000);
    }
    let Content::Message(ghost) = message(json!({"type": "unsupported", "errors": [{"code": "131060"}]}))
    else {
        panic!()
    };
    assert!(matches!(ghost.body, Body::Unsupported { code: Some(131_060), .. }));
}

#[test]
fn a_message_tells_the_advertisement_and_the_product_that_it_came_from() {
    let Content::Message(message) = message(json!({"type": "text", "text": {"body": "hi"},
        "context": {"referred_product": {"catalog_id": "1", "product_retailer_id": "tea-5"}},
        "referral": {"source_type": "ad", "source_id": "9", "headline": "Tea", "ctwa_clid": "click"}}))
    else {
        panic!()
    };
    let referral = message.referral.unwrap();
    assert_eq!((referral.source_type.as_deref(), referral.click_id.as_deref()), (Some("ad"), Some("click")));
    assert_eq!(message.context.unwrap().product.as_deref(), Some("tea-5"));
}

#[test]
fn people_are_joined_by_name_and_never_by_index() {
    let contacts = json!([
        {"profile": {"name": "Zoe"}, "wa_id": "2", "user_id": "TW.2"},
        {"profile": {"name": "Ada", "username": "@ada"}, "wa_id": "1", "user_id": "TW.1"},
    ]);
    let text = |from: Value| json!({"from": from, "id": "wamid.1", "type": "text", "text": {"body": "x"}});
    let value =
        json!({"contacts": contacts, "messages": [text(json!("1")), text(json!("TW.2")), text(json!("3"))]});
    let people: Vec<_> = parse(&webhook("messages", &value))
        .unwrap()
        .into_iter()
        .map(|element| match element.content.unwrap() {
            Content::Message(message) => (message.profile_name, message.from.user_id, message.from.wa_id),
            other => panic!("{other:?}"),
        })
        .collect();
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(people[0], (some("Ada"), some("TW.1"), some("1")));
    assert_eq!(people[1], (some("Zoe"), some("TW.2"), some("2")));
    assert_eq!(people[2], (None, None, some("3")));
}

#[test]
fn echoes_name_the_customer_also_when_the_business_is_named_twice() {
    let echo = |node: Value| {
        let value = json!({"metadata": {"phone_number_id": "5", "display_phone_number": "+1 555"}, "message_echoes": [node]});
        match one("smb_message_echoes", value) {
            Content::Echo(echo) => echo,
            other => panic!("{other:?}"),
        }
    };
    let text = json!({"from": "1555", "to": "+886911", "id": "w", "timestamp": 1_760_000_000, "type": "text", "text": {"body": "hi"}});
    assert_eq!(echo(text).to.wa_id.as_deref(), Some("886911"));
    let revoke = json!({"from": "886911", "to": "1555", "id": "w", "type": "revoke", "revoke": {"original_message_id": "w0"}});
    let revoke = echo(revoke);
    assert_eq!((revoke.to.wa_id.as_deref(), revoke.body.target()), (Some("886911"), Some("w0")));
    let nobody = json!({"from": "1555", "to": "1555", "id": "w", "type": "edit", "edit": {"original_message_id": "w0", "message": {}}});
    assert!(echo(nobody).to.is_nobody());
}

#[test]
fn statuses_carry_their_reference_and_their_errors() {
    let status = json!({"id": "wamid.1", "status": "failed", "recipient_user_id": "TW.1", "biz_opaque_callback_data": "m:1",
                        "errors": [{"code": 131_047, "title": "t", "error_data": {"details": "d"}}]});
    let Content::Status(status) = one("messages", json!({"statuses": [status]})) else { panic!() };
    assert_eq!((&status.status, status.reference.as_deref()), (&StatusKind::Failed, Some("m:1")));
    assert_eq!((status.errors[0].code, status.errors[0].details.as_deref()), (131_047, Some("d")));
    let group = json!({"id": "w", "status": "read", "recipient_type": "group"});
    assert!(
        matches!(one("messages", json!({"statuses": [group]})), Content::Status(status) if status.to_group)
    );
    let Content::Status(odd) = one("messages", json!({"statuses": [{"id": "w", "status": "teleported"}]}))
    else {
        panic!()
    };
    assert_eq!(odd.status, StatusKind::Other("teleported".into()));
}

#[test]
fn one_odd_element_leaves_its_neighbours_whole() {
    let good = json!({"from": "1", "id": "wamid.1", "type": "text", "text": {"body": "x"}});
    let value =
        json!({"messages": [good, "odd", null, {"from": "1"}, {"id": "wamid.2", "type": "text"}, good]});
    let elements = parse(&webhook("messages", &value)).unwrap();
    let whole: Vec<bool> = elements.iter().map(|element| element.content.is_ok()).collect();
    assert_eq!(whole, [true, false, false, false, false, true]);
    assert_eq!(elements.iter().map(|element| element.position).collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5]);
}

#[test]
fn cut_and_mutated_bodies_never_panic() {
    let value = json!({"metadata": {"phone_number_id": "5"}, "contacts": [{"wa_id": "1", "profile": {"name": "😀\u{0}"}}],
        "messages": [{"from": "1", "id": "w", "timestamp": "1", "type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": {"response_json": "\\ud83d"}}}],
        "statuses": [{"id": "w", "status": "read"}], "errors": [{"code": 1}]});
    let body = webhook("messages", &value);
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    for cut in 0..body.len() {
        let _ = parse(&body[..cut]);
    }
    let alphabet = br#"{}[]",:\u0d8D9null-1"#;
    for _ in 0..20_000 {
        let mut mutated = body.clone();
        for _ in 0..1 + random() % 6 {
            let at = (random() % mutated.len() as u64) as usize;
            mutated[at] = alphabet[(random() % alphabet.len() as u64) as usize];
        }
        let _ = parse(&mutated);
    }
}

/// Real bodies, if somebody says where they lie: every element of every one must be readable.
#[test]
fn real_bodies_are_read_whole() {
    let Some(folder) = std::env::var_os("COLLOQUY_FIXTURES") else {
        println!("COLLOQUY_FIXTURES is not set: no real bodies were read");
        return;
    };
    let (mut bodies, mut elements) = (0, 0);
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let parsed = parse(&std::fs::read(&path).unwrap())
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert!(!parsed.is_empty(), "{}", path.display());
        for element in &parsed {
            assert!(element.content.is_ok(), "{}: {:?}", path.display(), element.content);
        }
        bodies += 1;
        elements += parsed.len();
    }
    println!("{bodies} real bodies, {elements} elements");
    assert!(bodies > 0, "the folder has bodies");
}
