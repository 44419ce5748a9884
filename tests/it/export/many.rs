//! Thousands of sessions: read page by page as the client takes them, by as many statements as pages.

use std::time::Duration;

use chrono::TimeDelta;
use domain::id::ConversationId;
use domain::token;
use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, IntoActiveModel, Set};
use serde_json::json;
use tests::hub::start_of_time;
use tests::wait::until;
use tests::{Hub, Options};

use super::{FIELDS, expected, file, get, spell};

/// Sessions on a page of the export.
const PAGE: usize = 500;
/// A name with which a page of the export is larger than what two sockets hold between them.
const LONG: usize = 20_000;

/// A hub without workers, whose customer has a name of so many letters and had this many sessions. Gives back the
/// period in which they were.
async fn seeded(sessions: usize, letters: usize) -> (Hub, [(&'static str, String); 2]) {
    let mut hub = Hub::with(Options { bot: false, ..Options::default() }).await;
    let wamid = hub.says(&hub.customer("Ada"), "hello").await;
    let thread = hub.conversation(ConversationId(hub.stored(&wamid).await.conversation_id)).await;
    hub.quiet().await;
    hub.stop().await;
    hub.restart(false).await;
    let db = hub.env.database.writer();
    let name = Set(Some("A".repeat(letters)));
    let contact = entity::contact::ActiveModel { id: Set(thread.contact_id), name, ..Default::default() };
    contact.update(db).await.expect("the contact");
    let row = |n: usize| {
        let number = i64::try_from(n).unwrap() + 1_000;
        // Two at each moment.
        let opened_at = start_of_time() + TimeDelta::minutes(number / 2);
        entity::session::Model {
            id: uuid::Uuid::new_v4(),
            workspace_id: thread.workspace_id,
            conversation_id: thread.id,
            number,
            opened_at,
            expires_at: opened_at + TimeDelta::hours(24),
            closed_at: Some(opened_at + TimeDelta::minutes(1)),
            close_reason: Some("AGENT".into()),
            first_number: 1,
            last_number: Some(1),
            created_at: opened_at,
        }
    };
    let rows: Vec<_> = (0..sessions).map(row).collect();
    for some in rows.chunks(500) {
        let some = some.iter().cloned().map(IntoActiveModel::into_active_model);
        entity::session::Entity::insert_many(some).exec_without_returning(db).await.expect("sessions");
    }
    let until = start_of_time() + TimeDelta::minutes(i64::try_from(sessions).unwrap() + 1_000);
    (hub, [("from", spell(start_of_time())), ("until", spell(until))])
}

fn pages(hub: &Hub) -> usize {
    hub.statements.with("FROM \"session\"").len()
}

/// What was asked but for the gauges of operators, who look every five seconds and quote no names.
fn asked(hub: &Hub) -> Vec<String> {
    hub.statements.with(" FROM \"")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_is_read_before_the_client_took_the_one_before() {
    let all = 8 * PAGE + 7;
    let (hub, period) = seeded(all, LONG).await;
    let period = period.each_ref().map(|(name, time)| (*name, time.as_str()));
    hub.statements.listen();
    let mut answer = get(&hub.client, &period).await;
    let mut text = answer.chunk().await.expect("it begins").expect("the first lines").to_vec();
    // The client takes nothing more, so the server comes to a halt.
    let (mut read, mut since) = (pages(&hub), 0);
    while since < 20 {
        tokio::time::sleep(Duration::from_millis(15)).await;
        since = if pages(&hub) == read { since + 1 } else { 0 };
        read = pages(&hub);
    }
    println!("{read} of 9 pages were read for a client that took {} bytes", text.len());
    assert!((1..=3).contains(&read), "{read} pages were read for a client that took {} bytes", text.len());
    while let Some(more) = answer.chunk().await.expect("it goes on") {
        text.extend(more);
    }
    assert_eq!(pages(&hub), 9);
    let lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
    assert_eq!(lines.len(), all + 2, "the columns, the sessions, and nothing behind the last line");
    let ids: Vec<String> =
        lines[1..=all].iter().map(|line| String::from_utf8(line[..34].to_vec()).unwrap()).collect();
    let expected: Vec<_> = expected::lines(&hub, |session| session.number >= 1_000).await;
    assert!(ids.iter().eq(expected.iter().map(|line| &line[0])), "every session once, and in order");
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_breaks_off_does_not_look_whole() {
    let (hub, period) = seeded(2 * PAGE + 1, 10).await;
    let period = period.each_ref().map(|(name, time)| (*name, time.as_str()));
    assert_eq!(file(&hub.client, &period).await.len(), 2 * PAGE + 1);
    let db = hub.env.database.writer();
    let spoil =
        |number: usize| format!("UPDATE session SET close_reason = 'NONSENSE' WHERE number = {number}");
    // In the last page: the head was sent long ago.
    db.execute_unprepared(&spoil(1_000 + 2 * PAGE)).await.unwrap();
    let answer = get(&hub.client, &period).await;
    assert_eq!(answer.status(), 200);
    assert!(answer.bytes().await.is_err(), "the transfer breaks off");
    // In the first page.
    db.execute_unprepared(&spoil(1_000)).await.unwrap();
    let answer = get(&hub.client, &period).await;
    assert_eq!(answer.status(), 500);
    let told: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(told["errors"][0]["message"], "internal error", "{told}");
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_is_revoked_gets_no_further_page() {
    let (hub, period) = seeded(8 * PAGE, LONG).await;
    let period = period.each_ref().map(|(name, time)| (*name, time.as_str()));
    let mut answer = get(&hub.client, &period).await;
    answer.chunk().await.expect("it begins").expect("the first lines");
    token::revoke(&hub.env, &hub.actor, hub.actor.token.expect("a token")).await.expect("it is revoked");
    assert!(answer.bytes().await.is_err(), "the transfer breaks off");
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_of_sessions_needs_as_many_statements_whatever_its_size() {
    let (hub, period) = seeded(120, 10).await;
    let query = format!(
        "query ($from: DateTime!, $until: DateTime!, $size: Int) {{ workspace {{ \
         sessions(from: $from, until: $until, first: $size) {{ nodes {{ {FIELDS} }} }} }} }}"
    );
    for size in [1, 5, 100] {
        let variables = json!({"from": period[0].1, "until": period[1].1, "size": size});
        // The token, its member, the workspace, the page; messages, waits and conversations; widgets and contacts.
        // On a busy machine a loader may run before all have asked, and again: then once more.
        let once = async || {
            hub.statements.listen();
            let data = hub.client.data(&query, variables.clone()).await;
            assert_eq!(data["workspace"]["sessions"]["nodes"].as_array().unwrap().len(), size);
            let n = asked(&hub).len();
            println!("{n} statements for {size} sessions");
            (n == 9).then_some(())
        };
        until(&format!("{size} sessions need nine statements"), once).await;
    }
    hub.statements.listen();
    let period = period.each_ref().map(|(name, time)| (*name, time.as_str()));
    assert_eq!(file(&hub.client, &period).await.len(), 120);
    assert_eq!(asked(&hub).len(), 2 + 5, "the token and its member; one page");
    hub.finish().await;
}
