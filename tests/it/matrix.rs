//! The status matrix: an independent model agrees with the implementation over random histories.
//!
//! - [`table`]: the table "every event in every status" as data.
//! - [`derive`]: the seven rules, read off the whole log of a conversation each time.
//! - [`model`], [`effects`]: table and rules together say what must be seen after an event.
//! - [`history`], [`aim`], [`dice`]: random histories from a seed, with times aimed by the model.
//! - [`subject`]: the events, what is compared, and the trait of whatever histories are replayed on.
//! - [`memory`], [`names`]: that trait for the pure function.
//! - [`server`]: that trait for a running server.
//! - [`replay`], [`coverage`]: a history beside the model, and which cells were met.
//!
//! None of it shares code with the implementation; only `memory`, `names` and `server` know its types.
//!
//! # Replaying through a server
//!
//! Implement [`subject::Subject`] for one conversation of a fresh contact on an ACTIVE widget, take
//! histories of [`history::Profile::Server`], and call [`replay::replay`]. Time 0 is an instant of a whole
//! second. `act` moves the server's clock to `step.at`, lets the ticker apply what is due, gives the
//! stimulus, waits until it has settled, and compares the conversation with what it was before the step:
//!
//! | event | stimulus |
//! |---|---|
//! | Customer, OldCustomer | webhook `messages` with a text and the timestamp `clock`, or none (1) |
//! | Agent | the mutation that sends a message; the stand-in for Meta accepts it |
//! | Phone | set phoneMessageTakesOver; webhook `smb_message_echoes` with a new text and `clock` (1) |
//! | Answers | the held turn answers from knowledge; its delivery is accepted |
//! | HandsOver | set humanHandoverEnabled, then the held turn is unsure, or is asked for a person |
//! | CannotAnswer | the held turn fails with that reason: bot off, model down, and so on |
//! | Join, HandBack, Snooze, Unsnooze, Close | the mutation of that name |
//! | Due, Expiry | nothing but the clock and the ticker |
//! | Fails, Arrives | webhook `statuses` with `failed` or `delivered` for the nth message of an agent |
//! | BotSwitched | botEnabled of the widget; a turn that is open stays held |
//! | Aside | a note, a pin, a reaction, a status `read`, an edit or a revoke |
//!
//! 1. A `clock` that is no whole second is always the arrival itself: leave the timestamp out.
//! 2. Of the reasons of CannotAnswer a server is asked for MODEL_DOWN, DELIVERY_FAILED (the answer commits
//!    and Meta refuses it) and, directly after the bot was switched off, BOT_OFF.
//! 3. A turn must be held, neither gathered to its end nor answered, however far the clock moves, until
//!    Answers, HandsOver or CannotAnswer comes; these come only while a turn is open.
//! 4. A verdict is `Refused` for INVALID_TRANSITION and BOT_OFF, else `Accepted`.
//! 5. `bot_turn` is: the event was a customer's message or a hand back, and a turn is open after it.
//!
//! A customer's message while a turn is open makes no second one. After the last history,
//! `coverage.missing(through_a_server)` must be empty.

mod aim;
mod coverage;
mod derive;
mod dice;
mod effects;
mod history;
mod memory;
mod model;
mod names;
mod replay;
mod server;
mod subject;
mod table;

use std::collections::BTreeMap;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use futures_util::future::join_all;

use self::coverage::{Coverage, every, through_a_server};
use self::history::{Profile, history};
use self::memory::Memory;
use self::model::Model;
use self::replay::{Disagreement, replay};
use self::server::{Ground, Server};

/// How many events a history has, at least.
const EVENTS: usize = 30;

/// The seed of the first history, unless MATRIX_SEED names another; the others follow.
const SEED: u64 = 0x00C0_110C;

/// The seed that was asked for.
fn first_seed() -> u64 {
    std::env::var("MATRIX_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(SEED)
}

/// Runs a future that never waits.
fn at_once<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => done,
        Poll::Pending => panic!("nothing in memory waits"),
    }
}

#[test]
fn the_matrix_holds_in_memory() {
    let (first, mut coverage) = (first_seed(), Coverage::default());
    println!("10000 histories from MATRIX_SEED={first}");
    let mut found: BTreeMap<String, (usize, Box<Disagreement>)> = BTreeMap::new();
    for seed in first..first + 10_000 {
        let steps = history(seed, Profile::Memory, EVENTS);
        if let Err(new) = at_once(replay(seed, &steps, &mut Memory::new(), &mut coverage)) {
            let known = found.entry(format!("{:?}", new.expected.cell)).or_insert((0, new));
            known.0 += 1;
        }
    }
    println!("{coverage}");
    let mut found: Vec<_> = found.into_values().collect();
    found.sort_by_key(|(_, one)| one.steps.len());
    found.iter().for_each(|(times, one)| println!("{times} times: {one}"));
    assert!(found.is_empty(), "{} cells disagree; the shortest: {}", found.len(), found[0].1);
    assert_eq!(coverage.missing(every), Vec::<String>::new());
}

#[test]
fn a_hundred_and_fifty_histories_for_a_server_meet_every_cell() {
    let (first, mut coverage) = (first_seed(), Coverage::default());
    for seed in first..first + 150 {
        let mut model = Model::default();
        history(seed, Profile::Server, EVENTS).iter().for_each(|step| _ = model.act(*step));
        coverage.count(&model.hits);
    }
    println!("150 histories from MATRIX_SEED={first}\n{coverage}");
    assert_eq!(coverage.missing(through_a_server), Vec::<String>::new());
}

/// How many histories a server replays.
const HISTORIES: u64 = 150;

/// On how many servers, at the same time; each takes 15 connections on PostgreSQL.
const SERVERS: u64 = 3;

/// Replays every history that falls to this server.
async fn on_a_server(first: u64, nth: u64) -> (Coverage, Vec<Box<Disagreement>>) {
    let (mut coverage, mut found, mut ground) = (Coverage::default(), Vec::new(), Ground::start().await);
    for seed in (first + nth..first + HISTORIES).step_by(SERVERS as usize) {
        let steps = history(seed, Profile::Server, EVENTS);
        let mut server = Server::begin(&mut ground).await;
        found.extend(replay(seed, &steps, &mut server, &mut coverage).await.err());
        server.end().await;
    }
    ground.stop().await;
    (coverage, found)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_matrix_holds_through_the_server() {
    let (first, began) = (first_seed(), std::time::Instant::now());
    let (mut coverage, mut found) = (Coverage::default(), Vec::new());
    for (met, disagreements) in join_all((0..SERVERS).map(|nth| on_a_server(first, nth))).await {
        coverage.add(&met);
        found.extend(disagreements);
    }
    println!("{HISTORIES} histories from MATRIX_SEED={first} in {:?}\n{coverage}", began.elapsed());
    found.sort_by_key(|one| one.steps.len());
    found.iter().for_each(|one| println!("{one}"));
    assert!(found.is_empty(), "{} histories disagree; the shortest: {}", found.len(), found[0]);
    assert_eq!(coverage.missing(through_a_server), Vec::<String>::new());
}
