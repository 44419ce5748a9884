//! Old rows go, and who followed them is told.

use chrono::TimeDelta;
use domain::feed::{self, Cursor, Lost};
use domain::prune;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;
use tests::{Hub, Options};

async fn count(hub: &Hub, table: &str) -> i64 {
    let db = hub.env.database.reader();
    let statement =
        Statement::from_string(db.get_database_backend(), format!("SELECT COUNT(*) AS n FROM {table}"));
    db.query_one_raw(statement).await.unwrap().unwrap().try_get("", "n").unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_go_after_seven_days_and_bodies_after_thirty_unless_they_are_quarantined() {
    let hub = Hub::with(Options { movable_clock: true, bot: false, ..Options::default() }).await;
    hub.stored(&hub.says(&hub.customer("Ada"), "hello").await).await;
    hub.meta_posts("messages", json!({"messages": ["odd"]})).await;
    hub.quiet().await;
    let head = feed::head(&hub.scope()).await.unwrap();
    let old = Cursor { workspace: hub.actor.workspace, generation: head.generation, position: 1 };
    assert_eq!(feed::resume(&hub.scope(), &old).await.unwrap(), Ok(()));

    hub.advance(TimeDelta::days(8));
    hub.quiet().await;
    hub.stored(&hub.says(&hub.customer("Zoe"), "hello").await).await;
    hub.quiet().await;
    prune::run(&hub.env).await.unwrap();
    assert_eq!(feed::resume(&hub.scope(), &old).await.unwrap(), Err(Lost::Resync));
    let present = feed::head(&hub.scope()).await.unwrap();
    assert!(present.pruned_through >= head.last, "what is older than seven days is gone");
    let rest = feed::after(&hub.scope(), present.pruned_through, 1_000).await.unwrap();
    assert_eq!(rest.last().map(|entry| entry.position), Some(present.last), "the rest is whole");
    assert_eq!(count(&hub, "ledger").await, 3, "bodies stay longer");

    hub.advance(TimeDelta::days(31));
    hub.quiet().await;
    prune::run(&hub.env).await.unwrap();
    assert_eq!(count(&hub, "ledger").await, 1, "only the quarantined body is left");
    assert_eq!(count(&hub, "message").await, 2, "messages are never pruned");
    hub.finish().await;
}
