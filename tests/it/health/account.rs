//! What Meta tells about an account: it leaves, comes back, is removed, restricted, banned.

use chrono::TimeDelta;
use domain::health::State;
use domain::widget;
use serde_json::json;
use simulator::{Fault, Outage};
use tests::Hub;
use tests::hub::{link, unique_number};
use tests::wait::until;

use super::{becomes, changes, conversation, people_only, shown, state};

fn arrived(hub: &Hub) -> usize {
    hub.simulator.sends().iter().filter(|sent| sent.arrived()).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_that_left_keeps_its_queue_and_sends_it_when_it_is_back() {
    let hub = Hub::with(people_only()).await;
    let id = conversation(&hub).await;
    hub.simulator.script().statuses(false).offboard(&hub.number.waba_id);
    becomes(&hub, State::Offboarded).await;
    hub.replies(id, "while away").await;
    hub.advance(TimeDelta::hours(2));
    hub.settle().await;
    assert_eq!((arrived(&hub), hub.simulator.sends().len()), (0, 0), "nothing is even tried");
    let sick = shown(&hub).await;
    assert_eq!(
        (&sick["sending"]["blockedBy"], &sick["sending"]["waitingConversations"]),
        (&json!("UNHEALTHY"), &json!(1))
    );
    assert!(sick["reason"].as_str().is_some(), "{sick}");
    hub.simulator.script().reconnect(&hub.number.waba_id);
    becomes(&hub, State::Connected).await;
    until("the queue is sent", async || (arrived(&hub) == 1).then_some(())).await;
    assert_eq!(changes(&hub).await, [(State::Offboarded, None), (State::Connected, None)]);
    hub.finish().await;
}

/// The two webhooks cross: the probe's answer decides, whatever came last.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_return_that_is_told_before_the_departure_ends_well() {
    let hub = Hub::with(people_only()).await;
    let tell = async |event: &str| {
        assert!(hub.simulator.account_news(&hub.number.waba_id, "account_update", &json!({"event": event})));
        hub.settle().await;
    };
    tell("ACCOUNT_RECONNECTED").await;
    tell("ACCOUNT_OFFBOARDED").await;
    becomes(&hub, State::Connected).await;
    assert_eq!(changes(&hub).await, [(State::Offboarded, None), (State::Connected, None)]);
    hub.finish().await;
}

