//! Figures as clients see them.

use std::time::Duration;

use chrono::TimeDelta;
use domain::conversation;
use domain::id::ConversationId;
use domain::message::{Send, Text};
use serde_json::{Value, json};
use simulator::Fault;
use tests::hub::{link, unique_number};
use tests::socket::Subscriber;
use tests::{Hub, Options};

fn movable() -> Options {
    Options { movable_clock: true, ..Options::default() }
}

/// A customer asks what nobody knows; a member answers after 90 seconds and hands back after ten minutes.
async fn handed_over(hub: &Hub, name: &str) -> ConversationId {
    let stored = hub.stored(&hub.says(&hub.customer(name), "something that nobody knows").await).await;
    let id = ConversationId(stored.conversation_id);
    hub.becomes(id, "PENDING_FIRST_RESPONSE").await;
    hub.quiet().await;
    hub.advance(TimeDelta::seconds(90));
    let send = Send::of(id, Text::parse("a person answers").unwrap());
    domain::message::send(&hub.env, &hub.actor, &send).await.unwrap();
    hub.settle().await;
    hub.advance(TimeDelta::seconds(510));
    conversation::hand_back(&hub.env, &hub.actor, id).await.unwrap();
    hub.settle().await;
    id
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn times_questions_documents_and_failures_are_told() {
    let hub = Hub::with(movable()).await;
    let known = hub.stored(&hub.says(&hub.customer("Ada"), tests::knowledge::QUESTION).await).await;
    hub.settle().await;
    handed_over(&hub, "Bo").await;
    hub.simulator.script().fail_next(1, Fault::undeliverable());
    let failing = hub.stored(&hub.says(&hub.customer("Cy"), tests::knowledge::QUESTION).await).await;
    hub.stand(ConversationId(failing.conversation_id), &[("FAILED", 1)]).await;
    hub.settle().await;
    hub.advance(TimeDelta::seconds(1));
    let durations = "{ count medianSeconds p90Seconds }";
    let query = format!(
        "query ($id: ID!) {{ node(id: $id) {{ ... on Widget {{ recentMetrics {{ uniqueConversations uniqueContacts \
         firstResponse {durations} handling {durations} unansweredQuestions undelivered {{ total byFault {{ fault messages }} }} \
         citedDocuments(first: 1) {{ document {{ id kind }} answers }} stretches {{ firstResponse {durations} }} }} }} }} }}"
    );
    let data = hub.client.data(&query, json!({"id": hub.widget.to_string()})).await;
    let shown = &data["node"]["recentMetrics"];
    let once = |seconds: i64| json!({"count": 1, "medianSeconds": seconds, "p90Seconds": seconds});
    assert_eq!(shown["firstResponse"], once(90));
    assert_eq!(shown["handling"], once(600));
    assert_eq!(shown["stretches"][30]["firstResponse"], once(90));
    let none = json!({"count": 0, "medianSeconds": null, "p90Seconds": null});
    assert_eq!(shown["stretches"][29]["firstResponse"], none);
    assert_eq!((&shown["uniqueConversations"], &shown["uniqueContacts"]), (&json!(3), &json!(3)));
    assert_eq!(shown["unansweredQuestions"], 1);
    let failed = json!({"total": 1, "byFault": [{"fault": "RECIPIENT", "messages": 1}]});
    assert_eq!(shown["undelivered"], failed);
    assert_eq!(shown["citedDocuments"][0]["answers"], 2, "{shown}");

    let questions = "query ($from: DateTime!, $until: DateTime!, $widget: ID, $after: String) { workspace { unansweredQuestions(\
                     from: $from, until: $until, widgetId: $widget, first: 1, after: $after) { nodes { question reason } \
                     pageInfo { hasNextPage endCursor } } } }";
    handed_over(&hub, "Di").await;
    let now = hub.env.clock.now() + TimeDelta::seconds(1);
    let mut variables =
        json!({"from": now - TimeDelta::days(1), "until": now, "widget": hub.widget.to_string()});
    let first =
        hub.client.data(questions, variables.clone()).await["workspace"]["unansweredQuestions"].take();
    let asked = json!([{"question": "something that nobody knows", "reason": "UNSURE"}]);
    assert_eq!((&first["nodes"], &first["pageInfo"]["hasNextPage"]), (&asked, &json!(true)));
    variables["after"] = first["pageInfo"]["endCursor"].clone();
    let second =
        hub.client.data(questions, variables.clone()).await["workspace"]["unansweredQuestions"].take();
    assert_eq!((&second["nodes"], &second["pageInfo"]["hasNextPage"]), (&asked, &json!(false)));
    variables["widget"] = ConversationId(known.conversation_id).to_string().into();
    let answer = hub.client.send(questions, variables).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "NOT_FOUND", "{answer}");
    hub.finish().await;
}

