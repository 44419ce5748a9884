//! Echo, answer and statuses of one send in any order, lost or doubled, and a person who types in between: one
//! message, with the best state that was told, and never a bot send that is started after the takeover.

use std::time::Duration;

use domain::conversation::Handler;
use domain::delivery::State;
use domain::event::Event;
use domain::feed;
use domain::id::{ConversationId, MessageId};
use rand::Rng;
use rand::seq::SliceRandom;
use serde_json::json;
use simulator::{Customer, Delay, Sent};
use tests::Hub;
use tests::knowledge::QUESTION;
use tests::wait::until;

/// What Meta tells of one send.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Word {
    Echo,
    Status(&'static str),
    /// Somebody types something else.
    Typed,
}

struct Race {
    customer: Customer,
    conversation: ConversationId,
    sent: Sent,
    told: Vec<Word>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_told_of_a_send_in_whatever_order_it_is_one_message() {
    let races = if std::env::var_os("COLLOQUY_LONG").is_some() { 1_000 } else { 200 };
    let hub = Hub::start().await;
    hub.simulator.script().statuses(false).answer_delay(Delay::millis(0, 60)).drop_rate(0.3);
    let mut all = Vec::new();
    for batch in 0..races / 20 {
        let running = (0..20).map(|n| race(&hub, batch * 20 + n));
        all.extend(futures_util::future::join_all(running).await);
    }
    hub.quiet().await;
    let entries = whole_feed(&hub).await;
    let mut taken_over = 0;
    for race in &all {
        judge(&hub, race).await;
        started_before_the_takeover(&entries, race.conversation);
        taken_over += usize::from(race.told.contains(&Word::Typed));
    }
    println!("{races} races, {taken_over} with a takeover");
    hub.finish().await;
}

/// Somebody types while the bot's answer is being made, is queued, or is just being claimed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_send_of_the_bots_is_started_after_somebody_typed_in_the_phone_app() {
    let races = if std::env::var_os("COLLOQUY_LONG").is_some() { 1_000 } else { 100 };
    let hub = Hub::start().await;
    let mut all = Vec::new();
    // Few at a time: what comes in counts against what a number may send in a second, and a bot that may not send yet
    // never comes first.
    for batch in 0..races / 5 {
        let running = (0..5).map(|n| typed_into(&hub, batch * 5 + n));
        all.extend(futures_util::future::join_all(running).await);
    }
    hub.quiet().await;
    let entries = whole_feed(&hub).await;
    let mut by_bot = 0;
    for conversation in &all {
        assert_eq!(hub.conversation(*conversation).await.handler, "HUMAN");
        by_bot += usize::from(started_before_the_takeover(&entries, *conversation));
    }
    println!("{races} races, the bot began to send first in {by_bot}");
    assert!(by_bot > 0 && by_bot < races, "both come first now and then: {by_bot} of {races}");
    hub.finish().await;
}

async fn typed_into(hub: &Hub, n: usize) -> ConversationId {
    let customer = hub.customer(&format!("Typed {n}"));
    // Some type before the question is even taken in; after a second most answers are on their way.
    let pause = rand::rng().random_range(0..700);
    let asked = hub.says(&customer, QUESTION).await;
    tokio::time::sleep(Duration::from_millis(pause)).await;
    hub.stored(&hub.types(&customer, "A person writes").await).await;
    ConversationId(hub.stored(&asked).await.conversation_id)
}

async fn race(hub: &Hub, n: usize) -> Race {
    let customer = hub.customer(&format!("Customer {n}"));
    let asked = hub.stored(&hub.says(&customer, QUESTION).await).await;
    let to = customer.wa_id.clone();
    let sent =
        hub.simulator.wait_for_send(|sent| sent.to == to, tests::wait::LONG).await.expect("the bot answers");
    // Every word may be lost or come twice; they come in any order.
    let mut words = Vec::new();
    {
        let mut rng = rand::rng();
        let typed = if rng.random_bool(0.3) { vec![Word::Typed] } else { vec![] };
        let possible = [Word::Echo, Word::Status("sent"), Word::Status("delivered"), Word::Status("read")];
        for word in possible {
            words.extend(vec![word; [0, 1, 1, 2][rng.random_range(0..4)]]);
        }
        words.extend(typed);
        words.shuffle(&mut rng);
    }
    for (place, word) in words.iter().enumerate() {
        tell(hub, &customer, &sent, *word, place).await;
        let pause = rand::rng().random_range(0..15);
        tokio::time::sleep(Duration::from_millis(pause)).await;
    }
    Race { customer, conversation: ConversationId(asked.conversation_id), sent, told: words }
}

