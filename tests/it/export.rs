//! `/exports/sessions.csv` says what the tables and the connection say, to nobody else, and no faster than it is read.

mod expected;
mod many;

use std::collections::BTreeMap;

use chrono::{SecondsFormat, TimeDelta};
use domain::conversation;
use domain::id::{ContactId, ConversationId, WidgetId};
use domain::{Time, contact, workspace};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use tests::client::{Client, http};
use tests::hub::{link, start_of_time, unique_number};
use tests::knowledge::QUESTION;
use tests::{Hub, Options};

const COLUMNS: &str = "session_id,number,widget_id,conversation_id,contact_id,contact_name,opened_at,closed_at,close_reason,\
    messages_total,messages_customer,messages_bot,messages_agent,messages_business_app,first_human_reason,\
    resolved_by_bot,first_response_seconds,handling_seconds";

const FIELDS: &str = "id number openedAt closedAt closeReason firstHumanReason resolvedByBot firstResponseSeconds \
    handlingSeconds messages { total customer bot agent businessApp } \
    conversation { id widget { id } contact { id name } }";

async fn get(client: &Client, question: &[(&str, &str)]) -> reqwest::Response {
    let address = format!("{}/exports/sessions.csv", client.base);
    http().get(address).query(question).bearer_auth(&client.token).send().await.expect("the server answers")
}

/// The lines of a file without the first one, which names the columns.
async fn file(client: &Client, question: &[(&str, &str)]) -> Vec<Vec<String>> {
    let answer = get(client, question).await;
    assert_eq!(answer.status(), 200);
    let text = answer.text().await.expect("the whole file");
    assert!(text.ends_with("\r\n") && text.starts_with(COLUMNS), "{text:.500}");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.records().map(|line| line.expect("a line").iter().map(str::to_owned).collect()).collect()
}