/// Whether the webhook of the return is lost or Meta cannot be asked just then: five minutes later it is found.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_return_that_nobody_tells_is_found_by_a_probe() {
    let hub = Hub::with(people_only()).await;
    hub.simulator.script().offboard(&hub.number.waba_id);
    becomes(&hub, State::Offboarded).await;
    hub.advance(TimeDelta::minutes(5));
    hub.settle().await;
    assert_eq!(state(&hub).await, State::Offboarded, "Meta still does not show it");
    hub.simulator
        .script()
        .unsubscribe(&hub.number.waba_id)
        .reconnect(&hub.number.waba_id)
        .outage(Some(Outage::Refused));
    hub.advance(TimeDelta::minutes(5));
    hub.settle().await;
    assert_eq!(state(&hub).await, State::Offboarded, "silence tells nothing");
    hub.simulator.script().outage(None);
    hub.advance(TimeDelta::minutes(5));
    becomes(&hub, State::Connected).await;
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_update_concerns_every_number_of_its_account_and_no_other() {
    let hub = Hub::with(people_only()).await;
    let callback = &hub.number.callback_url;
    let sister = simulator::Number { waba_id: hub.number.waba_id.clone(), ..unique_number(callback) };
    let stranger = unique_number(callback);
    let mut widgets = vec![hub.widget];
    for number in [&sister, &stranger] {
        hub.simulator.add_number(number.clone());
        widgets.push(link(&hub.env, &hub.actor, number, &people_only()).await);
    }
    let states = async || {
        let found = domain::health::of(&hub.scope(), &widgets).await.unwrap();
        widgets.iter().map(|id| State::read(&found[id].row).unwrap()).collect::<Vec<_>>()
    };
    hub.simulator.account_news(&hub.number.waba_id, "account_update", &json!({"event": "PARTNER_REMOVED"}));
    until("both of the account", async || {
        (states().await == [State::Disconnected, State::Disconnected, State::Connected]).then_some(())
    })
    .await;
    hub.settle().await;
    // The numbers themselves still answer, and a probe that sees it connects nobody again.
    hub.advance(TimeDelta::minutes(5));
    hub.settle().await;
    assert_eq!(states().await, [State::Disconnected, State::Disconnected, State::Connected]);
    widget::reconnect(&hub.env, &hub.actor, hub.widget, None).await.unwrap();
    assert_eq!(states().await, [State::Connected, State::Disconnected, State::Connected], "the one by hand");
    hub.simulator.account_news(
        &hub.number.waba_id,
        "account_update",
        &json!({"event": "ACCOUNT_RECONNECTED"}),
    );
    until("all are well", async || (states().await == [State::Connected; 3]).then_some(())).await;
    let named = json!({"event": "PARTNER_REMOVED", "phone_number": sister.display_phone_number,
        "disconnection_info": {"reason": "PRIMARY_INACTIVITY", "initiated_by": "SYSTEM"}});
    hub.simulator.account_news(&hub.number.waba_id, "account_update", &named);
    until("the one that is named", async || {
        (states().await == [State::Connected, State::Disconnected, State::Connected]).then_some(())
    })
    .await;
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restriction_is_lifted_by_hand_and_by_nothing_else() {
    let hub = Hub::with(people_only()).await;
    let id = conversation(&hub).await;
    hub.simulator.script().statuses(false).fail_next(1, Fault::new(403, 131_031, "Account has been locked"));
    hub.replies(id, "hello").await;
    becomes(&hub, State::Restricted).await;
    hub.advance(TimeDelta::hours(1));
    hub.settle().await;
    assert_eq!(
        (state(&hub).await, arrived(&hub)),
        (State::Restricted, 0),
        "a probe that shows the number lifts nothing"
    );
    let sick = shown(&hub).await;
    assert_eq!((&sick["errorCode"], &sick["tokenValid"]), (&json!(131_031), &json!(true)));
    widget::reconnect(&hub.env, &hub.actor, hub.widget, None).await.unwrap();
    becomes(&hub, State::Connected).await;
    until("what waited is sent", async || (arrived(&hub) == 1).then_some(())).await;
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_stands_survives_another_trouble() {
    let hub = Hub::with(people_only()).await;
    let id = conversation(&hub).await;
    hub.simulator.script().statuses(false).fail_next(1, Fault::new(403, 131_031, "Account has been locked"));
    hub.replies(id, "hello").await;
    becomes(&hub, State::Restricted).await;
    let reason = shown(&hub).await["reason"].clone();
    hub.simulator.script().expire_tokens(true);
    hub.advance(TimeDelta::minutes(5));
    becomes(&hub, State::NeedsReauth).await;
    hub.simulator.script().expire_tokens(false);
    hub.advance(TimeDelta::minutes(5));
    becomes(&hub, State::Restricted).await;
    assert!(shown(&hub).await["reason"].as_str().is_some_and(|now| now != reason), "it says since when");
    hub.simulator.script().offboard(&hub.number.waba_id);
    becomes(&hub, State::Offboarded).await;
    hub.simulator.script().reconnect(&hub.number.waba_id);
    becomes(&hub, State::Restricted).await;
    assert_eq!(arrived(&hub), 0, "nobody lifted it");
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_restrictions_that_keep_answers_back_stop_the_number() {
    let hub = Hub::with(people_only()).await;
    let tell = async |value: serde_json::Value| {
        hub.simulator.account_news(&hub.number.waba_id, "account_update", &value);
        hub.settle().await;
        state(&hub).await
    };
    let restriction = |kind: &str| json!({"event": "ACCOUNT_RESTRICTION", "restriction_info": [{"restriction_type": kind}]});
    assert_eq!(tell(restriction("RESTRICTED_BIZ_INITIATED_MESSAGING")).await, State::Connected);
    assert_eq!(
        tell(json!({"event": "ACCOUNT_VIOLATION", "violation_info": {"violation_type": "ADULT"}})).await,
        State::Connected
    );
    assert_eq!(tell(restriction("RESTRICTED_CUSTOMER_INITIATED_MESSAGING")).await, State::Restricted);
    let ban = |state: &str| json!({"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": state}});
    assert_eq!(tell(ban("REINSTATE")).await, State::Connected);
    assert_eq!(tell(ban("SCHEDULE_FOR_DISABLE")).await, State::Connected);
    assert_eq!(tell(ban("DISABLE")).await, State::Restricted);
    hub.finish().await;
}
