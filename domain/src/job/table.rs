//! apalis' two tables, and the only file that spells their names.
//!
//! apalis fetches jobs, locks them and notices dead workers. A row is written here in all other cases: it is
//! inserted in the transaction that needs the work done, settled by the worker that ran it, and in the end
//! removed.
//!
//! Invariant: settling names the worker under whose name the row is locked, and unlocks it. A worker that has
//! lost a job to another settles nothing.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement, Value};
use serde_json::json;
use uuid::Uuid;

/// Error texts are for people; one that carries a whole response body is not.
const LONGEST_ERROR: usize = 4_000;

/// A dead letter outlives finished work by this long: somebody is meant to read it.
const DEAD_LETTERS_STAY: TimeDelta = TimeDelta::days(30);

/// A worker that was silent for so long has left nothing to recover.
const WORKERS_STAY: TimeDelta = TimeDelta::days(1);

pub struct NewJob {
    /// `job_type` in the table.
    pub queue: &'static str,
    /// `idempotency_key`: taken for as long as the row exists, also after the job is done.
    pub key: String,
    pub payload: serde_json::Value,
    /// How often it may be started.
    pub attempts: u32,
}

/// Inserts those whose key is new, due at once, and says how many those were.
pub async fn insert(conn: &impl ConnectionTrait, jobs: &[NewJob]) -> Result<u64, DbErr> {
    if jobs.is_empty() {
        return Ok(0);
    }
    // One parameter for all rows: the statement stays the same, and prepared, whatever their number.
    let rows: Vec<_> = jobs
        .iter()
        .map(|job| {
            json!({
                "id": ulid(Uuid::now_v7()),
                "queue": job.queue,
                "key": job.key,
                "payload": job.payload.to_string(),
                "attempts": job.attempts,
            })
        })
        .collect();
    let source = match conn.get_database_backend() {
        DbBackend::Postgres => {
            "SELECT r.id, r.queue, convert_to(r.payload, 'UTF8'), r.attempts, now(), r.key, 'Pending', 0, 0
             FROM json_to_recordset($1::text::json)
                  AS r(id text, queue text, key text, payload text, attempts integer)"
        }
        // `WHERE true`: else ON is read as the condition of a join.
        _ => {
            "SELECT value ->> 'id', value ->> 'queue', CAST(value ->> 'payload' AS BLOB),
                    value ->> 'attempts', CAST(strftime('%s', 'now') AS INTEGER), value ->> 'key', 'Pending', 0, 0
             FROM json_each($1) WHERE true"
        }
    };
    let sql = format!(
        "INSERT INTO {{jobs}}
             (id, job_type, job, max_attempts, run_at, idempotency_key, status, attempts, priority)
         {source}
         ON CONFLICT (job_type, idempotency_key) DO NOTHING"
    );
    let done = execute(conn, &sql, [json!(rows).to_string().into()]).await?;
    Ok(done.rows_affected())
}

/// Done. Whether the row was still `worker`'s; so with `give_back` and `bury`.
pub async fn finish(
    conn: &impl ConnectionTrait,
    id: &str,
    worker: &str,
    attempts: u32,
) -> Result<bool, DbErr> {
    let sql = "UPDATE {jobs} SET status = 'Done', attempts = $3, done_at = {now}, lock_by = NULL,
                      last_result = '{\"Ok\":null}'
               WHERE id = $1 AND lock_by = $2 AND status IN ('Queued', 'Running')";
    let done = execute(conn, sql, [id.into(), worker.into(), attempts.into()]).await?;
    Ok(done.rows_affected() == 1)
}

/// To be tried again at `run_at`, or up to a second later: SQLite's column holds whole seconds.
pub async fn give_back(
    conn: &impl ConnectionTrait,
    id: &str,
    worker: &str,
    attempts: u32,
    run_at: DateTime<Utc>,
    error: &str,
) -> Result<bool, DbErr> {
    let sql = "UPDATE {jobs} SET status = 'Pending', attempts = $3, run_at = $4, lock_by = NULL,
                      lock_at = NULL, done_at = NULL, last_result = $5{json}
               WHERE id = $1 AND lock_by = $2 AND status IN ('Queued', 'Running')";
    let run_at = match conn.get_database_backend() {
        DbBackend::Postgres => run_at,
        _ => run_at + TimeDelta::milliseconds(999),
    };
    let values = [id.into(), worker.into(), attempts.into(), time(conn, run_at), result(error)];
    Ok(execute(conn, sql, values).await?.rows_affected() == 1)
}

