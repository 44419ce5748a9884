//! What a row goes through without a worker.

use chrono::{TimeDelta, Utc};
use domain::job::table;
use sea_orm::TransactionTrait;
use serde_json::json;

use super::{Ground, ground::job, on_both};

on_both!(
    a_job_shares_the_fate_of_its_transaction,
    a_key_is_taken_for_as_long_as_the_row_exists,
    two_nodes_that_see_the_same_tick_enqueue_it_once,
    a_worker_that_lost_a_job_settles_nothing,
    a_text_with_every_character_is_kept,
    pruning_removes_what_is_old_and_frees_its_key,
    depth_counts_what_is_not_finished,
);

async fn a_job_shares_the_fate_of_its_transaction(ground: &Ground) {
    let tx = ground.connection.begin().await.unwrap();
    assert_eq!(table::insert(&tx, &[job("a", json!(1)), job("b", json!(2))]).await.unwrap(), 2);
    tx.rollback().await.unwrap();
    assert_eq!(table::unfinished(&ground.connection).await.unwrap(), 0);

    let tx = ground.connection.begin().await.unwrap();
    assert_eq!(table::insert(&tx, &[job("a", json!(1)), job("b", json!(2))]).await.unwrap(), 2);
    tx.commit().await.unwrap();
    assert_eq!(table::unfinished(&ground.connection).await.unwrap(), 2);
}

async fn a_key_is_taken_for_as_long_as_the_row_exists(ground: &Ground) {
    assert_eq!(ground.enqueue(&[job("a", json!(1)), job("a", json!(2))]).await, 1);
    assert_eq!(ground.enqueue(&[job("a", json!(3)), job("b", json!(4))]).await, 1);
    ground.sql("UPDATE {jobs} SET status = 'Done'").await;
    assert_eq!(ground.enqueue(&[job("a", json!(5))]).await, 0);
    let elsewhere = table::NewJob { queue: "outside", ..job("a", json!(6)) };
    assert_eq!(ground.enqueue(&[elsewhere]).await, 1, "a key belongs to its queue");
    assert_eq!(ground.enqueue(&[]).await, 0);
}

async fn two_nodes_that_see_the_same_tick_enqueue_it_once(ground: &Ground) {
    let other = Ground::open(&ground.url).await;
    for tick in 0..50 {
        let tick = [job(format!("cron:prune:{tick}"), json!({}))];
        let (a, b) =
            tokio::join!(table::insert(&ground.connection, &tick), table::insert(&other.connection, &tick));
        assert_eq!(a.unwrap() + b.unwrap(), 1);
    }
    assert_eq!(table::unfinished(&ground.connection).await.unwrap(), 50);
}

async fn a_worker_that_lost_a_job_settles_nothing(ground: &Ground) {
    ground.enqueue(&[job("a", json!(1))]).await;
    fetched_by_alice(ground).await;
    let (conn, id) = (&ground.connection, &id_of_all(ground).await);
    let soon = Utc::now();
    assert!(!table::finish(conn, id, "bob", 1).await.unwrap());
    assert!(!table::give_back(conn, id, "bob", 1, soon, "late").await.unwrap());
    assert!(!table::bury(conn, id, "bob", 1, "late").await.unwrap());
    assert_eq!(table::release(conn, "bob").await.unwrap(), 0);
    assert_eq!(table::depth(conn).await.unwrap()[0].running, 1);

    assert!(table::finish(conn, id, "alice", 1).await.unwrap());
    assert!(!table::give_back(conn, id, "alice", 1, soon, "twice").await.unwrap());
    assert_eq!(table::unfinished(conn).await.unwrap(), 0);
}

async fn a_text_with_every_character_is_kept(ground: &Ground) {
    let payload = json!({ "text": "\u{0}'\"\\ 轉真人 \u{10ffff}" });
    ground.enqueue(&[job("clé '轉'", payload.clone())]).await;
    fetched_by_alice(ground).await;
    let id = id_of_all(ground).await;
    let error = format!("NUL \u{0} and 轉: {}", "long ".repeat(10_000));
    assert!(table::bury(&ground.connection, &id, "alice", 3, &error).await.unwrap());
    let dead = table::dead_letters(&ground.connection, 10).await.unwrap().remove(0);
    assert_eq!((dead.queue.as_str(), dead.key.as_str(), dead.attempts), ("short", "clé '轉'", 3));
    assert_eq!(dead.payload, payload);
    assert!(dead.error.starts_with("NUL  and 轉: long"), "{}", dead.error);
    assert!(dead.error.len() < 5_000);
    assert!((Utc::now() - dead.died_at).abs() < TimeDelta::seconds(5));

    assert!(table::revive(&ground.connection, &id).await.unwrap());
    assert!(!table::revive(&ground.connection, &id).await.unwrap());
    assert_eq!(table::unfinished(&ground.connection).await.unwrap(), 1);
}

