//! Figures are what a plain count gives, whenever and however often they were rolled up.

mod company;
mod figures;
mod rows;
mod shown;
mod sql;

use chrono::TimeDelta;
use domain::metrics;
use sea_orm::ConnectionTrait;
use serde_json::json;
use tests::program::Program;
use tests::{Hub, Options};

use company::Company;
use rows::Rows;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_figure_is_a_plain_count_whenever_it_was_rolled_up() {
    let seed = std::env::var("COLLOQUY_METRICS_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed: u64 = seed.unwrap_or_else(rand::random);
    println!("COLLOQUY_METRICS_SEED={seed}");
    let mut company = Company::found(seed).await;
    let steps = if std::env::var_os("COLLOQUY_LONG").is_some() { 2_000 } else { 250 };
    for step in 0..steps {
        company.something_happens().await;
        if step % 5 == 0 {
            company.figures_are_right().await;
        }
    }
    company.people_have_been_busy().await;
    company.hub.quiet().await;
    for _ in 0..30 {
        company.figures_are_right().await;
    }
    let total = Rows::read(&company.hub).await;
    let (messages, sessions, waits) = (total.messages.len(), total.sessions.len(), total.waits.len());
    println!("{messages} messages, {sessions} sessions, {waits} waits");
    assert!(messages > 50 && sessions > 5 && waits > 1_000);
    // Counted anew from zero, the tables say the same without anybody's help.
    metrics::rebuild(&company.hub.env, company.hub.actor.workspace).await.unwrap();
    while !metrics::progress(&company.hub.scope()).await.unwrap().is_done() {
        metrics::roll_up(&company.hub.env, company.hub.actor.workspace).await.unwrap();
    }
    let scope = company.hub.scope();
    let buckets = scope.find::<entity::metric_bucket::Entity>().all(scope.reader()).await.unwrap();
    let rolled: i64 = buckets.iter().map(|row| row.customer + row.bot + row.agent + row.business_app).sum();
    let written = total.messages.iter().filter(|row| row.author != "SYSTEM").count();
    assert_eq!(rolled, i64::try_from(written).unwrap());
    for _ in 0..10 {
        company.figures_are_right().await;
    }
    company.hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn widgets_channels_and_the_workspace_show_their_figures() {
    let hub = Hub::with(Options { movable_clock: true, ..Options::default() }).await;
    hub.client.mutate("workspaceUpdate", json!({"timeZone": "Asia/Kathmandu"}), "workspace { id }").await;
    let ada = hub.customer("Ada");
    hub.stored(&hub.says(&ada, tests::knowledge::QUESTION).await).await;
    hub.settle().await;
    // 09:00 UTC is 14:45 in Kathmandu: the next day begins at 18:15 UTC.
    hub.advance(TimeDelta::minutes(9 * 60 + 16));
    hub.stored(&hub.says(&hub.customer("Bo"), "hello").await).await;
    hub.settle().await;
    // What happens at this very moment is not recent yet.
    hub.advance(TimeDelta::seconds(1));
    let figures = "from until timeZone conversations messages { total customer bot agent businessApp } \
                   closed { total resolvedByBot botResolutionRate } \
                   handedOver { total rate byReason { reason sessions } } \
                   stretches { date conversations messages { total } }";
    let live = "liveCounts { status conversations }";
    let query = format!(
        "query ($id: ID!) {{ node(id: $id) {{ ... on Widget {{ recentMetrics {{ {figures} }} {live} \
         channel {{ recentMetrics {{ {figures} }} {live} }} }} }} workspace {{ {live} }} }}"
    );
    let data = hub.client.data(&query, json!({"id": hub.widget.to_string()})).await;
    let recent = &data["node"]["recentMetrics"];
    let expected = json!({"total": 3, "customer": 2, "bot": 1, "agent": 0, "businessApp": 0});
    assert_eq!((&recent["messages"], &recent["conversations"]), (&expected, &json!(2)));
    assert_eq!(recent["closed"], json!({"total": 0, "resolvedByBot": 0, "botResolutionRate": null}));
    let unsure = json!([{"reason": "UNSURE", "sessions": 1}]);
    assert_eq!(recent["handedOver"], json!({"total": 1, "rate": 0.5, "byReason": unsure}));
    let days = recent["stretches"].as_array().unwrap();
    assert_eq!(days.len(), 31, "thirty days and the part of another one");
    assert_eq!(days[29], json!({"date": "2026-03-02", "conversations": 1, "messages": {"total": 2}}));
    assert_eq!(days[30], json!({"date": "2026-03-03", "conversations": 1, "messages": {"total": 1}}));
    assert_eq!(data["node"]["channel"]["recentMetrics"], *recent);
    let counts = data["workspace"]["liveCounts"].as_array().unwrap();
    assert_eq!(counts.len(), 7, "every status, also of none");
    let of = |status: &str| {
        counts.iter().find(|count| count["status"] == status).unwrap()["conversations"].as_i64()
    };
    assert_eq!((of("BOT_HANDLING"), of("PENDING_FIRST_RESPONSE"), of("CLOSED")), (Some(1), Some(1), Some(0)));
    assert_eq!(data["node"]["liveCounts"], data["workspace"]["liveCounts"]);

    let by_hour = "query ($from: DateTime!, $until: DateTime!, $zone: String) { workspace { metrics(from: $from, \
                   until: $until, groupBy: HOUR, timeZone: $zone) { timeZone stretches { messages { total } } } } }";
    let day = json!({"from": "2026-03-02T00:00:00Z", "until": "2026-03-03T00:00:00Z", "zone": "UTC"});
    let shown = hub.client.data(by_hour, day).await["workspace"]["metrics"].take();
    let hours = shown["stretches"].as_array().unwrap();
    assert_eq!((hours.len(), &hours[9]["messages"]["total"]), (24, &json!(2)));
    let wrong = [
        (json!({"from": "2026-03-02T00:00:00Z", "until": "2026-03-01T00:00:00Z"}), "before `from`"),
        (json!({"from": "2020-03-02T00:00:00Z", "until": "2026-03-01T00:00:00Z"}), "1000 stretches"),
        (json!({"from": "2026-03-01T00:00:00Z", "until": "2026-03-02T00:00:00Z", "zone": "Mars"}), "IANA"),
    ];
    for (variables, message) in wrong {
        let answer = hub.client.send(by_hour, variables).await;
        let told = answer["errors"][0]["message"].as_str().unwrap_or_default();
        assert!(told.contains(message), "{answer}");
    }
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_counts_everything_anew_and_is_told_how_far_it_is() {
    let mut hub = Hub::with(Options { movable_clock: true, ..Options::default() }).await;
    for n in 0..3 {
        hub.stored(&hub.says(&hub.customer(&format!("Customer {n}")), "hello").await).await;
        hub.settle().await;
        hub.advance(TimeDelta::days(2));
    }
    let db = hub.env.database.writer();
    db.execute_unprepared("UPDATE metric_bucket SET customer = 99").await.expect("they are spoiled");
    hub.stop().await;
    // SQLite has one process at a time.
    let settings = hub.settings();
    let told =
        tokio::task::spawn_blocking(move || Program::output("metrics rebuild", &settings)).await.unwrap();
    assert!(told.contains("0 of 5 days") && told.contains("5 of 5 days"), "{told}");
    hub.reopen().await;
    let scope = hub.scope();
    let buckets = scope.find::<entity::metric_bucket::Entity>().all(scope.reader()).await.unwrap();
    assert_eq!(buckets.iter().map(|row| row.customer).sum::<i64>(), 3, "{buckets:?}");
}

/// Counting anew dies at any point, again and again; a server that starts goes on with it by itself, and nothing is
/// missing or counted twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn counting_anew_survives_kill_9_and_goes_on_by_itself() {
    let mut hub = Hub::with(Options { movable_clock: true, bot: false, ..Options::default() }).await;
    for n in 0..40 {
        hub.stored(&hub.says(&hub.customer(&format!("Customer {n}")), "hello").await).await;
        hub.settle().await;
        hub.advance(TimeDelta::days(1));
    }
    for _ in 0..4 {
        hub.stop().await;
        let (settings, after) = (hub.settings(), rand::random_range(1..30));
        let killed = move || Program::killed_after("metrics rebuild", &settings, after, " days");
        assert_eq!(tokio::task::spawn_blocking(killed).await.unwrap(), after, "it was killed at work");
        hub.restart(false).await;
        let progress = metrics::progress(&hub.scope()).await.unwrap();
        assert!(!progress.is_done(), "{progress:?} after {after} lines");
    }
    hub.stop().await;
    hub.restart(true).await;
    let scope = hub.scope();
    tests::wait::until("the server goes on with it", async || {
        metrics::progress(&scope).await.unwrap().is_done().then_some(())
    })
    .await;
    hub.quiet().await;
    let buckets = scope.find::<entity::metric_bucket::Entity>().all(scope.reader()).await.unwrap();
    let each: Vec<_> = buckets.iter().map(|row| (row.conversations, row.customer)).collect();
    assert_eq!(each.iter().filter(|counts| **counts == (1, 1)).count(), 40, "{each:?}");
    hub.finish().await;
}
