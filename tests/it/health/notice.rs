//! What Meta and customers tell beside messages is recorded once, and wakes nobody.

use domain::event::{ContactNotice, Event};
use serde_json::{Value, json};
use simulator::Content;
use tests::Hub;
use tests::wait::until;

use super::{conversation, people_only};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn news_of_accounts_and_templates_are_events_and_nothing_else() {
    let hub = Hub::with(people_only()).await;
    let told = [
        ("account_update", json!({"event": "PARTNER_ADDED"}), Some("PARTNER_ADDED"), None),
        (
            "message_template_status_update",
            json!({"event": "REJECTED", "message_template_name": "order", "reason": "INVALID_FORMAT"}),
            Some("REJECTED"),
            Some("order: INVALID_FORMAT"),
        ),
        (
            "phone_number_quality_update",
            json!({"event": "DOWNGRADE", "current_limit": "TIER_1K"}),
            Some("DOWNGRADE"),
            Some("TIER_1K"),
        ),
        (
            "account_alerts",
            json!({"alert_info": {"alert_type": "X", "alert_description": "look"}}),
            Some("X"),
            Some("look"),
        ),
    ];
    for (field, value, ..) in &told {
        assert!(hub.simulator.account_news(&hub.number.waba_id, field, value));
    }
    let noticed = async || {
        let all = hub.events().await.into_iter().filter_map(|event| match event {
            Event::WidgetNoticed { widget, field, event, detail } if widget == hub.widget => {
                Some((field, event, detail))
            }
            _ => None,
        });
        all.collect::<Vec<_>>()
    };
    until("all are told", async || (noticed().await.len() == told.len()).then_some(())).await;
    let own = |text: Option<&str>| text.map(str::to_owned);
    let expected: Vec<_> = told
        .iter()
        .map(|(field, _, event, detail)| ((*field).to_owned(), own(*event), own(*detail)))
        .collect();
    assert_eq!(noticed().await, expected);
    let contacts =
        hub.client.data("{ contacts { nodes { id } } }", json!({})).await["contacts"]["nodes"].take();
    assert_eq!(contacts, json!([]));
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_customer_does_beside_writing_is_recorded_once_and_opens_nothing() {
    let hub = Hub::with(people_only()).await;
    conversation(&hub).await;
    hub.settle().await;
    let contact = json!({"profile": {"name": "Bo"}, "wa_id": "886955500001", "user_id": "TW.55"});
    let message = |id: &str, node: Value| {
        let mut message = json!({"from": "886955500001", "id": id, "timestamp": "1772442000"});
        message.as_object_mut().unwrap().extend(node.as_object().unwrap().clone());
        json!({"contacts": [contact], "messages": [message]})
    };
    let permission = json!({"type": "interactive", "interactive": {"type": "call_permission_reply",
        "call_permission_reply": {"response": "accept"}}});
    let call = |event: &str| json!({"calls": [{"id": "wacid.1", "from": "886955500001", "event": event, "direction": "USER_INITIATED"}]});
    let stop = json!({"user_preferences": [{"wa_id": "886955500001", "category": "marketing_messages", "value": "stop"}]});
    let all = [
        ("messages", message("wamid.W", json!({"type": "request_welcome"}))),
        ("messages", message("wamid.P", permission)),
        ("calls", call("connect")),
        ("calls", call("terminate")),
        ("user_preferences", stop),
    ];
    for (field, value) in &all {
        hub.meta_posts(field, value.clone()).await;
        hub.settle().await;
    }
    // The same again in other bodies.
    let mut again = message("wamid.W", json!({"type": "request_welcome"}));
    again["contacts"] = json!([]);
    hub.meta_posts("messages", again).await;
    hub.meta_posts("calls", json!({"calls": [call("connect")["calls"][0], call("terminate")["calls"][0]]}))
        .await;
    hub.settle().await;
    let noticed: Vec<_> = hub
        .events()
        .await
        .into_iter()
        .filter_map(|event| match event {
            Event::ContactNoticed { contact, notice, detail, .. } => Some((contact, notice, detail)),
            _ => None,
        })
        .collect();
    let own = |text: &str| Some(text.to_owned());
    assert_eq!(
        noticed,
        [
            (None, ContactNotice::WelcomeRequested, None),
            (None, ContactNotice::CallPermission, own("accept")),
            (None, ContactNotice::Call, own("connect")),
            (None, ContactNotice::Call, own("terminate")),
            (None, ContactNotice::MarketingPreference, own("stop")),
        ]
    );
    let contacts =
        hub.client.data("{ contacts { nodes { id } } }", json!({})).await["contacts"]["nodes"].take();
    assert_eq!(contacts.as_array().unwrap().len(), 1, "only Ada, who wrote");
    // Of somebody who has written, the event names the contact.
    let bo = hub.simulator.customer(Some("886955500001"), Some("TW.55"), "Bo");
    hub.simulator.customer_sends(&hub.number.phone_number_id, &bo, &Content::Text("hello".into())).await;
    hub.settle().await;
    hub.meta_posts(
        "calls",
        json!({"calls": [{"id": "wacid.2", "from": "886955500001", "event": "connect"}]}),
    )
    .await;
    hub.settle().await;
    let last = hub.events().await.pop();
    assert!(matches!(last, Some(Event::ContactNoticed { contact: Some(_), .. })), "{last:?}");
    hub.finish().await;
}