/// Widgets asked for together show one moment, each its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn figures_of_many_widgets_are_each_its_own() {
    let hub = Hub::with(movable()).await;
    let number = unique_number(&format!("{}/webhooks/whatsapp", hub.client.base));
    hub.simulator.add_number(number.clone());
    let second = link(&hub.env, &hub.actor, &number, &movable()).await;
    hub.stored(&hub.says(&hub.customer("Ada"), tests::knowledge::QUESTION).await).await;
    for name in ["Bo", "Cy"] {
        let says = hub.simulator.customer_says(&number.phone_number_id, &hub.customer(name), "hello").await;
        hub.stored(&says).await;
    }
    hub.settle().await;
    hub.advance(TimeDelta::seconds(1));
    let query = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Widget { recentMetrics { until conversations \
                 uniqueContacts messages { total } } liveCounts { status conversations } } } workspace { liveCounts { conversations } } }";
    let ids = [hub.widget.to_string(), second.to_string()];
    let data = hub.client.data(query, json!({"ids": ids})).await;
    let recent = |n: usize| &data["nodes"][n]["recentMetrics"];
    assert_eq!((&recent(0)["conversations"], &recent(1)["conversations"]), (&json!(1), &json!(2)));
    assert_eq!((&recent(0)["messages"]["total"], &recent(1)["messages"]["total"]), (&json!(2), &json!(2)));
    assert_eq!(recent(0)["until"], recent(1)["until"]);
    assert_eq!((&recent(0)["uniqueContacts"], &recent(1)["uniqueContacts"]), (&json!(1), &json!(2)));
    let conversations = |counts: &Value| -> i64 {
        counts.as_array().unwrap().iter().map(|count| count["conversations"].as_i64().unwrap()).sum()
    };
    let live = |n: usize| conversations(&data["nodes"][n]["liveCounts"]);
    assert_eq!((live(0), live(1), conversations(&data["workspace"]["liveCounts"])), (1, 2, 3));
    hub.finish().await;
}

/// A dashboard gets the figures at once, and again when something happened; not for every single event.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dashboard_is_told_when_figures_change() {
    let hub = Hub::with(Options { bot: false, ..Options::default() }).await;
    let query = "subscription ($widget: ID) { metricsChanged(widgetId: $widget) { recentMetrics { messages { total } feedback { agent { up down } } } \
                 liveCounts { status conversations } } }";
    let widget = json!({"widget": hub.widget.to_string()});
    let mut dashboard = Subscriber::open(&hub.client, query, widget).await;
    let total = |data: &Value| data["metricsChanged"]["recentMetrics"]["messages"]["total"].as_i64().unwrap();
    assert_eq!(total(&dashboard.data().await), 0);
    for n in 0..10 {
        hub.says(&hub.customer(&format!("Customer {n}")), "hello").await;
    }
    let (mut told, mut last) = (0, 0);
    while last < 10 {
        let data = dashboard.data().await;
        let next = total(&data);
        assert!(next > last || told == 0, "{last} to {next}");
        (told, last) = (told + 1, next);
    }
    assert!(told <= 5, "told {told} times of 10 messages");
    // Nothing happens: nothing is told.
    hub.quiet().await;
    let silence = tokio::time::timeout(Duration::from_secs(4), async {
        loop {
            assert_eq!(total(&dashboard.data().await), 10, "only what was under way");
        }
    });
    assert!(silence.await.is_err());
    // A rating counts by when its message was written, and is told at once all the same.
    let scope = hub.scope();
    let one = scope.find::<entity::conversation::Entity>().one(scope.reader()).await.unwrap().unwrap();
    let reply = hub.replies(ConversationId(one.id), "a person answers").await;
    domain::feedback::rate(&hub.env, &hub.actor, reply, domain::feedback::Rating::Up, None).await.unwrap();
    let ratings = |data: &Value| data["metricsChanged"]["recentMetrics"]["feedback"]["agent"].clone();
    while ratings(&dashboard.data().await) != json!({"up": 1, "down": 0}) {}
    let unknown = json!({"widget": "widget_01h455vb4pex5vsknk084sn02q"});
    let mut other = Subscriber::open(&hub.client, query, unknown).await;
    let refused = other.receive().await;
    assert_eq!(refused["payload"]["errors"][0]["extensions"]["code"], "NOT_FOUND", "{refused}");
    hub.finish().await;
}
