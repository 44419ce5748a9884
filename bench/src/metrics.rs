//! Figures of a busy month: how fast they are told, and what counting ahead costs. PostgreSQL only.

mod seed;

use std::time::{Duration, Instant};

use domain::database::Durability;
use domain::metrics;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;
use tests::{Hub, Options, TestDatabase};

use crate::{Sample, line};

/// How often figures are asked for.
const TIMES: usize = 1_000;
/// How often before: every connection of the pool has seen the statements.
const WARM_UP: usize = 30;
/// Events whose cost is measured.
const EVENTS: i64 = 20_000;

const COUNTS: &str = "conversations messages { total customer bot agent businessApp } closed { total resolvedByBot } \
                      handedOver { total } stretches { date conversations messages { total } }";
const EVERYTHING: &str = "firstResponse { medianSeconds p90Seconds } handling { medianSeconds p90Seconds } \
                          unansweredQuestions undelivered { total } citedDocuments { answers }";

pub async fn run() {
    if !TestDatabase::is_postgres() {
        return line("metrics", "on PostgreSQL only");
    }
    let messages = std::env::var("COLLOQUY_BENCH_MESSAGES").ok().and_then(|many| many.parse().ok());
    let messages: i64 = messages.unwrap_or(10_000_000);
    let mut hub = Hub::with(Options { durability: Durability::PowerCut, ..Options::default() }).await;
    hub.stored(&hub.says(&hub.customer("Ada"), tests::knowledge::QUESTION).await).await;
    hub.quiet().await;
    hub.stop().await;
    hub.reopen().await;
    let began = Instant::now();
    seed::month(&hub, messages).await;
    eprintln!("{messages} messages written in {:.0} s", began.elapsed().as_secs_f64());
    rebuild(&hub).await;
    per_event(&hub).await;
    hub.restart(true).await;
    line(&format!("recent metrics, {messages} messages in 30 days"), &ask(&hub, COUNTS).await.percentiles());
    let all = format!("{COUNTS} {EVERYTHING}");
    line("the same with times, citations and all others", &ask(&hub, &all).await.percentiles());
    hub.finish().await;
}

fn query(figures: &str) -> String {
    format!("query ($id: ID!) {{ node(id: $id) {{ ... on Widget {{ recentMetrics {{ {figures} }} }} }} }}")
}

/// Over HTTP, one after the other, while customers go on writing.
async fn ask(hub: &Hub, figures: &str) -> Sample {
    let (query, id) = (query(figures), json!({"id": hub.widget.to_string()}));
    let ada = hub.customer("Ada");
    for _ in 0..WARM_UP {
        hub.client.data(&query, id.clone()).await;
    }
    let (mut each, began) = (Vec::new(), Instant::now());
    for n in 0..TIMES {
        if n % 10 == 0 {
            hub.says(&ada, "And another question").await;
        }
        let asked = Instant::now();
        let answer = hub.client.data(&query, id.clone()).await;
        each.push(asked.elapsed());
        assert!(answer["node"]["recentMetrics"]["messages"]["total"].as_i64() > Some(1_000), "{answer}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Sample { each, total: began.elapsed() }
}

/// Everything is counted anew; the sum is what a plain count says.
async fn rebuild(hub: &Hub) {
    let (env, workspace) = (&hub.env, hub.actor.workspace);
    metrics::rebuild(env, workspace).await.expect("it begins");
    let began = Instant::now();
    while !metrics::progress(&hub.scope()).await.expect("the database answers").is_done() {
        metrics::roll_up(env, workspace).await.expect("it counts");
    }
    line("everything counted anew", &format!("{:.1} s", began.elapsed().as_secs_f64()));
    let rolled = "SELECT CAST(SUM(customer + bot + agent + business_app) AS BIGINT) AS n FROM metric_bucket";
    let plain = "SELECT COUNT(*) AS n FROM message";
    assert_eq!(number(hub, rolled).await, number(hub, plain).await, "a message is not counted");
}

/// Messages of the last hour are announced again, and rolled up.
async fn per_event(hub: &Hub) {
    let last = number(hub, "SELECT last AS n FROM feed").await;
    let announce = format!(
        "INSERT INTO event (workspace_id, position, kind, widget_id, conversation_id, body, at) \
         SELECT workspace_id, {last} + ROW_NUMBER() OVER (ORDER BY sent_at DESC), 'MESSAGE_ADDED', widget_id, conversation_id, \
         json_build_object('kind', 'MESSAGE_ADDED', 'widget', widget_id, 'conversation', conversation_id, 'message', id, \
         'number', number, 'author', 'BOT')::TEXT, sent_at FROM message ORDER BY sent_at DESC LIMIT {EVENTS}"
    );
    let db = hub.env.database.writer();
    db.execute_unprepared(&announce).await.expect("events");
    db.execute_unprepared(&format!("UPDATE feed SET last = last + {EVENTS}")).await.expect("the feed");
    let began = Instant::now();
    while number(hub, "SELECT f.last - p.position AS n FROM feed f, metric_progress p").await > 0 {
        metrics::roll_up(&hub.env, hub.actor.workspace).await.expect("it counts");
    }
    let cost = began.elapsed().as_secs_f64() * 1_000_000.0 / EVENTS as f64;
    line("rolling up an event", &format!("{cost:.0} µs"));
}

async fn number(hub: &Hub, sql: &str) -> i64 {
    let db = hub.env.database.writer();
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await;
    row.expect("the database answers").expect("a row").try_get("", "n").expect("a number")
}