fn spell(time: Time) -> String {
    time.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// The sessions of the connection as lines of the file, walked from one end by pages of `size`; in its own order.
async fn walk(client: &Client, variables: Value, size: usize, backwards: bool) -> Vec<Vec<String>> {
    let ends = if backwards { "last: $size, before: $at" } else { "first: $size, after: $at" };
    let query = format!(
        "query ($from: DateTime!, $until: DateTime!, $widget: ID, $size: Int, $at: String) {{ workspace {{ \
         sessions(from: $from, until: $until, widgetId: $widget, {ends}) {{ nodes {{ {FIELDS} }} \
         pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }} }}"
    );
    let (mut lines, mut at) = (Vec::new(), Value::Null);
    loop {
        let mut variables = variables.clone();
        variables["size"] = json!(size);
        variables["at"] = at;
        let page = client.data(&query, variables).await["workspace"]["sessions"].take();
        let nodes: Vec<_> = page["nodes"].as_array().unwrap().iter().map(line).collect();
        assert!(nodes.len() <= size);
        let (more, next) = if backwards {
            lines.splice(0..0, nodes);
            ("hasPreviousPage", "startCursor")
        } else {
            lines.extend(nodes);
            ("hasNextPage", "endCursor")
        };
        if page["pageInfo"][more] == false {
            return lines;
        }
        at = page["pageInfo"][next].clone();
    }
}

fn line(node: &Value) -> Vec<String> {
    let text = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let (thread, messages) = (&node["conversation"], &node["messages"]);
    let cells = [
        text(&node["id"]),
        text(&node["number"]),
        text(&thread["widget"]["id"]),
        text(&thread["id"]),
        text(&thread["contact"]["id"]),
        expected::guarded(&text(&thread["contact"]["name"])),
        text(&node["openedAt"]),
        text(&node["closedAt"]),
        text(&node["closeReason"]),
        text(&messages["total"]),
        text(&messages["customer"]),
        text(&messages["bot"]),
        text(&messages["agent"]),
        text(&messages["businessApp"]),
        text(&node["firstHumanReason"]),
        text(&node["resolvedByBot"]),
        text(&node["firstResponseSeconds"]),
        text(&node["handlingSeconds"]),
    ];
    cells.into()
}

/// A hub with a second widget and sessions of every kind. Names them.
struct Company {
    hub: Hub,
    second: WidgetId,
    /// Conversations by whose they are.
    threads: BTreeMap<&'static str, ConversationId>,
}

impl Company {
    async fn found() -> Self {
        let options = Options { movable_clock: true, ..Options::default() };
        let hub = Hub::with(options.clone()).await;
        let number = unique_number(&format!("{}/webhooks/whatsapp", hub.client.base));
        hub.simulator.add_number(number.clone());
        let second = link(&hub.env, &hub.actor, &number, &options).await;
        let mut company = Self { hub, second, threads: BTreeMap::new() };
        company.a_day_with_the_bot_alone().await;
        company.a_day_with_people(&number.phone_number_id).await;
        company
    }

    async fn a_day_with_the_bot_alone(&mut self) {
        let hub = &self.hub;
        let cy = hub.customer("Cy, \"the\" customer\nof two lines");
        let asked = hub.stored(&hub.says(&cy, QUESTION).await).await;
        self.threads.insert("resolved", ConversationId(asked.conversation_id));
        hub.settle().await;
        hub.advance(TimeDelta::hours(25));
        hub.settle().await;
        // Shown in the session that is over.
        hub.stored(&hub.types(&cy, "out of session").await).await;
        hub.settle().await;
    }

    async fn a_day_with_people(&mut self, second: &str) {
        let hub = &self.hub;
        let (env, actor) = (&hub.env, &hub.actor);
        let [ada, bo, di] =
            ["Ada", "+Bo", "=HYPERLINK(\"http://evil.example\")"].map(|name| hub.customer(name));
        let of = |message: entity::message::Model| ConversationId(message.conversation_id);
        // All at the same moment: only the ids tell them apart.
        let taken = of(hub.stored(&hub.says(&ada, QUESTION).await).await);
        let joined = of(hub.stored(&hub.simulator.customer_says(second, &bo, QUESTION).await).await);
        let open = of(hub.stored(&hub.says(&di, "talk to a human").await).await);
        hub.settle().await;
        hub.advance(TimeDelta::milliseconds(90_250));
        hub.stored(&hub.types(&ada, "I am here").await).await;
        conversation::join(env, actor, joined).await.expect("it joins");
        hub.settle().await;
        hub.advance(TimeDelta::milliseconds(61_900));
        hub.replies(joined, "good day").await;
        hub.settle().await;
        hub.advance(TimeDelta::minutes(4));
        conversation::hand_back(env, actor, taken).await.expect("it goes back");
        conversation::close(env, actor, joined).await.expect("it closes");
        hub.settle().await;
        // A second wait of the same session, which somebody has to answer, and a session of its own afterwards.
        hub.stored(&hub.says(&ada, "talk to a human").await).await;
        hub.settle().await;
        hub.advance(TimeDelta::seconds(30));
        hub.replies(taken, "I am here again").await;
        hub.settle().await;
        conversation::close(env, actor, taken).await.expect("it closes");
        hub.advance(TimeDelta::seconds(1));
        let doubled = hub.stored(&hub.says(&ada, QUESTION).await).await;
        hub.settle().await;
        let sql = match hub.env.database.backend() {
            sea_orm::DbBackend::Postgres => format!("'{}'", doubled.id),
            _ => format!("x'{}'", doubled.id.simple()),
        };
        let sql = format!("UPDATE message SET duplicate_of = id WHERE id = {sql}");
        env.database.writer().execute_unprepared(&sql).await.expect("one row is a duplicate now");
        hub.advance(TimeDelta::seconds(1));
        self.threads.extend([("taken", taken), ("joined", joined), ("open", open)]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_file_says_what_the_tables_and_the_connection_say() {
    let Company { hub, second, threads } = Company::found().await;
    let (from, until) = (spell(start_of_time()), spell(hub.env.clock.now()));
    let all = file(&hub.client, &[("from", &from), ("until", &until)]).await;
    assert_eq!(all, expected::lines(&hub, |_| true).await);
    assert_eq!(file(&hub.client, &[]).await, all, "the last thirty days are the usual period");
    let mut newest_first = all.clone();
    newest_first.reverse();
    let period = json!({"from": from, "until": until});
    for size in [1, 2, 100] {
        assert_eq!(walk(&hub.client, period.clone(), size, false).await, newest_first, "by {size}");
        assert_eq!(walk(&hub.client, period.clone(), size, true).await, newest_first, "back by {size}");
    }

    for widget in [hub.widget, second] {
        let own: Vec<_> = all.iter().filter(|line| line[2] == widget.to_string()).cloned().collect();
        assert!(!own.is_empty() && own.len() < all.len());
        let question = [("from", &*from), ("until", &*until), ("widget", &*widget.to_string())];
        assert_eq!(file(&hub.client, &question).await, own);
        let mut variables = period.clone();
        variables["widget"] = json!(widget.to_string());
        let mut walked = walk(&hub.client, variables, 2, false).await;
        walked.reverse();
        assert_eq!(walked, own);
    }
    // The period has its beginning and not its end.
    let last = &all[all.len() - 1][6];
    let one = file(&hub.client, &[("from", last), ("until", &until)]).await;
    assert_eq!(one, all[all.len() - 1..]);
    assert_eq!(file(&hub.client, &[("from", &from), ("until", last)]).await, all[..all.len() - 1]);
    assert_eq!(file(&hub.client, &[("from", last), ("until", last)]).await, Vec::<Vec<String>>::new());

    let of = |who: &str| {
        let id = threads[who].to_string();
        all.iter().filter(move |line| line[3] == id).map(|line| line[5..].join("|").replace('\n', "/"))
    };
    // From the name on, without the times of opening and closing.
    let shown = |who: &str| -> Vec<String> {
        of(who)
            .map(|line| {
                let cells: Vec<_> = line.split('|').collect();
                [&cells[..1], &cells[3..]].concat().join("|")
            })
            .collect()
    };
    assert_eq!(shown("resolved"), ["Cy, \"the\" customer/of two lines|EXPIRED|3|1|1|0|1||true||0"]);
    assert_eq!(shown("joined"), ["'+Bo|AGENT|3|1|1|1|0|JOINED|false|61|301"]);
    assert_eq!(
        shown("taken"),
        ["Ada|AGENT|5|2|1|1|1|TAKEOVER|false|30|331", "Ada||1|0|1|0|0||false||0"],
        "the takeover itself was no response"
    );
    let [open] = &shown("open")[..] else { panic!("one session") };
    assert!(open.starts_with("'=HYPERLINK") && open.ends_with("|REQUESTED|false||0"), "{open}");
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_is_for_the_workspace_of_the_token_and_a_wrong_question_is_told_how_to_ask() {
    let hub = Hub::with(Options { bot: false, ..Options::default() }).await;
    let thread = hub.stored(&hub.says(&hub.customer("Ada"), "hello").await).await.conversation_id;
    hub.quiet().await;
    let founded = workspace::found(&hub.env, "Another company").await.unwrap();
    let stranger = Client::new(&hub.client.base, &founded.token.unwrap().secret);
    assert_eq!(file(&stranger, &[]).await, Vec::<Vec<String>>::new());
    assert_eq!(file(&hub.client, &[]).await.len(), 1);
    let row = hub.conversation(ConversationId(thread)).await;
    contact::rename(&hub.env, &hub.actor, ContactId(row.contact_id), "-Ada").await.unwrap();
    let (shown, kept) =
        (file(&hub.client, &[]).await, file(&hub.client, &[("widget", &hub.widget.to_string())]).await);
    assert_eq!((&*shown[0][5], &shown), ("'-Ada", &kept));

    let answer = get(&hub.client, &[]).await;
    for (name, value) in [
        ("content-type", "text/csv; charset=utf-8; header=present"),
        ("content-disposition", "attachment; filename=\"sessions.csv\""),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(answer.headers()[name], value);
    }
    assert!(answer.headers().contains_key("x-request-id"));

    let unknown = WidgetId::new().to_string();
    let foreign = hub.widget.to_string();
    for (client, widget) in
        [(&stranger, &*foreign), (&hub.client, &*unknown), (&hub.client, "nonsense"), (&hub.client, "")]
    {
        let answer = get(client, &[("widget", widget)]).await;
        assert_eq!(
            (answer.status().as_u16(), answer.headers().contains_key("x-request-id")),
            (404, true),
            "{widget}"
        );
    }
    for token in ["", "clq_wrong"] {
        let nobody = Client::new(&hub.client.base, token);
        let answer = get(&nobody, &[("from", "nonsense")]).await;
        assert_eq!(answer.status(), 401);
        assert_eq!(answer.headers()["www-authenticate"], "Bearer");
    }
    for (question, told) in [
        (&[("from", "yesterday")][..], "from: write a time as RFC 3339"),
        (&[("until", "")], "until: write a time as RFC 3339"),
        (&[("from", "2026-03-02T17:00:00 08:00")], "%2B stands for +"),
        (
            &[("from", "2026-03-02T09:00:00Z"), ("until", "2026-03-01T09:00:00Z")],
            "let the period end after it begins",
        ),
        (&[("form", "2026-03-02T09:00:00Z")], "use the parameters from, until and widget"),
        (&[("from", "2026-03-02T09:00:00Z"), ("from", "2026-03-02T09:00:00Z")], "each at most once"),
    ] {
        let answer = get(&hub.client, question).await;
        assert_eq!(answer.status(), 400, "{question:?}");
        let text = answer.text().await.unwrap();
        assert!(text.contains(told), "{text}");
    }
    doors(&hub).await;
    hub.finish().await;
}

/// Pages of other origins are refused as at `/graphql`, and a browser may ask first.
async fn doors(hub: &Hub) {
    let address = format!("{}/exports/sessions.csv", hub.client.base);
    let ask = |method, origin: &str| {
        http().request(method, &address).header("origin", origin).bearer_auth(&hub.client.token)
    };
    let foreign = ask(reqwest::Method::GET, "https://evil.example").send().await.unwrap();
    assert_eq!(foreign.status(), 403);
    assert_eq!(ask(reqwest::Method::GET, &hub.client.base).send().await.unwrap().status(), 200);
    assert_eq!(ask(reqwest::Method::OPTIONS, &hub.client.base).send().await.unwrap().status(), 204);
    assert_eq!(ask(reqwest::Method::POST, &hub.client.base).send().await.unwrap().status(), 405);
}
