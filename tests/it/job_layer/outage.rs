//! What happens to jobs when the process or the database goes away under them.

use std::{
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use domain::job::table;
use tokio::time::sleep;

use super::{
    Ground, Recorder, Script, eventually,
    ground::{HEARTBEAT, job},
    on_both,
};

/// Tells the test below that it is a worker process, and where its database is.
const WORKER_PROCESS: &str = "JOB_LAYER_WORKER_PROCESS";

on_both!(
    the_jobs_of_a_killed_process_come_back,
    broken_connections_lose_no_job,
    a_worker_comes_back_after_a_database_error,
    a_job_survives_the_restart_of_its_worker,
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a process of its own, started and killed by the_jobs_of_a_killed_process_come_back"]
async fn worker_process() {
    let Ok(url) = std::env::var(WORKER_PROCESS) else { return };
    let ground = Ground::open(&url).await;
    let _workers = ground.start(2, 2, Recorder::default());
    sleep(Duration::from_secs(60)).await;
}

async fn the_jobs_of_a_killed_process_come_back(ground: &Ground) {
    let jobs: Vec<_> = (0..3).map(|i| job(i, Script::Take(Duration::from_secs(30)).named(i))).collect();
    ground.enqueue(&jobs).await;
    let mut process = start_worker_process(&ground.url);
    let running = async || table::depth(&ground.connection).await.unwrap()[0].running;
    eventually(Duration::from_secs(10), async || running().await == 2).await;
    sleep(HEARTBEAT).await;
    process.kill().unwrap();
    process.wait().unwrap();
    let killed = Instant::now();

    // The survivor: the third job at once, the two of the dead process when three heartbeats are missed.
    let recorder = Recorder::default();
    let workers = ground.start(3, 1, recorder.clone());
    eventually(Duration::from_secs(3), async || recorder.starts() == 1).await;
    eventually(Duration::from_secs(10), async || recorder.starts() == 3).await;
    println!("taken over {:?} after the kill", killed.elapsed());
    assert!(killed.elapsed() > HEARTBEAT, "not before the worker counts as dead");
    workers.shutdown(Duration::ZERO).await;
    let attempts = ground.text("SELECT CAST(SUM(attempts) AS text) AS n FROM {jobs}").await;
    assert_eq!(attempts, "2", "a lost worker counts as an attempt, a shutdown does not");
}

fn start_worker_process(url: &str) -> Child {
    // The module path without the name of the crate is the name of a test.
    let (_, here) = module_path!().split_once("::").unwrap();
    Command::new(std::env::current_exe().unwrap())
        .args([&format!("{here}::worker_process"), "--exact", "--ignored"])
        .env(WORKER_PROCESS, url)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Every few milliseconds each connection of the server is cut, whatever it is doing. (SQLite has none to cut.)
async fn broken_connections_lose_no_job(ground: &Ground) {
    const JOBS: usize = 300;
    let recorder = Recorder::default();
    let jobs: Vec<_> = (0..JOBS).map(|i| job(i, Script::Take(Duration::from_millis(5)).named(i))).collect();
    ground.enqueue(&jobs).await;
    let vandal = Ground::open(&ground.url).await;
    let workers = ground.start(4, 4, recorder.clone());
    while recorder.starts() < JOBS / 2 {
        vandal.break_connections().await;
        sleep(Duration::from_millis(30)).await;
    }
    let slow = Duration::from_secs(60);
    eventually(slow, async || table::unfinished(&ground.connection).await.is_ok_and(|left| left == 0)).await;
    println!("{} starts of {JOBS} jobs, {} workers", recorder.starts(), ground.workers().await);
    assert!((0..JOBS).all(|i| !recorder.began(i).is_empty()));
    assert_eq!(table::dead_letters(&ground.connection, 10).await.unwrap().len(), 0);
    workers.shutdown(HEARTBEAT).await;
}

async fn a_worker_comes_back_after_a_database_error(ground: &Ground) {
    let recorder = Recorder::default();
    let workers = ground.start(2, 2, recorder.clone());
    eventually(Duration::from_secs(5), async || ground.workers().await == 1).await;
    ground.enqueue(&[job("a", Script::Succeed.named("a"))]).await;
    eventually(Duration::from_secs(10), async || recorder.starts() == 1).await;
    ground.all_done().await;

    ground.sql("ALTER TABLE {jobs} RENAME TO elsewhere").await;
    sleep(4 * HEARTBEAT).await;
    assert!(!workers.alive(), "a worker without a database is not alive");
    let back =
        if ground.is_postgres() { "apalis.elsewhere RENAME TO jobs" } else { "elsewhere RENAME TO Jobs" };
    ground.sql(&format!("ALTER TABLE {back}")).await;
    ground.enqueue(&[job("b", Script::Succeed.named("b"))]).await;
    eventually(Duration::from_secs(10), async || recorder.starts() == 2).await;
    ground.all_done().await;
    assert!(workers.alive());
    assert!(ground.workers().await > 1, "each start has a name of its own");
    workers.shutdown(HEARTBEAT).await;
}

/// The worker that fetched it ends with an error; the job runs on, ends once and is settled.
async fn a_job_survives_the_restart_of_its_worker(ground: &Ground) {
    let recorder = Recorder::default();
    let workers = ground.start(2, 2, recorder.clone());
    ground.enqueue(&[job("a", Script::Take(HEARTBEAT * 3 / 2).named("a"))]).await;
    eventually(Duration::from_secs(5), async || recorder.starts() == 1).await;
    ground.sql("ALTER TABLE {workers} RENAME TO elsewhere").await;
    sleep(HEARTBEAT * 6 / 5).await;
    let back = if ground.is_postgres() {
        "apalis.elsewhere RENAME TO workers"
    } else {
        "elsewhere RENAME TO Workers"
    };
    ground.sql(&format!("ALTER TABLE {back}")).await;
    ground.all_done().await;
    assert_eq!((recorder.starts(), recorder.ended()), (1, 1));
    eventually(Duration::from_secs(5), async || ground.workers().await > 1).await;
    workers.shutdown(HEARTBEAT).await;
}
