//! A person against a bot that is writing: whoever is first, the bot never talks over the person.

use std::time::Duration;

use domain::conversation::{self, WaitReason};
use domain::delivery::State;
use domain::event::Event;
use domain::feed::{self, Entry};
use domain::id::{ConversationId, MessageId};
use domain::message::{self, Text};
use rand::Rng;
use tests::knowledge::QUESTION;
use tests::wait::until;
use tests::{Hub, Options};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Join,
    Reply,
    HandBack,
    Close,
}

const KINDS: [Kind; 4] = [Kind::Join, Kind::Reply, Kind::HandBack, Kind::Close];

/// One race, as it went.
struct Race {
    kind: Kind,
    conversation: ConversationId,
    wa_id: String,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_bot_never_starts_to_send_after_a_person_took_over() {
    let races = if std::env::var_os("COLLOQUY_LONG").is_some() { 1_000 } else { 200 };
    let hub = Hub::with(Options { gather_ms: 15, ..Options::default() }).await;
    let mut reach = Duration::from_millis(60);
    let (mut bot_first, mut person_first) = (0, 0);
    let mut ran = Vec::new();
    for n in 0..races {
        let race = run(&hub, KINDS[n % KINDS.len()], reach).await;
        // The delay follows the machine's speed, so that both sides win often enough.
        let wrote =
            hub.simulator.sends().iter().any(|sent| sent.to.as_deref() == Some(&race.wa_id) && is_bot(sent));
        if wrote {
            bot_first += 1;
            reach = reach.mul_f64(0.93).max(Duration::from_millis(5));
        } else {
            person_first += 1;
            reach = reach.mul_f64(1.07).min(Duration::from_millis(800));
        }
        ran.push(race);
    }
    hub.quiet().await;
    println!("{races} races: the bot was first {bot_first} times, the person {person_first} times");
    judge(&hub, &ran).await;
    assert!(bot_first * 5 >= races, "the bot was first only {bot_first} times");
    assert!(person_first * 5 >= races, "the person was first only {person_first} times");
    hub.finish().await;
}

/// Sends of the bot quote the shipping answer; members' texts in these races do not.
fn is_bot(sent: &simulator::Sent) -> bool {
    sent.text.contains("80 dollars")
}

async fn run(hub: &Hub, kind: Kind, reach: Duration) -> Race {
    let customer = hub.customer("Ada");
    let wa_id = customer.wa_id.clone().expect("a phone");
    let delay =
        Duration::from_micros(rand::rng().random_range(0..=u64::try_from(reach.as_micros()).unwrap()));
    let conversation = match kind {
        Kind::HandBack => {
            // A person has it; what the customer wrote meanwhile is unanswered when it goes back.
            let first = hub.stored(&hub.says(&customer, "I want to talk to a human").await).await;
            let id = ConversationId(first.conversation_id);
            hub.becomes(id, "PENDING_FIRST_RESPONSE").await;
            hub.stored(&hub.says(&customer, QUESTION).await).await;
            conversation::hand_back(&hub.env, &hub.actor, id).await.expect("it goes back");
            id
        }
        Kind::Join | Kind::Reply | Kind::Close => {
            let asked = hub.stored(&hub.says(&customer, QUESTION).await).await;
            ConversationId(asked.conversation_id)
        }
    };
    // A member may answer or close while the bot has it only when the thread is out of sight.
    if matches!(kind, Kind::Reply | Kind::Close) {
        let until = hub.env.clock.now() + chrono::TimeDelta::hours(1);
        conversation::snooze(&hub.env, &hub.actor, conversation, until).await.expect("it is snoozed");
    }
    tokio::time::sleep(delay).await;
    match kind {
        Kind::Join | Kind::HandBack => {
            conversation::join(&hub.env, &hub.actor, conversation).await.expect("a member joins");
        }
        Kind::Reply => {
            let text = Text::parse("A person answers").expect("a text");
            let send = message::Send { force: true, ..message::Send::of(conversation, text) };
            message::send(&hub.env, &hub.actor, &send).await.expect("a member answers");
        }
        Kind::Close => {
            conversation::close(&hub.env, &hub.actor, conversation).await.expect("a member closes");
        }
    }
    // Let what was on the wire arrive before the race is judged.
    until("no bot send is on its way", async || {
        let messages: Vec<_> = hub.messages(conversation).await.iter().map(|m| MessageId(m.id)).collect();
        let deliveries = domain::delivery::of(&hub.scope(), &messages).await.expect("the database answers");
        deliveries
            .iter()
            .all(|d| !d.automatic || !["QUEUED", "SENDING"].contains(&d.state.as_str()))
            .then_some(())
    })
    .await;
    Race { kind, conversation, wa_id }
}

async fn judge(hub: &Hub, races: &[Race]) {
    let mut entries: Vec<Entry> = Vec::new();
    loop {
        let position = entries.last().map_or(0, |entry| entry.position);
        let page = feed::after(&hub.scope(), position, 1_000).await.expect("the feed is dense");
        if page.is_empty() {
            break;
        }
        entries.extend(page);
    }
    let sends = hub.simulator.sends();
    for race in races {
        let of_race = |entry: &&Entry| entry.event.conversation() == Some(race.conversation);
        let taken = entries.iter().filter(of_race).rfind(|entry| is_takeover(race.kind, &entry.event));
        let taken = taken.unwrap_or_else(|| panic!("{:?}: the takeover is in the feed", race.kind)).position;
        let started: Vec<(i64, MessageId)> = entries
            .iter()
            .filter(of_race)
            .filter_map(|entry| match entry.event {
                Event::DeliveryChanged { to: State::Sending, automatic: true, message, .. } => {
                    Some((entry.position, message))
                }
                _ => None,
            })
            .collect();
        assert!(
            started.iter().all(|(at, _)| *at < taken),
            "{:?}: a bot send started after the takeover",
            race.kind
        );
        for sent in sends.iter().filter(|sent| sent.to.as_deref() == Some(&race.wa_id) && is_bot(sent)) {
            let reference =
                sent.reference.as_deref().and_then(|r| r.split_once(':')).map(|(id, _)| id.to_owned());
            let known = started.iter().any(|(_, message)| Some(message.to_string()) == reference);
            assert!(
                known,
                "{:?}: Meta got a bot text without a SENDING event before the takeover",
                race.kind
            );
        }
    }
}

fn is_takeover(kind: Kind, event: &Event) -> bool {
    match (kind, event) {
        (Kind::Join | Kind::HandBack, Event::ConversationHandlerChanged { reason, .. }) => {
            *reason == Some(WaitReason::Joined)
        }
        (Kind::Reply, Event::ConversationHandlerChanged { reason, .. }) => {
            *reason == Some(WaitReason::AgentMessage)
        }
        (Kind::Close, Event::SessionClosed { .. }) => true,
        _ => false,
    }
}