async fn pruning_removes_what_is_old_and_frees_its_key(ground: &Ground) {
    let conn = &ground.connection;
    ground
        .enqueue(&["old", "older", "new", "dead", "long dead", "waiting"].map(|key| job(key, json!(key))))
        .await;
    for (key, status, days) in [
        ("old", "Done", 2),
        ("older", "Done", 3),
        ("new", "Done", 0),
        ("dead", "Killed", 2),
        ("long dead", "Killed", 40),
    ] {
        let ago = match ground.is_postgres() {
            true => format!("now() - interval '{days} days'"),
            false => format!("strftime('%s', 'now') - {days} * 86400"),
        };
        let sql = format!(
            "UPDATE {{jobs}} SET status = '{status}', done_at = {ago} WHERE idempotency_key = '{key}'"
        );
        ground.sql(&sql).await;
    }
    fetched_by_alice(ground).await;
    ground
        .sql("INSERT INTO {workers} (id, worker_type, storage_name, layers) VALUES ('eve', 'short', '', '')")
        .await;
    let ages = match ground.is_postgres() {
        true => "UPDATE {workers} SET last_seen = now() - interval '2 days'",
        false => "UPDATE {workers} SET last_seen = strftime('%s', 'now') - 172800",
    };
    ground.sql(ages).await;

    let yesterday = Utc::now() - TimeDelta::days(1);
    assert_eq!(table::prune(conn, yesterday, 1).await.unwrap(), 1);
    assert_eq!(table::prune(conn, yesterday, 10).await.unwrap(), 2);
    assert_eq!(table::prune(conn, yesterday, 10).await.unwrap(), 0);
    let again = ["old", "older", "new", "dead", "long dead", "waiting"].map(|key| job(key, json!(key)));
    assert_eq!(ground.enqueue(&again).await, 3, "the keys of old, older and long dead are free again");
    assert_eq!(ground.workers().await, 1, "alice still holds a job");
}

async fn depth_counts_what_is_not_finished(ground: &Ground) {
    let conn = &ground.connection;
    assert_eq!(table::depth(conn).await.unwrap(), []);
    ground.enqueue(&[job("a", json!(1)), job("b", json!(1)), job("c", json!(1)), job("d", json!(1))]).await;
    ground.sql("UPDATE {jobs} SET status = 'Done' WHERE idempotency_key = 'a'").await;
    ground.sql("UPDATE {jobs} SET status = 'Killed' WHERE idempotency_key = 'b'").await;
    ground.sql("UPDATE {jobs} SET status = 'Queued' WHERE idempotency_key = 'c'").await;
    let minute_ago = match ground.is_postgres() {
        true => "UPDATE {jobs} SET run_at = now() - interval '1 minute'",
        false => "UPDATE {jobs} SET run_at = run_at - 60",
    };
    ground.sql(minute_ago).await;
    let depth = table::depth(conn).await.unwrap().remove(0);
    assert_eq!((depth.queue.as_str(), depth.waiting, depth.running, depth.dead), ("short", 1, 1, 1));
    assert!((59.0..70.0).contains(&depth.oldest_waiting_seconds), "{depth:?}");
}

async fn fetched_by_alice(ground: &Ground) {
    ground
        .sql(
            "INSERT INTO {workers} (id, worker_type, storage_name, layers) VALUES ('alice', 'short', '', '')",
        )
        .await;
    ground.sql("UPDATE {jobs} SET status = 'Queued', lock_by = 'alice' WHERE status = 'Pending'").await;
}

async fn id_of_all(ground: &Ground) -> String {
    ground.text("SELECT MAX(id) AS n FROM {jobs}").await
}