async fn tell(hub: &Hub, customer: &Customer, sent: &Sent, word: Word, place: usize) {
    let now = hub.env.clock.now().timestamp().to_string();
    let (phone, wamid) =
        (customer.wa_id.as_deref().expect("a phone"), sent.wamid.as_deref().expect("it was taken"));
    let value = match word {
        Word::Typed => {
            hub.types(customer, "A person writes").await;
            return;
        }
        Word::Echo => (
            "smb_message_echoes",
            "message_echoes",
            json!([{"from": "15550783881", "to": phone, "id": wamid,
            "timestamp": now, "type": "text", "text": {"body": sent.text}}]),
        ),
        Word::Status(status) => (
            "messages",
            "statuses",
            json!([{"id": wamid, "status": status, "timestamp": now,
            "recipient_id": phone, "biz_opaque_callback_data": sent.reference}]),
        ),
    };
    let (field, list, elements) = value;
    hub.meta_posts(field, json!({"place": place, list: elements})).await;
}

async fn judge(hub: &Hub, race: &Race) {
    let story = || format!("{:?} {:?} {:?}", race.customer.wa_id, race.sent.outcome, race.told);
    let wanted = wanted(race);
    // A status that crossed the lost answer is looked at again within seconds.
    until(&format!("{wanted:?} after {}", story()), async || {
        let ids: Vec<_> = hub.messages(race.conversation).await.iter().map(|m| MessageId(m.id)).collect();
        let rows = domain::delivery::of(&hub.scope(), &ids).await.expect("the database answers");
        assert_eq!(rows.len(), 1, "{}", story());
        wanted.contains(&rows[0].state.as_str()).then_some(())
    })
    .await;
    let messages = hub.messages(race.conversation).await;
    assert!(messages.iter().zip(1..).all(|(message, number)| message.number == number), "{}", story());
    let shown: Vec<_> = messages.iter().filter(|message| message.duplicate_of.is_none()).collect();
    let answers = shown.iter().filter(|message| message.text == race.sent.text).count();
    assert_eq!(answers, 1, "the answer is shown once: {}", story());
    let typed = race.told.contains(&Word::Typed);
    assert_eq!(shown.len(), 2 + usize::from(typed), "{}", story());
    let conversation = hub.conversation(race.conversation).await;
    assert_eq!(conversation.handler == "HUMAN", typed, "only a person takes over: {}", story());
}

/// The states that agree with what was told.
fn wanted(race: &Race) -> Vec<&'static str> {
    let told = |status| race.told.contains(&Word::Status(status));
    if told("read") {
        vec!["READ"]
    } else if told("delivered") {
        vec!["DELIVERED"]
    } else if told("sent")
        || race.told.contains(&Word::Echo)
        || race.sent.outcome == simulator::Outcome::Accepted
    {
        vec!["SENT"]
    } else {
        vec!["UNKNOWN"]
    }
}

async fn whole_feed(hub: &Hub) -> Vec<feed::Entry> {
    let mut entries: Vec<feed::Entry> = Vec::new();
    loop {
        let position = entries.last().map_or(0, |entry| entry.position);
        let page = feed::after(&hub.scope(), position, 1_000).await.expect("the feed is dense");
        if page.is_empty() {
            return entries;
        }
        entries.extend(page);
    }
}

/// Whether the bot began to send at all; never after the takeover.
fn started_before_the_takeover(entries: &[feed::Entry], conversation: ConversationId) -> bool {
    let position = |fits: &dyn Fn(&Event) -> bool| {
        let of_race = |entry: &&feed::Entry| entry.event.conversation() == Some(conversation);
        entries.iter().filter(of_race).rfind(|entry| fits(&entry.event)).map(|entry| entry.position)
    };
    let started = position(&|event| matches!(event, Event::DeliveryChanged { to: State::Sending, .. }));
    let taken =
        position(&|event| matches!(event, Event::ConversationHandlerChanged { to: Handler::Human, .. }));
    if let (Some(started), Some(taken)) = (started, taken) {
        assert!(started < taken, "{conversation}: a send was started after the takeover");
    }
    started.is_some()
}
