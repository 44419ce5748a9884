//! What an error stops: one customer, a number, an account. Who waits behind it loses nothing.

use chrono::TimeDelta;
use domain::id::ConversationId;
use simulator::{Fault, Outage};
use tests::hub::{link, unique_number};
use tests::knowledge::QUESTION;
use tests::wait::until;
use tests::{Hub, Options};

use super::{conversations, people_only, sent_and_refused};

fn with_bot() -> Options {
    Options { movable_clock: true, ..Options::default() }
}

async fn settled_at(hub: &Hub, sent: usize, refused: usize) {
    let what = format!("{sent} arrived and {refused} were refused");
    until(&what, async || (sent_and_refused(hub) == (sent, refused)).then_some(())).await;
    hub.settle().await;
    assert_eq!(sent_and_refused(hub), (sent, refused));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_throttled_number_rests_whole_and_one_goes_first_afterwards() {
    let hub = Hub::with(people_only()).await;
    let ids = conversations(&hub, 6).await;
    hub.simulator.script().statuses(false).fail_next(2, Fault::throttled().retry_after(7));
    hub.advance(TimeDelta::seconds(10));
    hub.replies(ids[0], "first").await;
    settled_at(&hub, 0, 1).await;
    for id in &ids[1..] {
        hub.replies(*id, "others").await;
    }
    hub.advance(TimeDelta::seconds(6));
    hub.settle().await;
    assert_eq!(sent_and_refused(&hub), (0, 1), "nobody tries while the number rests");
    hub.advance(TimeDelta::seconds(1));
    // One tries for all; it is refused once more.
    settled_at(&hub, 0, 2).await;
    hub.advance(TimeDelta::seconds(7));
    settled_at(&hub, 6, 2).await;
    // The rest of the others used up nothing.
    let attempts: i64 = hub.deliveries(ids[3]).await.iter().map(|row| row.attempts).sum();
    assert_eq!(attempts, 1);
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_that_calls_too_much_rests_with_all_its_numbers() {
    let hub = Hub::with(people_only()).await;
    let callback = &hub.number.callback_url;
    let sister = simulator::Number { waba_id: hub.number.waba_id.clone(), ..unique_number(callback) };
    let stranger = unique_number(callback);
    for number in [&sister, &stranger] {
        hub.simulator.add_number(number.clone());
        link(&hub.env, &hub.actor, number, &people_only()).await;
    }
    let id = conversations(&hub, 1).await[0];
    let mut others = Vec::new();
    for number in [&sister, &stranger] {
        let wamid = hub.simulator.customer_says(&number.phone_number_id, &hub.customer("Bo"), "hello").await;
        others.push(ConversationId(hub.stored(&wamid).await.conversation_id));
    }
    hub.settle().await;
    hub.simulator.script().statuses(false).fail_next(1, Fault::account_throttled().retry_after(120));
    hub.replies(id, "one").await;
    settled_at(&hub, 0, 1).await;
    hub.replies(others[0], "of the sister").await;
    hub.replies(others[1], "of the stranger").await;
    settled_at(&hub, 1, 1).await;
    hub.advance(TimeDelta::seconds(119));
    hub.settle().await;
    assert_eq!(sent_and_refused(&hub), (1, 1));
    hub.advance(TimeDelta::seconds(1));
    settled_at(&hub, 3, 1).await;
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_customer_who_gets_too_much_rests_alone_for_1_4_16_seconds() {
    let hub = Hub::with(people_only()).await;
    let ids = conversations(&hub, 2).await;
    hub.simulator.script().statuses(false).fail_next(3, Fault::pair_throttled());
    hub.replies(ids[0], "first").await;
    hub.replies(ids[0], "second").await;
    settled_at(&hub, 0, 1).await;
    for (pause, refused) in [(1, 2), (4, 3)] {
        hub.advance(TimeDelta::seconds(pause) - TimeDelta::milliseconds(1));
        hub.settle().await;
        assert_eq!(sent_and_refused(&hub), (0, refused - 1), "not before its time");
        hub.advance(TimeDelta::milliseconds(1));
        settled_at(&hub, 0, refused).await;
    }
    hub.replies(ids[1], "to somebody else").await;
    settled_at(&hub, 1, 3).await;
    hub.advance(TimeDelta::seconds(16));
    settled_at(&hub, 3, 3).await;
    let texts: Vec<_> = hub.simulator.sends().into_iter().filter(|s| s.arrived()).map(|s| s.text).collect();
    assert_eq!(texts, ["to somebody else", "first", "second"], "in the order of the thread");
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_meta_cannot_be_reached_one_message_tries_for_all() {
    let hub = Hub::with(people_only()).await;
    let ids = conversations(&hub, 5).await;
    hub.simulator.script().statuses(false).outage(Some(Outage::Refused));
    for id in &ids {
        hub.replies(*id, "hello").await;
    }
    let tried = async || {
        let mut attempts = 0;
        for id in &ids {
            attempts += hub.deliveries(*id).await.iter().map(|row| row.attempts).sum::<i64>();
        }
        attempts
    };
    hub.settle().await;
    // Those that were on their way together may all have found the line dead.
    let before = tried().await;
    hub.advance(TimeDelta::seconds(60));
    until("one tries again", async || (tried().await > before).then_some(())).await;
    hub.settle().await;
    assert_eq!(tried().await, before + 1, "and only one");
    hub.simulator.script().outage(None);
    hub.advance(TimeDelta::seconds(60));
    settled_at(&hub, 5, 0).await;
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn new_questions_go_to_a_person_at_once_while_nothing_can_be_sent() {
    let hub = Hub::with(with_bot()).await;
    hub.simulator.script().fail_next(99, Fault::throttled().retry_after(900));
    let ask = async |name: &str| {
        ConversationId(hub.stored(&hub.says(&hub.customer(name), QUESTION).await).await.conversation_id)
    };
    let ada = ask("Ada").await;
    hub.stand(ada, &[("QUEUED", 1)]).await;
    hub.advance(TimeDelta::seconds(59));
    let bo = ask("Bo").await;
    until("the bot answers", async || (hub.states(bo).await.len() == 1).then_some(())).await;
    assert_eq!(hub.conversation(bo).await.status, "BOT_HANDLING", "59 seconds are no reason yet");
    hub.advance(TimeDelta::seconds(1));
    let cleo = ask("Cleo").await;
    hub.becomes(cleo, "PENDING_FIRST_RESPONSE").await;
    assert_eq!(
        (hub.wait_reasons(cleo).await, hub.states(cleo).await.len()),
        (vec!["CHANNEL_UNAVAILABLE".into()], 0)
    );
    // The bot's messages wait ten minutes; a person's wait on.
    hub.advance(TimeDelta::minutes(9));
    hub.becomes(ada, "PENDING_FIRST_RESPONSE").await;
    hub.stand(ada, &[("CANCELLED", 1)]).await;
    // What was never answered is answered when the bot gets it back and the number is well again.
    hub.simulator.script().calm();
    hub.advance(TimeDelta::minutes(10));
    hub.replies(ada, "we are here").await;
    until("the number is well again", async || {
        hub.states(ada)
            .await
            .last()
            .filter(|(state, _)| ["SENT", "DELIVERED", "READ"].contains(&state.as_str()))?;
        Some(())
    })
    .await;
    domain::conversation::hand_back(&hub.env, &hub.actor, cleo).await.unwrap();
    until("the bot answers what was left", async || (hub.states(cleo).await.len() == 1).then_some(())).await;
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_member_s_message_waits_at_a_closed_gate_until_the_window_closes() {
    let hub = Hub::with(people_only()).await;
    let id = conversations(&hub, 1).await[0];
    hub.simulator.script().fail_next(999, Fault::throttled().retry_after(3600));
    hub.replies(id, "hello").await;
    hub.stand(id, &[("QUEUED", 1)]).await;
    for _ in 0..23 {
        hub.advance(TimeDelta::hours(1));
        hub.settle().await;
    }
    assert_eq!(hub.states(id).await[0].0, "QUEUED", "it waits");
    hub.advance(TimeDelta::hours(1));
    until("the window is closed", async || (hub.states(id).await[0].0 == "FAILED").then_some(())).await;
    let failed = &hub.deliveries(id).await[0];
    assert!(failed.error_text.as_deref().unwrap().contains("WINDOW_CLOSED"), "{failed:?}");
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_an_error_that_nobody_waits_for_any_more_the_bot_answers_again() {
    let hub = Hub::with(with_bot()).await;
    hub.simulator.script().fail_next(1, Fault::throttled().retry_after(90));
    let ada = hub.customer("Ada");
    let id = ConversationId(hub.stored(&hub.says(&ada, QUESTION).await).await.conversation_id);
    hub.stand(id, &[("QUEUED", 1)]).await;
    // Somebody answers from the phone: what the bot had ready is void, and nothing waits.
    hub.types(&ada, "I am here").await;
    hub.stand(id, &[("CANCELLED", 1)]).await;
    hub.advance(TimeDelta::minutes(5));
    hub.settle().await;
    let bo = ConversationId(hub.stored(&hub.says(&hub.customer("Bo"), QUESTION).await).await.conversation_id);
    until("the bot answers", async || {
        hub.states(bo).await.first().filter(|(state, _)| state != "QUEUED" && state != "SENDING").cloned()
    })
    .await;
    assert_eq!(hub.wait_reasons(bo).await, Vec::<String>::new());
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_that_asks_for_no_pause_at_all_gets_one() {
    let hub = Hub::with(people_only()).await;
    let id = conversations(&hub, 1).await[0];
    for fault in [Fault::throttled(), Fault::transient(), Fault::account_throttled(), Fault::pair_throttled()]
    {
        hub.simulator.script().statuses(false).fail_next(1, fault.retry_after(0));
        let before = sent_and_refused(&hub);
        hub.replies(id, "hello").await;
        settled_at(&hub, before.0, before.1 + 1).await;
        hub.advance(TimeDelta::seconds(1));
        settled_at(&hub, before.0 + 1, before.1 + 1).await;
    }
    hub.finish().await;
}
