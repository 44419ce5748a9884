//! Tokens that end, numbers that Meta does not show, subscriptions that go: shown by a call or by a probe.

use chrono::TimeDelta;
use domain::health::State;
use serde_json::json;
use simulator::{Fault, Number};
use tests::knowledge::QUESTION;
use tests::wait::until;
use tests::{Hub, Options};

use super::{becomes, changes, conversation, people_only, shown, state};

fn arrived(hub: &Hub) -> usize {
    hub.simulator.sends().iter().filter(|sent| sent.arrived()).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revoked_token_stops_the_queue_without_burning_it_until_a_new_one_is_given() {
    let hub = Hub::with(people_only()).await;
    let id = conversation(&hub).await;
    hub.simulator.script().statuses(false);
    // The owner made another token at Meta; the old one no longer counts.
    let renewed = Number { access_token: "renewed-token".into(), ..hub.number.clone() };
    hub.simulator.add_number(renewed);
    hub.replies(id, "hello").await;
    becomes(&hub, State::NeedsReauth).await;
    assert_eq!(
        (changes(&hub).await, shown(&hub).await["tokenValid"].clone()),
        (vec![(State::NeedsReauth, None)], json!(false))
    );
    hub.advance(TimeDelta::hours(3));
    hub.settle().await;
    let delivery = &hub.deliveries(id).await[0];
    assert_eq!((delivery.state.as_str(), delivery.attempts), ("QUEUED", 1), "probes ask, the queue does not");
    let (_, errors) = hub
        .client
        .attempt(
            "widgetReconnect",
            json!({"widgetId": hub.widget.to_string(), "accessToken": "wrong"}),
            "widget { id }",
        )
        .await;
    assert_eq!(errors[0]["code"], "REJECTED_BY_META");
    let input = json!({"widgetId": hub.widget.to_string(), "accessToken": "renewed-token"});
    let payload =
        hub.client.mutate("widgetReconnect", input, "widget { health { state } } eventCursor").await;
    assert_eq!(payload["widget"]["health"]["state"], "CONNECTED");
    assert!(payload["eventCursor"].is_string());
    until("what waited is sent", async || (arrived(&hub) == 1).then_some(())).await;
    assert_eq!(changes(&hub).await, [(State::NeedsReauth, None), (State::Connected, None)]);
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_idle_number_whose_token_ended_is_known_within_five_minutes_by_an_event() {
    let hub = Hub::with(people_only()).await;
    hub.simulator.script().expire_tokens(true);
    hub.advance(TimeDelta::minutes(5) - TimeDelta::seconds(1));
    hub.settle().await;
    assert_eq!(state(&hub).await, State::Connected);
    hub.advance(TimeDelta::seconds(1));
    becomes(&hub, State::NeedsReauth).await;
    assert_eq!(changes(&hub).await, [(State::NeedsReauth, None)]);
    hub.simulator.script().expire_tokens(false);
    hub.advance(TimeDelta::minutes(5));
    becomes(&hub, State::Connected).await;
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_receipt_that_is_refused_shows_a_revoked_token_too() {
    let hub = Hub::with(Options { movable_clock: true, ..Options::default() }).await;
    let marks = domain::widget::Advanced { mark_as_read: Some(true), ..Default::default() };
    domain::widget::update_advanced(&hub.env, &hub.actor, hub.widget, &marks).await.unwrap();
    hub.simulator.script().expire_tokens(true);
    // An image without words gets no answer, so nothing but the receipt can tell.
    let image = simulator::Content::Other { kind: "image".into(), node: json!({"id": "1"}) };
    hub.simulator.customer_sends(&hub.number.phone_number_id, &hub.customer("Ada"), &image).await;
    becomes(&hub, State::NeedsReauth).await;
    assert_eq!(hub.simulator.sends().len(), 0);
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_that_is_not_registered_needs_setup_and_is_well_once_meta_shows_it() {
    let hub = Hub::with(people_only()).await;
    let id = conversation(&hub).await;
    hub.simulator.script().statuses(false).fail_next(1, Fault::not_registered());
    hub.replies(id, "hello").await;
    becomes(&hub, State::NeedsSetup).await;
    hub.simulator.script().number_status("DISCONNECTED");
    hub.advance(TimeDelta::minutes(5));
    hub.settle().await;
    assert_eq!((state(&hub).await, arrived(&hub)), (State::NeedsSetup, 0));
    assert!(shown(&hub).await["reason"].as_str().unwrap().contains("DISCONNECTED"));
    hub.simulator.script().number_status("CONNECTED");
    hub.advance(TimeDelta::minutes(5));
    becomes(&hub, State::Connected).await;
    until("what waited is sent", async || (arrived(&hub) == 1).then_some(())).await;
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscription_that_was_dropped_is_found_within_the_hour_and_mended_by_hand() {
    let hub = Hub::with(people_only()).await;
    hub.simulator.script().unsubscribe(&hub.number.waba_id);
    hub.advance(TimeDelta::minutes(55));
    hub.settle().await;
    assert_eq!(shown(&hub).await["subscribed"], json!(true), "it is checked once an hour");
    hub.advance(TimeDelta::minutes(5));
    until("it is found", async || (shown(&hub).await["subscribed"] == json!(false)).then_some(())).await;
    hub.settle().await;
    assert_eq!(changes(&hub).await, [(State::Connected, Some(false))], "sends are none of its business");
    domain::widget::reconnect(&hub.env, &hub.actor, hub.widget, None).await.unwrap();
    assert_eq!(shown(&hub).await["subscribed"], json!(true));
    // Messages come again.
    conversation(&hub).await;
    hub.finish().await;
}

/// The bot's question is not lost either: a person gets it within ten minutes, new ones at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_token_is_invalid_customers_get_to_people() {
    let hub = Hub::with(Options { movable_clock: true, ..Options::default() }).await;
    hub.simulator.script().expire_tokens(true);
    let ask = async |name: &str| {
        let stored = hub.stored(&hub.says(&hub.customer(name), QUESTION).await).await;
        domain::id::ConversationId(stored.conversation_id)
    };
    let ada = ask("Ada").await;
    becomes(&hub, State::NeedsReauth).await;
    hub.advance(TimeDelta::seconds(60));
    let bo = ask("Bo").await;
    hub.becomes(bo, "PENDING_FIRST_RESPONSE").await;
    hub.advance(TimeDelta::minutes(9));
    hub.becomes(ada, "PENDING_FIRST_RESPONSE").await;
    for id in [ada, bo] {
        assert_eq!(hub.wait_reasons(id).await, ["CHANNEL_UNAVAILABLE"]);
    }
    hub.finish().await;
}
