//! What the database itself can do: the same bodies, inserted in a loop, nothing else.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use domain::database::{Database, Durability};
use sea_orm::{ConnectionTrait, Statement};
use tests::TestDatabase;

use crate::{CONNECTIONS, MANY, Sample};

pub async fn run() -> Sample {
    let place = TestDatabase::fresh().await;
    let database = Database::open(&place.url, Durability::PowerCut).await.expect("it opens");
    let db = database.writer().clone();
    let bytes = if TestDatabase::is_postgres() { "BYTEA" } else { "BLOB" };
    db.execute_unprepared(&format!("CREATE TABLE bare (id BIGINT PRIMARY KEY, body {bytes} NOT NULL)"))
        .await
        .expect("a table");
    let next = Arc::new(AtomicUsize::new(0));
    let body = vec![b'x'; 560];
    let began = Instant::now();
    let writers: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let (db, next, body) = (db.clone(), next.clone(), body.clone());
            tokio::spawn(async move {
                let mut each = Vec::new();
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= MANY {
                        return each;
                    }
                    let began = Instant::now();
                    let values: [sea_orm::Value; 2] = [(n as i64).into(), body.clone().into()];
                    let sql = "INSERT INTO bare (id, body) VALUES ($1, $2)";
                    let row = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
                    db.execute_raw(row).await.expect("a row");
                    each.push(began.elapsed());
                }
            })
        })
        .collect();
    let mut each = Vec::new();
    for writer in writers {
        each.extend(writer.await.expect("a writer"));
    }
    let total = began.elapsed();
    let count = Statement::from_string(db.get_database_backend(), "SELECT COUNT(*) AS n FROM bare");
    let n: i64 = db
        .query_one_raw(count)
        .await
        .expect("it answers")
        .expect("a row")
        .try_get("", "n")
        .expect("a number");
    assert_eq!(n, MANY as i64);
    database.close().await.expect("it closes");
    Sample { each, total }
}
