//! Every fault of Meta's at every phase of a send: the table of states holds, nothing is stuck, nothing is sent twice.

mod check;
mod kinds;

use std::time::Duration;

use chrono::TimeDelta;
use domain::conversation;
use domain::health::State;
use domain::id::ConversationId;
use simulator::{Delay, Fault, Ladder};
use tests::knowledge::QUESTION;
use tests::wait::until;
use tests::{Hub, Options};

use kinds::Kind;

/// When the fault begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Before anything is queued.
    Queued,
    /// While the request is on the wire.
    Sending,
    /// After Meta took it, before its statuses.
    Sent,
    /// Before the second try, after Meta refused the first one for now.
    Again,
}

impl Phase {
    const ALL: [Self; 4] = [Self::Queued, Self::Sending, Self::Sent, Self::Again];
}

/// A customer whom the bot answers, and one whom a member does.
struct Pair {
    bot: ConversationId,
    member: ConversationId,
}

async fn matrix(kinds: Vec<Kind>) {
    for kind in kinds {
        let hub = Hub::with(Options { movable_clock: true, ..Options::default() }).await;
        for phase in Phase::ALL.into_iter().filter(|phase| kind.phases.contains(phase)) {
            let before = hub.events().await.len();
            let pair = play(&hub, &kind, phase).await;
            check::everything(&hub, &kind, phase, &pair).await;
            check::the_fault_was_met(&hub, &kind, phase, before).await;
            // The next one finds a number that is well and has room.
            hub.advance(TimeDelta::hours(1));
            hub.settle().await;
        }
        hub.finish().await;
    }
}

async fn play(hub: &Hub, kind: &Kind, phase: Phase) -> Pair {
    let script = hub.simulator.script();
    let ladder = |from, to| Ladder {
        sent: Some(Delay::millis(from, to)),
        delivered: Some(Delay::millis(1, 5)),
        read: Some(Delay::millis(1, 5)),
    };
    script.ladder(if phase == Phase::Sent { ladder(400, 500) } else { ladder(1, 5) });
    let bo = hub.customer("Bo");
    let member = ConversationId(hub.stored(&hub.says(&bo, "hello there").await).await.conversation_id);
    // The bot may have asked for a person already.
    let _ = conversation::join(&hub.env, &hub.actor, member).await;
    hub.settle().await;
    match phase {
        Phase::Queued => (kind.on)(hub),
        Phase::Sending => _ = script.stall(true),
        // What Meta took and refuses afterwards it tells in a status.
        Phase::Sent => _ = kind.fault.as_ref().map(|fault| script.fail_later(2, fault.clone())),
        Phase::Again => _ = script.fail_next(1, Fault::throttled().retry_after(1)),
    }
    let asked = hub.says(&hub.customer("Ada"), QUESTION).await;
    hub.replies(member, "a member's answer").await;
    let bot = ConversationId(hub.stored(&asked).await.conversation_id);
    let pair = Pair { bot, member };
    if phase != Phase::Queued {
        reach(hub, phase, &pair).await;
        if phase != Phase::Sent || kind.fault.is_none() {
            (kind.on)(hub);
        }
        script.stall(false);
    }
    // It lasts for a minute and a half, then Meta is well again.
    for seconds in [1, 4, 25, 60] {
        hub.advance(TimeDelta::seconds(seconds));
        hub.settle().await;
    }
    mend(hub).await;
    for seconds in [30, 60, 120, 240, 300, 600] {
        hub.advance(TimeDelta::seconds(seconds));
        hub.settle().await;
    }
    pair
}

/// Waits until both sends are where the fault is to find them.
async fn reach(hub: &Hub, phase: Phase, pair: &Pair) {
    until(&format!("the sends reach {phase:?}"), async || {
        let states = [hub.states(pair.bot).await, hub.states(pair.member).await].concat();
        let all = |state: &str| states.len() == 2 && states.iter().all(|(is, _)| is == state);
        let reached = match phase {
            Phase::Queued => true,
            Phase::Sending => all("SENDING"),
            Phase::Sent => all("SENT"),
            // One was refused, and the other waits behind it.
            Phase::Again => all("QUEUED") && states.iter().any(|(_, attempts)| *attempts == 1),
        };
        reached.then_some(())
    })
    .await;
}

async fn mend(hub: &Hub) {
    let script = hub.simulator.script();
    script.calm().statuses(true).reconnect(&hub.number.waba_id);
    hub.settle().await;
    let health = domain::health::of(&hub.scope(), &[hub.widget]).await.unwrap();
    let unsubscribed = !hub.simulator.is_subscribed(&hub.number.waba_id);
    if State::read(&health[&hub.widget].row).unwrap() == State::Restricted || unsubscribed {
        domain::widget::reconnect(&hub.env, &hub.actor, hub.widget, None).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_meta_refuses_is_tried_again_or_told_and_never_sent_twice() {
    matrix(kinds::refusals()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_stops_the_number_or_the_account_loses_nothing() {
    matrix(kinds::stops()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_breaks_on_the_way_is_unknown_and_never_sent_twice() {
    matrix(kinds::breaks()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn webhooks_that_come_late_twice_or_in_any_order_settle_the_same() {
    matrix(kinds::webhooks()).await;
}

/// The client waits ten seconds for an answer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_does_not_come_in_time_is_unknown() {
    let late = |hub: &Hub| _ = hub.simulator.script().answer_delay(Duration::from_secs(11));
    matrix(vec![Kind::new("no answer in time", late, &["SENT", "DELIVERED", "READ"]).only(&[Phase::Queued])])
        .await;
}
