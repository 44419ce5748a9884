//! Whoever waits for a transaction may stop waiting at any moment: a client goes, a time limit is over.

use std::time::Duration;

use domain::Tx;
use domain::metrics::{self, Parts, Whose};
use sea_orm::{ConnectionTrait, Statement};
use tests::{Hub, Options, TestDatabase};

/// Whether it had to be dropped after so many turns of the scheduler: a timer would be too coarse.
async fn dropped_after<T>(turns: usize, work: impl Future<Output = T>) -> bool {
    let patience = async {
        for _ in 0..turns {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        biased;
        _ = work => false,
        () = patience => true,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_waits_for_any_more_leaves_no_connection_in_a_transaction() {
    let hub = Hub::with(Options { bot: false, ..Options::default() }).await;
    let (env, workspace, scope) = (&hub.env, hub.actor.workspace, hub.scope());
    let mut broken_off = 0;
    let db = env.database.reader();
    for n in 0..1_200 {
        broken_off += u32::from(dropped_after(n % 200, Tx::begin(env, workspace)).await);
        // Whoever gets a connection next finds it as if nobody had had it before.
        db.execute_unprepared("SELECT 1").await.unwrap();
        let recent = metrics::recent(&scope, env.clock.now(), &[Whose::Workspace], Parts::ALL);
        recent.await.unwrap();
    }
    assert!(broken_off > 100, "only {broken_off} were broken off");
    // What was written since is there for everybody.
    let stored = hub.stored(&hub.says(&hub.customer("Ada"), "hello").await).await;
    assert_eq!(stored.number, 1);
    if TestDatabase::is_postgres() {
        let idle = "SELECT COUNT(*) AS n FROM pg_stat_activity WHERE datname = current_database() \
                    AND state LIKE 'idle in transaction%' AND state_change < now() - INTERVAL '1 second'";
        tokio::time::sleep(Duration::from_secs(2)).await;
        let db = env.database.queue();
        let asked = Statement::from_string(db.get_database_backend(), idle);
        let row = db.query_one_raw(asked).await.unwrap().unwrap();
        assert_eq!(row.try_get::<i64>("", "n").unwrap(), 0, "a connection is left in a transaction");
    }
    hub.finish().await;
}
