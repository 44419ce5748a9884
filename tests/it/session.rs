//! The 24 hours: exactly, once, and never by accident.

use std::time::Duration;

use chrono::TimeDelta;
use domain::event::Event;
use domain::id::{ConversationId, SessionId};
use domain::job::Queue;
use domain::{conversation, due, feed, session};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QueryOrder, Statement};
use serde_json::json;
use tests::hub::start_of_time;
use tests::program::Program;
use tests::wait::until;
use tests::{Hub, Options, TestDatabase};

fn movable() -> Options {
    Options { movable_clock: true, bot: false, ..Options::default() }
}

async fn sessions(hub: &Hub, id: ConversationId) -> Vec<entity::session::Model> {
    let scope = hub.scope();
    let query = scope
        .find::<entity::session::Entity>()
        .filter(entity::session::Column::ConversationId.eq(id.0))
        .order_by_asc(entity::session::Column::Number);
    query.all(scope.reader()).await.unwrap()
}

/// A conversation whose only customer message was written when the clock began.
async fn opened(hub: &Hub) -> (simulator::Customer, ConversationId) {
    let ada = hub.customer("Ada");
    let message = hub.stored(&hub.says(&ada, "hello").await).await;
    (ada, ConversationId(message.conversation_id))
}

async fn closes(hub: &Hub) -> usize {
    let entries = feed::after(&hub.scope(), 0, 10_000).await.unwrap();
    entries.iter().filter(|entry| matches!(entry.event, Event::SessionClosed { .. })).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_is_open_one_microsecond_before_24_hours_and_closed_at_24_hours() {
    let hub = Hub::with(movable()).await;
    let (_, id) = opened(&hub).await;
    let deadline = start_of_time() + TimeDelta::hours(24);
    hub.set_clock(deadline - TimeDelta::microseconds(1));
    hub.settle().await;
    assert_ne!(hub.conversation(id).await.status, "CLOSED");
    hub.set_clock(deadline);
    hub.becomes(id, "CLOSED").await;
    let closed = &sessions(&hub, id).await[0];
    assert_eq!((closed.closed_at, closed.close_reason.as_deref()), (Some(deadline), Some("EXPIRED")));
    assert_eq!(closes(&hub).await, 1);
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_microsecond_after_the_deadline_it_closed_at_the_deadline() {
    let hub = Hub::with(movable()).await;
    let (_, id) = opened(&hub).await;
    let deadline = start_of_time() + TimeDelta::hours(24);
    hub.set_clock(deadline + TimeDelta::microseconds(1));
    hub.becomes(id, "CLOSED").await;
    assert_eq!(sessions(&hub, id).await[0].closed_at, Some(deadline));
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_snoozed_session_closes_at_its_deadline_too() {
    let hub = Hub::with(movable()).await;
    let (_, id) = opened(&hub).await;
    let deadline = start_of_time() + TimeDelta::hours(24);
    let snoozed =
        conversation::snooze(&hub.env, &hub.actor, id, deadline + TimeDelta::days(3)).await.unwrap();
    assert!(snoozed.ends_at_expiry);
    hub.set_clock(deadline);
    hub.becomes(id, "CLOSED").await;
    let stored = hub.conversation(id).await;
    assert_eq!((stored.snoozed_until, stored.snooze_elapsed), (None, false));
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_snooze_that_is_over_shows_and_a_customer_message_wakes_one() {
    let hub = Hub::with(movable()).await;
    let (ada, id) = opened(&hub).await;
    let until = start_of_time() + TimeDelta::hours(2);
    conversation::snooze(&hub.env, &hub.actor, id, until).await.unwrap();
    hub.set_clock(until - TimeDelta::microseconds(1));
    hub.settle().await;
    assert_eq!(hub.conversation(id).await.status, "SNOOZED");
    hub.set_clock(until);
    hub.becomes(id, "PREVIOUSLY_SNOOZED").await;
    hub.stored(&hub.says(&ada, "anybody there?").await).await;
    hub.becomes(id, "PENDING_FIRST_RESPONSE").await;
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_was_down_over_the_deadline_closes_at_the_deadline() {
    let mut hub = Hub::with(movable()).await;
    let (_, id) = opened(&hub).await;
    hub.quiet().await;
    hub.stop().await;
    hub.clock.as_ref().unwrap().advance(TimeDelta::days(3));
    hub.restart(true).await;
    hub.becomes(id, "CLOSED").await;
    assert_eq!(sessions(&hub, id).await[0].closed_at, Some(start_of_time() + TimeDelta::hours(24)));
    assert_eq!(closes(&hub).await, 1);
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_arrived_before_the_deadline_prolongs_however_late_it_is_applied() {
    let mut hub = Hub::with(movable()).await;
    let (ada, id) = opened(&hub).await;
    hub.quiet().await;
    hub.stop().await;
    // Only the API runs: the message is kept and not applied.
    hub.restart(false).await;
    let deadline = start_of_time() + TimeDelta::hours(24);
    hub.clock.as_ref().unwrap().set(deadline - TimeDelta::seconds(1));
    let wamid = hub.says(&ada, "just in time").await;
    assert!(hub.simulator.settled(tests::wait::LONG).await);
    hub.clock.as_ref().unwrap().set(deadline + TimeDelta::hours(1));
    // The ticker finds nothing to do: no job that would have to wait.
    due::look(&hub.env).await.unwrap();
    assert_eq!(expiries(&hub).await, 0);
    // A member looks at it after the deadline: the message in the ledger keeps the session open.
    conversation::pin(&hub.env, &hub.actor, id, true).await.unwrap();
    assert_ne!(
        hub.conversation(id).await.status,
        "CLOSED",
        "something that arrived in time is still to be applied"
    );
    hub.stop().await;
    hub.restart(true).await;
    let message = hub.stored(&wamid).await;
    let all = sessions(&hub, id).await;
    assert_eq!(all.len(), 1, "the same session goes on");
    assert_eq!(message.session_id, Some(all[0].id));
    assert_eq!(all[0].expires_at, deadline - TimeDelta::seconds(1) + TimeDelta::hours(24));
    // The session's new deadline is found, so the count above could have been another.
    hub.set_clock(all[0].expires_at);
    hub.becomes(id, "CLOSED").await;
    assert_ne!(expiries(&hub).await, 0);
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_arrived_at_the_deadline_opens_the_next_session_whichever_ran_first() {
    let mut hub = Hub::with(movable()).await;
    let (ada, id) = opened(&hub).await;
    hub.quiet().await;
    hub.stop().await;
    hub.restart(false).await;
    let deadline = start_of_time() + TimeDelta::hours(24);
    hub.clock.as_ref().unwrap().set(deadline);
    let wamid = hub.says(&ada, "too late").await;
    assert!(hub.simulator.settled(tests::wait::LONG).await);
    hub.stop().await;
    hub.restart(true).await;
    let message = hub.stored(&wamid).await;
    let all = sessions(&hub, id).await;
    assert_eq!(all.len(), 2);
    assert_eq!(all[0].closed_at, Some(deadline));
    assert_eq!(message.session_id, Some(all[1].id));
    assert_eq!((all[1].number, all[1].opened_at), (2, deadline));
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_next_message_opens_exactly_one_session_although_meta_sends_it_three_times() {
    let hub = Hub::with(movable()).await;
    let (ada, id) = opened(&hub).await;
    hub.set_clock(start_of_time() + TimeDelta::hours(30));
    hub.becomes(id, "CLOSED").await;
    hub.simulator.script().duplicates(1.0, Duration::from_millis(5));
    let wamid = hub.says(&ada, "back again").await;
    hub.stored(&wamid).await;
    hub.quiet().await;
    let all = sessions(&hub, id).await;
    assert_eq!(all.len(), 2);
    assert_eq!(hub.conversation(id).await.session_id, Some(all[1].id));
    assert_eq!(hub.messages(id).await.len(), 2);
    let loaded = session::load(&hub.scope(), &[SessionId(all[1].id)]).await.unwrap();
    assert_eq!(loaded[0].number, 2);
    hub.finish().await;
}

/// Jobs that were ever made to close a session.
async fn expiries(hub: &Hub) -> i64 {
    let jobs = if TestDatabase::is_postgres() { "apalis.jobs" } else { "Jobs" };
    let sql = format!("SELECT COUNT(*) AS n FROM {jobs} WHERE idempotency_key LIKE 'expire:%'");
    let db = hub.env.database.reader();
    let row =
        db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap().unwrap();
    row.try_get("", "n").unwrap()
}

/// The contact may have a session that is open, snoozed, or over by now: an old message changes none of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redelivery_after_six_days_changes_no_session_that_the_contact_has() {
    let hub = Hub::with(movable()).await;
    let now = start_of_time() + TimeDelta::days(10);
    hub.set_clock(now);
    let clock = hub.clock.clone().unwrap();
    for case in ["open", "snoozed", "over"] {
        let ada = hub.customer("Ada");
        hub.simulator.script().set_clock({
            let clock = clock.clone();
            move || clock.now()
        });
        let id = ConversationId(hub.stored(&hub.says(&ada, "today").await).await.conversation_id);
        match case {
            "snoozed" => {
                let until = clock.now() + TimeDelta::hours(40);
                conversation::snooze(&hub.env, &hub.actor, id, until).await.unwrap();
            }
            "over" => {
                hub.advance(TimeDelta::hours(25));
                hub.becomes(id, "CLOSED").await;
            }
            _ => {}
        }
        hub.quiet().await;
        let (before, session) = (hub.conversation(id).await, sessions(&hub, id).await);
        hub.simulator.script().set_clock({
            let clock = clock.clone();
            move || clock.now() - TimeDelta::days(6)
        });
        let late = hub.stored(&hub.says(&ada, "six days ago").await).await;
        assert!(late.out_of_session, "{case}");
        let after = hub.conversation(id).await;
        assert_eq!(
            (after.status, after.snoozed_until, after.epoch),
            (before.status, before.snoozed_until, before.epoch),
            "{case}"
        );
        assert_eq!(after.window_closes_at, before.window_closes_at, "{case}");
        assert_eq!(sessions(&hub, id).await, session, "{case}");
    }
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redelivery_after_six_days_is_kept_and_opens_nothing() {
    let hub = Hub::with(movable()).await;
    let now = start_of_time() + TimeDelta::days(10);
    hub.set_clock(now);
    let clock = hub.clock.clone().unwrap();
    hub.simulator.script().set_clock(move || clock.now() - TimeDelta::days(6));
    let ada = hub.customer("Ada");
    let message = hub.stored(&hub.says(&ada, "six days ago").await).await;
    let id = ConversationId(message.conversation_id);
    assert!(message.out_of_session);
    assert_eq!((message.session_id, message.number), (None, 1));
    assert_eq!(hub.conversation(id).await.status, "CLOSED");
    assert!(sessions(&hub, id).await.is_empty());
    assert!(hub.simulator.sends().is_empty());
    hub.finish().await;
}

/// Two nodes: on SQLite two tickers in one process, on PostgreSQL two processes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_close_a_session_once() {
    if TestDatabase::is_postgres() { two_processes().await } else { two_tickers().await }
}

async fn two_tickers() {
    let hub = Hub::with(movable()).await;
    let second = tokio::spawn(due::tick(hub.env.clone()));
    let mut conversations = Vec::new();
    for _ in 0..10 {
        conversations.push(opened(&hub).await.1);
    }
    hub.set_clock(start_of_time() + TimeDelta::hours(24));
    for id in conversations {
        hub.becomes(id, "CLOSED").await;
        let all = sessions(&hub, id).await;
        assert_eq!(
            all.iter().map(|s| (s.closed_at, s.expires_at)).collect::<Vec<_>>(),
            [(Some(all[0].expires_at), all[0].expires_at)]
        );
    }
    hub.quiet().await;
    assert_eq!(closes(&hub).await, 10);
    second.abort();
    hub.finish().await;
}

async fn two_processes() {
    let hub = Hub::with(Options { bot: false, jobs: false, ..Options::default() }).await;
    let settings = |n: u16| {
        let folder = ("COLLOQUY_STATE_DIR", format!("{}/{n}", hub.folder().display()));
        hub.settings().into_iter().chain([folder]).collect::<Vec<_>>()
    };
    let mut nodes: Vec<Program> = (0..2).map(|n| Program::start("serve --role jobs", &settings(n))).collect();
    let of_two = 2 * i64::try_from(Queue::ALL.len()).unwrap();
    until("both nodes are at work", async || (workers(&hub).await == of_two).then_some(())).await;
    // Written so long ago that the sessions end while both processes watch.
    hub.simulator.script().clock_offset(TimeDelta::seconds(10) - TimeDelta::hours(24));
    let wamids: Vec<String> = {
        let mut all = Vec::new();
        for n in 0..10 {
            all.push(hub.says(&hub.customer(&format!("Customer {n}")), "hello").await);
        }
        all
    };
    let mut conversations = Vec::new();
    for wamid in &wamids {
        conversations.push(ConversationId(hub.stored(wamid).await.conversation_id));
    }
    for id in conversations {
        hub.becomes(id, "CLOSED").await;
        let all = sessions(&hub, id).await;
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].closed_at, Some(all[0].expires_at));
    }
    until("both nodes are done", async || tests::hub::is_quiet(&hub.env).await.then_some(())).await;
    assert_eq!(closes(&hub).await, 10);
    assert!(nodes.iter_mut().all(Program::is_running), "both nodes were there to the end");
}

/// The workers that say that they are alive, three of each node.
async fn workers(hub: &Hub) -> i64 {
    let sql = "SELECT COUNT(*) AS n FROM apalis.workers WHERE last_seen > now() - interval '15 seconds'";
    let db = hub.env.database.reader();
    let row =
        db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap().unwrap();
    row.try_get("", "n").unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_time_is_metas_but_never_after_the_arrival() {
    let hub = Hub::with(movable()).await;
    let now = start_of_time();
    let ago = now - TimeDelta::seconds(90);
    let written = [
        ("wamid.AHEAD", (now + TimeDelta::hours(1)).timestamp().to_string(), now),
        ("wamid.MILLIS", ago.timestamp_millis().to_string(), ago),
        ("wamid.SECONDS", ago.timestamp().to_string(), ago),
        ("wamid.NONE", "soon".to_owned(), now),
        ("wamid.ANCIENT", "1000".to_owned(), now),
    ];
    for (n, (id, timestamp, at)) in (0..).zip(written) {
        let message = json!({"from": format!("88697000000{n}"), "id": id, "timestamp": timestamp, "type": "text",
            "text": {"body": "hello"}});
        hub.meta_posts("messages", json!({"messages": [message]})).await;
        let stored = hub.stored(id).await;
        assert_eq!(stored.sent_at.timestamp(), at.timestamp(), "{id}");
        let session = &sessions(&hub, ConversationId(stored.conversation_id)).await[0];
        assert_eq!(session.expires_at.timestamp(), (at + TimeDelta::hours(24)).timestamp(), "{id}");
    }
    hub.quiet().await;
    hub.finish().await;
}
