//! Workflows that a time of the week begins.

use chrono::TimeDelta;
use domain::id::ConversationId;
use serde_json::{Value, json};
use tests::knowledge::QUESTION;
use tests::wait::until;
use tests::{Hub, Options};

use super::stage::{publish, runs, said};

/// Mondays at ten for everybody who is tagged, and every day at noon for everybody.
fn twice() -> Value {
    json!({"triggers": [
            {"on": "SCHEDULE", "schedule": {"days": ["MONDAY"], "time": "18:00"}, "when": "'Wholesale' in conversation.tags"},
            {"on": "SCHEDULE", "schedule": {"time": "20:00"}},
        ], "start": "tell", "steps": [
        {"id": "tell", "action": {"send": {"text": "It is {{ now }}.", "next": "end", "failed": "end"}}},
        {"id": "end", "action": {"end": {}}},
    ]})
}

async fn asks(hub: &Hub, name: &str) -> ConversationId {
    let wamid = hub.says(&hub.customer(name), QUESTION).await;
    let id = ConversationId(hub.stored(&wamid).await.conversation_id);
    hub.quiet().await;
    id
}

/// What the workflow said, beside the assistant's answer.
async fn told(hub: &Hub, id: ConversationId) -> Vec<String> {
    said(hub, id).await.into_iter().filter(|text| text.starts_with("It is")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn times_of_the_week_begin_runs_where_a_session_is_open_by_the_company_s_clock() {
    // The clock begins on Monday 2026-03-02 at 09:00 UTC, which is 17:00 in Taipei.
    let mut hub = Hub::with(Options { movable_clock: true, ..Options::default() }).await;
    hub.client.mutate("workspaceUpdate", json!({"timeZone": "Asia/Taipei"}), "workspace { id }").await;
    let (ada, bo) = (asks(&hub, "Ada").await, asks(&hub, "Bo").await);
    let tag =
        hub.client.mutate("tagCreate", json!({"name": "Wholesale"}), "tag { id }").await["tag"]["id"].take();
    let tags = json!({"conversationId": ada.to_string(), "add": [tag]});
    hub.client.mutate("conversationTag", tags, "conversation { id }").await;
    publish(&hub, "twice", twice()).await;
    hub.settle().await;
    assert_eq!((runs(&hub, ada).await.len(), runs(&hub, bo).await.len()), (0, 0));

    hub.advance(TimeDelta::minutes(61));
    until("the first time comes", async || (told(&hub, ada).await.len() == 1).then_some(())).await;
    hub.settle().await;
    assert_eq!(told(&hub, ada).await, ["It is 2026-03-02T10:01:00Z."]);
    assert_eq!(told(&hub, bo).await.len(), 0, "its condition does not hold");
    assert_eq!(runs(&hub, ada).await[0]["origin"], "SCHEDULE");

    // The company moves: 20:00 in Kathmandu is 14:15 UTC.
    hub.client.mutate("workspaceUpdate", json!({"timeZone": "Asia/Kathmandu"}), "workspace { id }").await;
    for (minutes, expected) in [(120, 0), (133, 0), (2, 1), (60, 1)] {
        hub.advance(TimeDelta::minutes(minutes));
        hub.settle().await;
        let what = format!("at {}", hub.env.clock.now());
        until(&what, async || (told(&hub, bo).await.len() == expected).then_some(())).await;
    }

    // A time that passes while no server runs is made up for an hour, and left out after that.
    for (until_then, down, expected) in
        [(TimeDelta::minutes(22 * 60 + 44), 45, 1), (TimeDelta::hours(23), 120, 0)]
    {
        hub.advance(until_then);
        let cy = asks(&hub, &format!("Cy, {down} minutes")).await;
        hub.stop().await;
        hub.advance(TimeDelta::minutes(down));
        hub.restart(true).await;
        hub.settle().await;
        hub.settle().await;
        assert_eq!(told(&hub, cy).await.len(), expected, "{down} minutes, at {}", hub.env.clock.now());
    }
    // .. and the next one comes at its time.
    let dee = asks(&hub, "Dee").await;
    hub.advance(TimeDelta::minutes(22 * 60 + 31));
    until("the next time comes", async || (told(&hub, dee).await.len() == 1).then_some(())).await;
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_schedule_without_a_time_or_with_a_wrong_one_is_not_published() {
    let hub = Hub::with(Options { bot: false, ..Options::default() }).await;
    let steps = json!([{"id": "end", "action": {"end": {}}}]);
    let triggers = json!([
        {"on": "SCHEDULE"},
        {"on": "SCHEDULE", "schedule": {"time": "25:00"}},
        {"on": "SESSION_OPENED", "schedule": {"time": "09:00"}},
        {"on": "SCHEDULE", "schedule": {"days": ["SUNDAY"], "time": "00:00"}},
    ]);
    let definition = json!({"triggers": triggers, "start": "end", "steps": steps});
    let input = json!({"key": "wrong", "name": "Wrong", "definition": definition});
    let shown = "workflow { problems { code field message } draft { triggers { schedule { days time } } } }";
    let made = hub.client.mutate("workflowCreate", input, shown).await;
    let problems = made["workflow"]["problems"].as_array().unwrap();
    let fields: Vec<_> = problems.iter().map(|problem| problem["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["triggers[0].schedule", "triggers[1].schedule", "triggers[2].schedule"]);
    let kept = &made["workflow"]["draft"]["triggers"][3]["schedule"];
    assert_eq!(*kept, json!({"days": ["SUNDAY"], "time": "00:00"}));
    hub.finish().await;
}
