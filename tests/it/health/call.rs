//! What calls show of a number, by their answers, by statuses or by webhooks of their own; and what is old news.

use std::time::Duration;

use chrono::TimeDelta;
use domain::event::Event;
use domain::health::State;
use domain::widget;
use serde_json::json;
use simulator::Fault;
use tests::Hub;
use tests::wait::until;

use super::{becomes, conversation, people_only, shown, state};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_from_before_the_reconnect_does_not_undo_it() {
    let hub = Hub::with(people_only()).await;
    let id = conversation(&hub).await;
    let script = hub.simulator.script();
    script.statuses(false).answer_delay(Duration::from_secs(2)).fail_next(1, Fault::expired_token());
    hub.replies(id, "with the old token").await;
    until("it is on its way", async || (hub.simulator.sends().len() == 1).then_some(())).await;
    script.answer_delay(Duration::ZERO);
    hub.advance(TimeDelta::milliseconds(1));
    let renewed = simulator::Number { access_token: "renewed-token".into(), ..hub.number.clone() };
    hub.simulator.add_number(renewed);
    widget::reconnect(&hub.env, &hub.actor, hub.widget, Some("renewed-token")).await.unwrap();
    until("the old try is over", async || (hub.states(id).await[0].0 != "SENDING").then_some(())).await;
    hub.settle().await;
    hub.advance(TimeDelta::seconds(1));
    hub.stand(id, &[("SENT", 2)]).await;
    assert_eq!(state(&hub).await, State::Connected);
    let told = |event: &Event| matches!(event, Event::WidgetHealthChanged { .. });
    assert!(!hub.events().await.iter().any(told), "nobody was alarmed");
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscription_that_is_mended_by_hand_is_told_too() {
    let hub = Hub::with(people_only()).await;
    let told = async || {
        let of = |event| match event {
            Event::WidgetHealthChanged { subscribed, .. } => Some(subscribed),
            _ => None,
        };
        hub.events().await.into_iter().filter_map(of).collect::<Vec<_>>()
    };
    hub.simulator.script().unsubscribe(&hub.number.waba_id);
    hub.advance(TimeDelta::minutes(60));
    until("it is found", async || (told().await == [Some(false)]).then_some(())).await;
    widget::reconnect(&hub.env, &hub.actor, hub.widget, None).await.unwrap();
    assert_eq!(told().await, [Some(false), Some(true)]);
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_error_of_the_account_counts_when_a_status_brings_it() {
    let hub = Hub::with(people_only()).await;
    let id = conversation(&hub).await;
    hub.simulator.script().fail_later(1, Fault::new(400, 131_042, "Business eligibility payment issue"));
    hub.replies(id, "hello").await;
    until("it failed", async || (hub.states(id).await[0].0 == "FAILED").then_some(())).await;
    becomes(&hub, State::Restricted).await;
    assert_eq!(shown(&hub).await["errorCode"], json!(131_042));
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_error_counts_when_a_webhook_of_its_own_brings_it() {
    let hub = Hub::with(people_only()).await;
    conversation(&hub).await;
    let post = async |code: i64| {
        let errors = json!([{"code": code, "title": "?", "message": "?"}]);
        let metadata = json!({"phone_number_id": hub.number.phone_number_id, "display_phone_number": "1555"});
        let value = json!({"messaging_product": "whatsapp", "metadata": metadata, "errors": errors});
        let entry = json!({"id": hub.number.waba_id, "changes": [{"field": "messages", "value": value}]});
        let body = json!({"object": "whatsapp_business_account", "entry": [entry]});
        assert_eq!(hub.simulator.post_raw(&hub.number.app, serde_json::to_vec(&body).unwrap()).await, 200);
        hub.settle().await;
    };
    post(130_429).await;
    assert_eq!(shown(&hub).await["sending"]["blockedBy"], json!("THROTTLED"));
    post(131_031).await;
    assert_eq!(state(&hub).await, State::Restricted);
    hub.finish().await;
}

/// Meta does not answer: it is asked once and not by every worker.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_probe_that_hangs_is_not_repeated_meanwhile() {
    let hub = Hub::with(people_only()).await;
    hub.settle().await;
    hub.simulator.script().stall(true);
    hub.advance(TimeDelta::minutes(5));
    until("it is asked", async || (hub.simulator.stalled() == 1).then_some(())).await;
    // The jobs of two ticks.
    tokio::time::sleep(Duration::from_secs(7)).await;
    assert_eq!(hub.simulator.stalled(), 1);
    hub.simulator.script().stall(false);
    hub.settle().await;
    hub.finish().await;
}
