//! Runs of workflows: steps in one go, steps one at a time, and very many that sleep.

use std::time::{Duration, Instant};

use domain::database::Durability;
use domain::id::{ConversationId, RunId, WorkflowId};
use domain::workflow::definition::Name;
use domain::workflow::run::Signal;
use domain::workflow::{command, live};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use tests::program::Program;
use tests::wait::until;
use tests::{Hub, Options};

use crate::rest::{cpu, ready};
use crate::{Sample, line};

/// Runs, and the steps of each.
const RUNS: usize = 40;
const STEPS: usize = 50;
/// Signals, one at a time.
const SIGNALS: usize = 200;
/// Runs that sleep.
const SLEEPING: i64 = 100_000;
/// For how long the processor is watched.
const WATCHED: Duration = Duration::from_secs(10);

pub async fn run() {
    let hub = Hub::with(Options { durability: Durability::PowerCut, ..Options::default() }).await;
    let asked = hub.says(&hub.customer("Ada"), "hello").await;
    let conversation = ConversationId(hub.stored(&asked).await.conversation_id);
    hub.quiet().await;
    in_one_go(&hub, conversation).await;
    one_at_a_time(&hub, conversation).await;
    asleep(hub, conversation).await;
}

pub async fn publish(hub: &Hub, key: &str, definition: Value) -> WorkflowId {
    let draft = Ok(serde_json::from_value(definition).expect("a definition"));
    let new = command::New { key: key.into(), name: key, draft };
    let (id, _) = command::create(&hub.env, &hub.actor, new).await.expect("a workflow");
    command::publish(&hub.env, &hub.actor, id, None, None).await.expect("a version");
    id
}

pub async fn start(hub: &Hub, workflow: WorkflowId, conversation: ConversationId) -> RunId {
    live::command::start(&hub.env, &hub.actor, workflow, conversation, Vec::new()).await.expect("a run").0
}

/// Each run counts to the end in one look.
async fn in_one_go(hub: &Hub, conversation: ConversationId) {
    let mut steps: Vec<Value> = (0..STEPS - 1)
        .map(|n| {
            json!({"id": format!("s{n}"), "kind": "SET", "next": format!("s{}", n + 1),
            "assignments": [{"variable": "n", "value": "vars.n + 1"}]})
        })
        .collect();
    steps.push(json!({"id": format!("s{}", STEPS - 1), "kind": "END", "result": "vars.n"}));
    let counts = json!({"variables": [{"name": "n", "initial": "0"}], "start": "s0", "steps": steps});
    let workflow = publish(hub, "counts", counts).await;
    let began = Instant::now();
    for _ in 0..RUNS {
        start(hub, workflow, conversation).await;
    }
    hub.quiet().await;
    let total = began.elapsed();
    let done = format!("SELECT COUNT(*) AS n FROM workflow_entry WHERE number < {STEPS}");
    assert_eq!(count(hub, &done).await, i64::try_from(RUNS * STEPS).expect("few"), "every step was done");
    let rate = (RUNS * STEPS) as f64 / total.as_secs_f64();
    line("workflow steps, 50 of a run in one go", &format!("{rate:.0} per second"));
}

/// A signal, the step that waited for it, and the next one: from the command until both are committed.
async fn one_at_a_time(hub: &Hub, conversation: ConversationId) {
    let waits = json!({"variables": [{"name": "n", "initial": "0"}], "start": "wait", "steps": [
        {"id": "wait", "kind": "WAIT", "until": {"afterSeconds": 86_400}, "elapsed": "end", "signal": {"name": "go", "then": "count"}},
        {"id": "count", "kind": "SET", "assignments": [{"variable": "n", "value": "vars.n + 1"}], "next": "wait"},
        {"id": "end", "kind": "END"},
    ]});
    let workflow = publish(hub, "waits", waits).await;
    let run = start(hub, workflow, conversation).await;
    hub.quiet().await;
    let (mut each, whole) = (Vec::new(), Instant::now());
    for n in 1..=SIGNALS {
        let began = Instant::now();
        let signal = Signal { name: Name::from("go"), payload: Value::Null };
        live::command::signal(&hub.env, &hub.actor, run, signal).await.expect("it is told");
        while taken(hub, run).await < i64::try_from(n).expect("few") {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        each.push(began.elapsed());
    }
    let sample = Sample { each, total: whole.elapsed() };
    line("workflow step woken by a signal, one at a time", &sample.percentiles());
    live::command::cancel(&hub.env, &hub.actor, run).await.expect("it ends");
}

async fn taken(hub: &Hub, run: RunId) -> i64 {
    let rows = live::load(&hub.scope(), &[run]).await.expect("the database answers");
    rows.first().map_or(0, |run| run.taken)
}

/// What a hub does beside so many runs that wait for next month.
async fn asleep(mut hub: Hub, conversation: ConversationId) {
    let sleeps = json!({"start": "wait", "steps": [
        {"id": "wait", "kind": "WAIT", "until": {"afterSeconds": 90 * 86_400}, "elapsed": "end"},
        {"id": "end", "kind": "END"},
    ]});
    let workflow = publish(&hub, "sleeps", sleeps).await;
    let run = start(&hub, workflow, conversation).await;
    until("it sleeps", async || {
        let rows = live::load(&hub.scope(), &[run]).await.expect("the database answers");
        rows.first().is_some_and(|run| run.entries > 0).then_some(())
    })
    .await;
    hub.quiet().await;
    multiply(&hub).await;
    hub.stop().await;
    let program = Program::start("serve", &hub.settings());
    ready(&hub).await;
    tokio::time::sleep(Duration::from_secs(5)).await;
    let before = cpu(&program);
    tokio::time::sleep(WATCHED).await;
    if let (Some(before), Some(after)) = (before, cpu(&program)) {
        let share = (after - before) as f64 / WATCHED.as_secs_f64();
        line("processor at rest beside 100,000 sleeping runs", &format!("{share:.1} % of a core"));
    }
}

/// Copies the sleeping run, with ids of their own.
async fn multiply(hub: &Hub) {
    let columns = "workspace_id, workflow_id, version, widget_id, conversation_id, session_id, foreground, begun_by, \
                   first_state, state, status, revision, asks, minds_customer, heard_through, posted, taken, entries, \
                   transitions, due_at, widget_epoch, created_at, updated_at";
    let (id, cause, series) = match tests::TestDatabase::is_postgres() {
        true => {
            ("gen_random_uuid()", "'copy ' || n", format!("generate_series(1, {SLEEPING}) AS series (n)"))
        }
        false => (
            "randomblob(16)",
            "'copy ' || n",
            format!(
                "(WITH RECURSIVE series (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < {SLEEPING}) SELECT n FROM series)"
            ),
        ),
    };
    let sql = format!(
        "INSERT INTO workflow_run (id, cause, {columns}) SELECT {id}, {cause}, {columns} FROM {series}, \
         (SELECT * FROM workflow_run WHERE ended_at IS NULL LIMIT 1) AS original"
    );
    hub.env.database.reader().execute_unprepared(&sql).await.expect("they are copied");
    assert_eq!(
        count(hub, "SELECT COUNT(*) AS n FROM workflow_run WHERE ended_at IS NULL").await,
        SLEEPING + 1
    );
}

async fn count(hub: &Hub, sql: &str) -> i64 {
    let db = hub.env.database.reader();
    let row = db.query_one_raw(sea_orm::Statement::from_string(db.get_database_backend(), sql)).await;
    row.expect("the database answers").expect("a row").try_get("", "n").expect("a number")
}
