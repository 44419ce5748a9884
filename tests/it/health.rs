//! How a number is doing at Meta: what shows it, what follows, and how it is mended.

mod account;
mod call;
mod notice;
mod token;

use domain::event::Event;
use domain::health::{self, State};
use domain::id::ConversationId;
use serde_json::{Value, json};
use tests::wait::until;
use tests::{Hub, Options};

fn people_only() -> Options {
    Options { movable_clock: true, bot: false, ..Options::default() }
}

/// A conversation that a person answers.
async fn conversation(hub: &Hub) -> ConversationId {
    ConversationId(hub.stored(&hub.says(&hub.customer("Ada"), "hello").await).await.conversation_id)
}

async fn state(hub: &Hub) -> State {
    let health = health::of(&hub.scope(), &[hub.widget]).await.unwrap();
    State::read(&health[&hub.widget].row).unwrap()
}

async fn becomes(hub: &Hub, expected: State) {
    until(&format!("the number is {expected:?}"), async || (state(hub).await == expected).then_some(()))
        .await;
    hub.quiet().await;
    assert_eq!(state(hub).await, expected);
}

/// Every change of health so far: where to, and whether it was about the subscription.
async fn changes(hub: &Hub) -> Vec<(State, Option<bool>)> {
    let of_health = |event| match event {
        Event::WidgetHealthChanged { from, to, subscribed, .. } => {
            Some((to, subscribed.filter(|_| from == to)))
        }
        _ => None,
    };
    hub.events().await.into_iter().filter_map(of_health).collect()
}

/// The health as a frontend sees it.
async fn shown(hub: &Hub) -> Value {
    let query = "query ($id: ID!) { node(id: $id) { ... on Widget { health { state since reason errorCode tokenValid \
        tokenExpiresAt subscribed probedAt lastWebhookAt webhookFields { field lastReceivedAt } qualityRating \
        onBusinessApp sending { blockedBy blockedSince opensAt waitingConversations messagesPerSecond } } } } }";
    hub.client.data(query, json!({"id": hub.widget.to_string()})).await["node"]["health"].take()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_that_is_well_shows_when_it_last_heard_of_meta() {
    let hub = Hub::with(people_only()).await;
    let before = shown(&hub).await;
    assert_eq!((&before["state"], &before["lastWebhookAt"]), (&json!("CONNECTED"), &Value::Null));
    conversation(&hub).await;
    hub.quiet().await;
    let now = hub.env.clock.now().to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true);
    let after = shown(&hub).await;
    assert_eq!(after["lastWebhookAt"], json!(now));
    assert_eq!(after["webhookFields"][0], json!({"field": "messages", "lastReceivedAt": now}));
    assert_eq!(after["webhookFields"][1]["lastReceivedAt"], Value::Null, "no echo came yet");
    assert_eq!(
        (&after["tokenValid"], &after["subscribed"], &after["onBusinessApp"]),
        (&json!(true), &json!(true), &json!(true))
    );
    assert_eq!((&after["qualityRating"], &after["reason"]), (&json!("GREEN"), &Value::Null));
    let sending = json!({"blockedBy": null, "blockedSince": null, "opensAt": null, "waitingConversations": 0, "messagesPerSecond": 20});
    assert_eq!(after["sending"], sending);
    assert_eq!(changes(&hub).await, [], "linking a number that is well is no news");
    hub.finish().await;
}