/// A dead letter: kept, listed by [`dead_letters`], and fetched no more until it is revived.
pub async fn bury(
    conn: &impl ConnectionTrait,
    id: &str,
    worker: &str,
    attempts: u32,
    error: &str,
) -> Result<bool, DbErr> {
    let sql = "UPDATE {jobs} SET status = 'Killed', attempts = $3, done_at = {now}, lock_by = NULL,
                      last_result = $4{json}
               WHERE id = $1 AND lock_by = $2 AND status IN ('Queued', 'Running')";
    let values = [id.into(), worker.into(), attempts.into(), result(error)];
    Ok(execute(conn, sql, values).await?.rows_affected() == 1)
}

/// Unlocks what is held by workers whose names begin so; the interrupted attempt does not count. For a process
/// that ends in good order.
pub async fn release(conn: &impl ConnectionTrait, worker_prefix: &str) -> Result<u64, DbErr> {
    let sql = "UPDATE {jobs} SET status = 'Pending', lock_by = NULL, lock_at = NULL
               WHERE status IN ('Queued', 'Running') AND substr(lock_by, 1, length($1)) = $1";
    Ok(execute(conn, sql, [worker_prefix.into()]).await?.rows_affected())
}

#[derive(Debug)]
pub struct DeadLetter {
    pub id: String,
    pub queue: String,
    pub key: String,
    /// A JSON string, if the bytes are no JSON.
    pub payload: serde_json::Value,
    pub attempts: u32,
    pub error: String,
    pub died_at: DateTime<Utc>,
}

/// The newest first.
pub async fn dead_letters(conn: &impl ConnectionTrait, limit: u64) -> Result<Vec<DeadLetter>, DbErr> {
    let sql = "SELECT id, job_type, idempotency_key, job, CAST(attempts AS bigint) AS attempts,
                      last_result ->> 'Err' AS error, CAST({seconds}(done_at) AS bigint) AS died_at
               FROM {jobs} WHERE status = 'Killed' ORDER BY done_at DESC, id DESC LIMIT $1";
    let rows = query(conn, sql, [limit.into()]).await?;
    rows.iter()
        .map(|row| {
            let payload: Vec<u8> = row.try_get("", "job")?;
            let died_at: i64 = row.try_get("", "died_at")?;
            Ok(DeadLetter {
                id: row.try_get("", "id")?,
                queue: row.try_get("", "job_type")?,
                key: row.try_get::<Option<String>>("", "idempotency_key")?.unwrap_or_default(),
                payload: serde_json::from_slice(&payload)
                    .unwrap_or_else(|_| String::from_utf8_lossy(&payload).into()),
                attempts: u32::try_from(row.try_get::<i64>("", "attempts")?).unwrap_or(u32::MAX),
                error: row.try_get::<Option<String>>("", "error")?.unwrap_or_default(),
                died_at: DateTime::from_timestamp(died_at, 0).unwrap_or_default(),
            })
        })
        .collect()
}

/// Gives a dead letter all its attempts again, due at once. Whether there is such a dead letter.
pub async fn revive(conn: &impl ConnectionTrait, id: &str) -> Result<bool, DbErr> {
    let sql = "UPDATE {jobs} SET status = 'Pending', attempts = 0, run_at = {now}, done_at = NULL,
                      lock_by = NULL, lock_at = NULL
               WHERE id = $1 AND status = 'Killed'";
    Ok(execute(conn, sql, [id.into()]).await?.rows_affected() == 1)
}

/// Removes up to `limit` jobs that were done before `finished_before` (dead letters: 30 days longer), and
/// frees their keys; also the workers that are long dead. Says how many jobs went.
pub async fn prune(
    conn: &impl ConnectionTrait,
    finished_before: DateTime<Utc>,
    limit: u64,
) -> Result<u64, DbErr> {
    let mut pruned = 0;
    for (status, before) in [("Done", finished_before), ("Killed", finished_before - DEAD_LETTERS_STAY)] {
        // The list of statuses only repeats the condition of the index, or SQLite would not use it.
        let sql = "DELETE FROM {jobs} WHERE id IN (
                       SELECT id FROM {jobs}
                       WHERE status IN ('Done', 'Failed', 'Killed') AND status = $1 AND done_at < $2
                       ORDER BY done_at LIMIT $3)";
        let values = [status.into(), time(conn, before), (limit - pruned).into()];
        pruned += execute(conn, sql, values).await?.rows_affected();
    }
    let workers = "DELETE FROM {workers} WHERE last_seen < $1
                   AND NOT EXISTS (SELECT 1 FROM {jobs} WHERE lock_by = {workers}.id)";
    execute(conn, workers, [time(conn, Utc::now() - WORKERS_STAY)]).await?;
    Ok(pruned)
}

