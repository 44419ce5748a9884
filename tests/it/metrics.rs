//! Figures are what a plain count gives, whenever and however often they were rolled up.

use chrono::TimeDelta;
use domain::Time;
use domain::business_hours::Tz;
use domain::conversation::{self, WaitReason};
use domain::id::{ConversationId, WidgetId};
use domain::message::{Send, Text};
use domain::metrics::{self, Counts, Division, Interval, Period, Whose};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter};
use serde_json::json;
use simulator::Customer;
use tests::hub::{link, unique_number};
use tests::program::Program;
use tests::{Hub, Options};

const ZONES: [&str; 5] =
    ["Asia/Kathmandu", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Taipei"];

/// Everything that counts, as it lies in the tables.
#[derive(PartialEq)]
struct Rows {
    messages: Vec<entity::message::Model>,
    /// Each with its widget.
    sessions: Vec<(uuid::Uuid, entity::session::Model)>,
    waits: Vec<entity::human_wait::Model>,
}

impl Rows {
    async fn read(hub: &Hub) -> Self {
        let scope = hub.scope();
        let messages = scope.find::<entity::message::Entity>();
        let messages = messages.filter(entity::message::Column::DuplicateOf.is_null());
        let messages = messages.all(scope.reader()).await.unwrap();
        let conversations = scope.find::<entity::conversation::Entity>().all(scope.reader()).await.unwrap();
        let of = |session: entity::session::Model| {
            let conversation = conversations.iter().find(|row| row.id == session.conversation_id).unwrap();
            (conversation.widget_id, session)
        };
        let sessions = scope.find::<entity::session::Entity>().all(scope.reader()).await.unwrap();
        let mut waits = scope.find::<entity::human_wait::Entity>().all(scope.reader()).await.unwrap();
        waits.sort_by_key(|wait| (wait.started_at, wait.id));
        Self { messages, sessions: sessions.into_iter().map(of).collect(), waits }
    }

    fn count(&self, widgets: &[WidgetId], fits: impl Fn(Time) -> bool) -> Counts {
        let ours = |widget: uuid::Uuid| widgets.contains(&WidgetId(widget));
        let by = |author: &str| {
            let written = self.messages.iter().filter(|row| row.author == author && ours(row.widget_id));
            i64::try_from(written.filter(|row| fits(row.sent_at)).count()).unwrap()
        };
        let mut counts = Counts {
            customer: by("CUSTOMER"),
            bot: by("BOT"),
            agent: by("AGENT"),
            business_app: by("BUSINESS_APP"),
            ..Counts::default()
        };
        for (_, session) in self.sessions.iter().filter(|(widget, _)| ours(*widget)) {
            let first = self.waits.iter().find(|wait| wait.session_id == session.id);
            if fits(session.opened_at) {
                counts.conversations += 1;
                if let Some(wait) = first {
                    counts.handed_over.add(WaitReason::read(wait).unwrap(), 1);
                }
            }
            if session.closed_at.is_some_and(&fits) {
                counts.closed += 1;
                counts.resolved_by_bot += i64::from(first.is_none());
            }
        }
        counts
    }
}

struct Company {
    hub: Hub,
    widgets: Vec<WidgetId>,
    numbers: Vec<String>,
    customers: Vec<Customer>,
    rng: StdRng,
}

impl Company {
    async fn found(seed: u64) -> Self {
        let options = Options { movable_clock: true, ..Options::default() };
        let hub = Hub::with(options.clone()).await;
        let number = unique_number(&format!("{}/webhooks/whatsapp", hub.client.base));
        hub.simulator.add_number(number.clone());
        let second = link(&hub.env, &hub.actor, &number, &options).await;
        let customers = (0..4).map(|n| hub.customer(&format!("Customer {n}"))).collect();
        Self {
            widgets: vec![hub.widget, second],
            numbers: vec![hub.number.phone_number_id.clone(), number.phone_number_id],
            customers,
            rng: StdRng::seed_from_u64(seed),
            hub,
        }
    }

    async fn something_happens(&mut self) {
        let customer = self.customers.choose(&mut self.rng).unwrap().clone();
        let number = self.numbers.choose(&mut self.rng).unwrap().clone();
        let hub = &self.hub;
        match self.rng.random_range(0..12) {
            0..4 => {
                let text = ["hello", tests::knowledge::QUESTION].choose(&mut self.rng).unwrap();
                let wamid = hub.simulator.customer_says(&number, &customer, text).await;
                hub.stored(&wamid).await;
            }
            4 => {
                if hub.simulator.thread(&number, &customer).is_empty() {
                    return;
                }
                hub.stored(&hub.simulator.business_types(&number, &customer, "from the phone").await).await;
            }
            5 => {
                let scope = hub.scope();
                let all = scope.find::<entity::conversation::Entity>().all(scope.reader()).await.unwrap();
                if let Some(conversation) = all.choose(&mut self.rng) {
                    // The session may be over, or the bot answers: then nothing is written.
                    let text = Text::parse("from the hub").unwrap();
                    let send = Send::of(ConversationId(conversation.id), text);
                    let _ = domain::message::send(&hub.env, &hub.actor, &send).await;
                }
            }
            6 => self.somebody_decides().await,
            7 => self.rolls_up().await,
            8 => {
                let zone = ZONES.choose(&mut self.rng).unwrap();
                hub.client.mutate("workspaceUpdate", json!({"timeZone": zone}), "workspace { id }").await;
            }
            _ => {
                let minutes = [1, 14, 60, 700, 2_000].choose(&mut self.rng).unwrap();
                let seconds = self.rng.random_range(0..=minutes * 60);
                hub.advance(TimeDelta::seconds(seconds));
            }
        }
    }

    /// A member joins, hands back or closes, if that is possible.
    async fn somebody_decides(&mut self) {
        let (hub, scope) = (&self.hub, self.hub.scope());
        let all = scope.find::<entity::conversation::Entity>().all(scope.reader()).await.unwrap();
        let Some(conversation) = all.choose(&mut self.rng) else { return };
        let id = ConversationId(conversation.id);
        let (env, actor) = (&hub.env, &hub.actor);
        let _ = match self.rng.random_range(0..3) {
            0 => conversation::join(env, actor, id).await,
            1 => conversation::hand_back(env, actor, id).await,
            _ => conversation::close(env, actor, id).await,
        };
    }

    /// Once, twice at the same time, killed in the middle, or all over again.
    async fn rolls_up(&mut self) {
        let (env, workspace) = (&self.hub.env, self.hub.actor.workspace);
        match self.rng.random_range(0..4) {
            0 => metrics::roll_up(env, workspace).await.unwrap(),
            1 => {
                let (one, other) =
                    tokio::join!(metrics::roll_up(env, workspace), metrics::roll_up(env, workspace));
                assert!(one.is_ok() && other.is_ok());
            }
            2 => {
                let patience = std::time::Duration::from_micros(self.rng.random_range(100..6_000));
                let _ = tokio::time::timeout(patience, metrics::roll_up(env, workspace)).await;
            }
            _ => metrics::rebuild(env, workspace).await.unwrap(),
        }
    }

    /// Any period, at any moment of the roll-up.
    async fn figures_are_right(&mut self) {
        let (mut rows, now) = (Rows::read(&self.hub).await, self.hub.env.clock.now());
        let zone: Tz = ZONES.choose(&mut self.rng).unwrap().parse().unwrap();
        let from = now - TimeDelta::seconds(self.rng.random_range(0..45 * 86_400));
        let until = (from + TimeDelta::seconds(self.rng.random_range(0..30 * 86_400))).min(now);
        let which = self.rng.random_range(0..self.widgets.len());
        let (whose, widgets) = match self.rng.random_bool(0.5) {
            true => (Whose::Workspace, self.widgets.clone()),
            false => (Whose::Widget(self.widgets[which]), vec![self.widgets[which]]),
        };
        let division = Division { zone, interval: Interval::Day };
        let period = Period { from, until };
        // The bot is at work meanwhile: what it did in between nobody can compare.
        let report = loop {
            let report = metrics::report(&self.hub.scope(), whose, period, division).await.unwrap();
            let after = Rows::read(&self.hub).await;
            if after == rows {
                break report;
            }
            rows = after;
        };
        let inside = |at: Time| from <= at && at < until;
        assert_eq!(report.total, rows.count(&widgets, inside), "{whose:?} {period:?}");
        let mut sum = Counts::default();
        for day in &report.stretches {
            let date = |at: Time| at.with_timezone(&zone).date_naive();
            let expected = rows.count(&widgets, |at| inside(at) && date(at) == day.date);
            assert_eq!(day.counts, expected, "{} in {zone}, {period:?}", day.date);
            sum += day.counts;
        }
        assert_eq!(sum, report.total);
    }
}

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
    company.hub.quiet().await;
    for _ in 0..30 {
        company.figures_are_right().await;
    }
    let total = Rows::read(&company.hub).await;
    println!("{} messages, {} sessions", total.messages.len(), total.sessions.len());
    assert!(total.messages.len() > 50 && total.sessions.len() > 5);
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
