//! What stays as it was for as long as a run lasts, and after: its version, what it waits for, its journal.

use chrono::TimeDelta;
use domain::conversation;
use domain::workflow::live;
use serde_json::{Value, json};
use tests::knowledge::QUESTION;
use tests::wait::until;
use tests::{Hub, Options};

use super::stage::{begins, publish, runs, said, set, the_run};

/// Publishes a version that tags otherwise and does not wait.
async fn publish_again(hub: &Hub, workflow: &str, mut steps: Value) {
    steps["steps"][0]["action"]["wait"]["until"]["afterSeconds"] = json!(1);
    steps["steps"][1]["action"]["tag"]["add"] = json!(["Soon back"]);
    let draft = json!({"workflowId": workflow, "definition": steps});
    hub.client.mutate("workflowUpdate", draft, "workflow { id }").await;
    let shown = "workflow { published { number } }";
    let published = hub.client.mutate("workflowPublish", json!({"workflowId": workflow}), shown).await;
    assert_eq!(published["workflow"]["published"]["number"], 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wait_of_ninety_days_survives_restarts_a_new_version_and_a_migration() {
    let mut hub = Hub::with(Options { movable_clock: true, ..Options::default() }).await;
    let steps = json!({"triggers": [{"on": "SESSION_CLOSED"}], "start": "wait", "steps": [
        {"id": "wait", "action": {"wait": {"until": {"afterSeconds": 90 * 86_400}, "elapsed": "tag"}}},
        {"id": "tag", "action": {"tag": {"add": ["Gone for long"], "next": "end"}}},
        {"id": "end", "action": {"end": {"result": "now"}}},
    ]});
    let workflow = publish(&hub, "long", steps.clone()).await;
    let id = begins(&hub, &hub.customer("Ada"), QUESTION).await;
    hub.quiet().await;
    hub.advance(TimeDelta::hours(25));
    hub.settle().await;
    until("it waits", async || runs(&hub, id).await.first().map(|run| run["waitsFor"] == "TIME")).await;
    let (_, errors) =
        hub.client.attempt("workflowDelete", json!({"workflowId": workflow}), "deletedWorkflowId").await;
    assert_eq!(errors[0]["code"], "IN_USE");
    for month in 1..=3 {
        hub.advance(TimeDelta::days(29));
        hub.settle().await;
        if month == 1 {
            publish_again(&hub, &workflow, steps.clone()).await;
        }
        hub.stop().await;
        if month == 2 {
            // The newest change of the database comes while it sleeps.
            hub.reopen().await;
            let db = hub.env.database.writer();
            migration::down(db, 1).await.expect("it goes back");
            migration::up(db).await.expect("it comes again");
        }
        hub.restart(true).await;
        let run = the_run(&hub, id).await;
        assert_eq!((&run["status"], &run["version"]), (&json!("ACTIVE"), &json!(1)));
    }
    hub.advance(TimeDelta::days(3));
    until("it wakes", async || (the_run(&hub, id).await["status"] == "COMPLETED").then_some(())).await;
    let query = "query ($id: ID!) { node(id: $id) { ... on Conversation { tags { name } } } }";
    let tags = hub.client.data(query, json!({"id": id.to_string()})).await["node"]["tags"].take();
    assert_eq!(tags, json!([{"name": "Gone for long"}]), "as the version says with which it began");
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_goes_ninety_days_after_its_end_and_what_it_said_stays() {
    let hub = Hub::with(Options { movable_clock: true, ..Options::default() }).await;
    let steps = |seconds: i64| {
        json!({"start": "tell", "steps": [
            {"id": "tell", "action": {"send": {"text": "Hello.", "next": "wait", "failed": "end"}}},
            {"id": "wait", "action": {"wait": {"until": {"afterSeconds": seconds}, "elapsed": "end"}}},
            {"id": "end", "action": {"end": {}}},
        ]})
    };
    let id = begins(&hub, &hub.customer("Ada"), QUESTION).await;
    hub.quiet().await;
    for (key, seconds) in [("short", 60), ("long", 200 * 86_400)] {
        let workflow = publish(
            &hub,
            key,
            json!({"triggers": [{"on": "SESSION_CLOSED"}],
            "start": steps(seconds)["start"], "steps": steps(seconds)["steps"]}),
        )
        .await;
        assert!(!workflow.is_empty());
    }
    conversation::join(&hub.env, &hub.actor, id).await.unwrap();
    conversation::close(&hub.env, &hub.actor, id).await.unwrap();
    until("both say it", async || (said(&hub, id).await.len() == 3).then_some(())).await;
    hub.quiet().await;
    hub.advance(TimeDelta::minutes(2));
    hub.settle().await;
    for (days, left) in [(89, 2), (2, 1)] {
        hub.advance(TimeDelta::days(days));
        domain::prune::run(&hub.env).await.unwrap();
        let runs = runs(&hub, id).await;
        assert_eq!(runs.len(), left, "{days} more days: {runs:#?}");
    }
    assert_eq!(the_run(&hub, id).await["status"], "ACTIVE", "the one that is not over stays");
    assert_eq!(said(&hub, id).await.len(), 3);
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_stays_on_its_version_until_it_is_moved() {
    let hub = Hub::start().await;
    let version = |tells: &str, ask: &str| {
        json!({"variables": [{"name": "x"}], "start": ask, "steps": [
            {"id": ask, "action": {"ask": {"text": "Yes?", "saveAs": "x", "answered": "tell", "failed": "end"}}},
            {"id": "tell", "action": {"send": {"text": tells, "next": ask, "failed": "end"}}},
            {"id": "end", "action": {"end": {}}},
        ]})
    };
    let workflow = publish(&hub, "w", version("first", "ask")).await;
    set(&hub, &workflow).await;
    let ada = hub.customer("Ada");
    let id = begins(&hub, &ada, "hello").await;
    until("it asks", async || (said(&hub, id).await.len() == 1).then_some(())).await;
    hub.quiet().await;
    let run = the_run(&hub, id).await["id"].clone();
    let again = async |definition: Value| {
        let input = json!({"workflowId": workflow, "definition": definition});
        hub.client.mutate("workflowUpdate", input, "workflow { id }").await;
        hub.client.mutate("workflowPublish", json!({"workflowId": workflow}), "workflow { id }").await;
    };
    let migrate =
        async || hub.client.attempt("workflowMigrate", json!({"runId": run}), "run { version }").await.1;
    assert_eq!(migrate().await[0]["code"], "CANNOT_MIGRATE", "it is there already");
    again(version("second", "ask")).await;
    hub.says(&ada, "one").await;
    until("it tells", async || said(&hub, id).await.contains(&"first".to_owned()).then_some(())).await;
    hub.quiet().await;
    assert_eq!(migrate().await, json!([]));
    hub.quiet().await;
    hub.says(&ada, "two").await;
    until("it tells anew", async || said(&hub, id).await.contains(&"second".to_owned()).then_some(())).await;
    hub.quiet().await;
    again(version("third", "other")).await;
    let errors = migrate().await;
    assert_eq!(errors[0]["message"], "version 3 has no step `ask`, where the run is");
    replays(&hub, &run).await;
    hub.finish().await;
}

/// The run's journal and where it stands are what a replay of what it was told gives.
async fn replays(hub: &Hub, run: &Value) {
    let run: domain::id::RunId = run.as_str().unwrap().parse().unwrap();
    let row = live::load(&hub.scope(), &[run]).await.unwrap().pop().unwrap();
    let (state, entries) = live::replay(&hub.scope(), &row).await.unwrap();
    assert_eq!(state, live::state(&row).unwrap());
    let all = domain::page::Page { after: None, before: None, backwards: false, limit: 1_000 };
    let kept = live::entries(&hub.scope(), &[run], &all).await.unwrap();
    let kept: Vec<_> = kept.iter().map(|row| live::entry(row).unwrap()).collect();
    assert_eq!(entries, kept);
}

/// What it called was published anew between two calls, and once more since.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replay_takes_what_was_published_when_the_run_called_it() {
    let hub = Hub::start().await;
    let gives = |result: i64| json!({"start": "end", "steps": [{"id": "end", "action": {"end": {"result": result.to_string()}}}]});
    let other = publish(&hub, "other", gives(1)).await;
    let calls = json!({"variables": [{"name": "got"}], "start": "wait", "steps": [
        {"id": "wait", "action": {"wait": {"until": {"afterSeconds": 3_600}, "elapsed": "end", "signal": {"name": "go", "then": "call"}}}},
        {"id": "call", "action": {"call": {"workflow": "other", "inputs": [], "saveAs": "got", "returned": "tell", "failed": "end"}}},
        {"id": "tell", "action": {"send": {"text": "{{ vars.got }}", "next": "wait", "failed": "end"}}},
        {"id": "end", "action": {"end": {}}},
    ]});
    let workflow = publish(&hub, "calls", calls).await;
    let id = begins(&hub, &hub.customer("Ada"), QUESTION).await;
    hub.quiet().await;
    let before = said(&hub, id).await.len();
    let input = json!({"workflowId": workflow, "conversationId": id.to_string()});
    let run = hub.client.mutate("workflowStart", input, "run { id }").await["run"]["id"].take();
    for result in 2..=4 {
        hub.client.mutate("workflowSignal", json!({"runId": run, "name": "go"}), "run { id }").await;
        hub.quiet().await;
        let input = json!({"workflowId": other, "definition": gives(result)});
        hub.client.mutate("workflowUpdate", input, "workflow { id }").await;
        hub.client.mutate("workflowPublish", json!({"workflowId": other}), "workflow { id }").await;
    }
    assert_eq!(said(&hub, id).await[before..], ["1", "2", "3"]);
    replays(&hub, &run).await;
    hub.finish().await;
}