/// What a queue holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Depth {
    pub queue: String,
    /// Due, or due later.
    pub waiting: u64,
    pub running: u64,
    pub dead: u64,
    /// How long the oldest due job has been due.
    pub oldest_waiting_seconds: f64,
}

/// The queues that hold anything but finished work.
pub async fn depth(conn: &impl ConnectionTrait) -> Result<Vec<Depth>, DbErr> {
    let sql = "SELECT job_type,
                      COUNT(*) FILTER (WHERE status = 'Pending') AS waiting,
                      COUNT(*) FILTER (WHERE status IN ('Queued', 'Running')) AS running,
                      COUNT(*) FILTER (WHERE status = 'Killed') AS dead,
                      CAST({seconds}({now}) - {seconds}(MIN(run_at) FILTER (WHERE status = 'Pending'))
                           AS double precision) AS oldest
               FROM {jobs} WHERE status IN ('Pending', 'Queued', 'Running', 'Killed')
               GROUP BY job_type ORDER BY job_type";
    let count = |row: &QueryResult, column| row.try_get::<i64>("", column).map(|n| n.max(0) as u64);
    query(conn, sql, [])
        .await?
        .iter()
        .map(|row| {
            Ok(Depth {
                queue: row.try_get("", "job_type")?,
                waiting: count(row, "waiting")?,
                running: count(row, "running")?,
                dead: count(row, "dead")?,
                oldest_waiting_seconds: row.try_get::<Option<f64>>("", "oldest")?.unwrap_or(0.0).max(0.0),
            })
        })
        .collect()
}

/// How many jobs are neither done nor dead.
pub async fn unfinished(conn: &impl ConnectionTrait) -> Result<u64, DbErr> {
    Ok(depth(conn).await?.iter().map(|queue| queue.waiting + queue.running).sum())
}

async fn execute<const N: usize>(
    conn: &impl ConnectionTrait,
    sql: &str,
    values: [Value; N],
) -> Result<ExecResult, DbErr> {
    conn.execute_raw(statement(conn, sql, values)).await
}

async fn query<const N: usize>(
    conn: &impl ConnectionTrait,
    sql: &str,
    values: [Value; N],
) -> Result<Vec<QueryResult>, DbErr> {
    conn.query_all_raw(statement(conn, sql, values)).await
}

/// Where the two databases differ: schema, clock, and how they keep time and JSON.
fn statement<const N: usize>(conn: &impl ConnectionTrait, sql: &str, values: [Value; N]) -> Statement {
    let backend = conn.get_database_backend();
    let [jobs, workers, now, json, seconds] = match backend {
        DbBackend::Postgres => {
            ["apalis.jobs", "apalis.workers", "now()", "::text::jsonb", "EXTRACT(EPOCH FROM "]
        }
        _ => ["Jobs", "Workers", "CAST(strftime('%s', 'now') AS INTEGER)", "", "("],
    };
    let sql = sql.replace("{jobs}", jobs).replace("{workers}", workers).replace("{now}", now);
    let sql = sql.replace("{json}", json).replace("{seconds}(", seconds);
    Statement::from_sql_and_values(backend, sql, values)
}

fn time(conn: &impl ConnectionTrait, at: DateTime<Utc>) -> Value {
    match conn.get_database_backend() {
        DbBackend::Postgres => at.into(),
        _ => at.timestamp().into(),
    }
}

/// As apalis writes it. NUL is no character of a PostgreSQL text.
fn result(error: &str) -> Value {
    let error: String = error.chars().filter(|c| *c != '\0').take(LONGEST_ERROR).collect();
    json!({ "Err": error }).to_string().into()
}

/// apalis reads ids as ULIDs: 128 bits in Crockford's base 32, which sort as the UUID does.
fn ulid(id: Uuid) -> String {
    const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let bits = id.as_u128();
    (0..26).rev().map(|digit| DIGITS[(bits >> (5 * digit)) as usize & 31] as char).collect()
}
