//! The hub and the phones, message by message.

use std::collections::{BTreeMap, HashMap};

use domain::delivery::State;
use domain::event::Event;
use domain::id::{ConversationId, MessageId};
use domain::message::change;
use simulator::{Customer, Side, ThreadMessage};

use super::World;

/// A conversation of the hub's with its deliveries.
struct Held {
    messages: Vec<entity::message::Model>,
    deliveries: HashMap<uuid::Uuid, entity::delivery::Model>,
    /// The reactions on its messages.
    reactions: HashMap<uuid::Uuid, String>,
}

#[derive(Default)]
struct Tally {
    same: usize,
    unseen: usize,
    given_up: usize,
    unknown: usize,
}

pub async fn everything(world: &mut World) {
    let mut tally = Tally::default();
    let mut threads = 0;
    for (number, widget) in world.numbers.clone() {
        let mut held = conversations(world, widget.0).await;
        for (customer, thread) in world.hub.simulator.threads(&number.phone_number_id) {
            let known = contact_of(world, &customer).await.and_then(|contact| held.remove(&contact));
            let seen: Vec<&ThreadMessage> = thread.iter().filter(|message| !message.unseen).collect();
            tally.unseen += thread.len() - seen.len();
            match known {
                Some(conversation) => {
                    threads += 1;
                    compare(world, &customer, &seen, &conversation, &mut tally);
                }
                None => assert!(seen.is_empty(), "{}: no conversation holds {seen:#?}", customer.name),
            }
        }
        assert!(held.is_empty(), "conversations that no phone has: {:?}", held.keys());
    }
    nothing_arrived_twice(world);
    the_feed_agrees(world).await;
    println!(
        "{} messages the same in {threads} threads, {} written while away, {} failed or cancelled, {} unknown, {} kills",
        tally.same, tally.unseen, tally.given_up, tally.unknown, world.kills
    );
    assert!(tally.same > 100 && world.kills > 2, "the trouble was not worth the name");
}

async fn conversations(world: &World, widget: uuid::Uuid) -> BTreeMap<uuid::Uuid, Held> {
    let scope = world.hub.scope();
    let all = scope.find::<entity::conversation::Entity>().all(scope.reader()).await.unwrap();
    let mut held = BTreeMap::new();
    for row in all.into_iter().filter(|row| row.widget_id == widget) {
        let id = ConversationId(row.id);
        let messages = world.hub.messages(id).await;
        let numbers: Vec<i64> = messages.iter().map(|message| message.number).collect();
        assert_eq!(numbers, (1..=i64::try_from(messages.len()).unwrap()).collect::<Vec<_>>(), "without gaps");
        let deliveries =
            world.hub.deliveries(id).await.into_iter().map(|row| (row.message_id, row)).collect();
        let ids: Vec<_> = messages.iter().map(|message| MessageId(message.id)).collect();
        let changes = change::of(&scope, &ids).await.unwrap();
        // The last one on each stands, as on a phone.
        let reactions =
            changes.into_iter().filter_map(|change| Some((change.message_id, change.emoji?))).collect();
        let before = held.insert(row.contact_id, Held { messages, deliveries, reactions });
        assert!(before.is_none(), "one conversation each");
    }
    held
}

async fn contact_of(world: &World, customer: &Customer) -> Option<uuid::Uuid> {
    let scope = world.hub.scope();
    let all = scope.find::<entity::contact_identity::Entity>().all(scope.reader()).await.unwrap();
    let theirs = |row: &&entity::contact_identity::Model| {
        row.value == customer.user_id || Some(&row.value) == customer.wa_id.as_ref()
    };
    let mut ids: Vec<_> = all.iter().filter(theirs).map(|row| row.contact_id).collect();
    ids.dedup();
    assert!(ids.len() <= 1, "{} is {} contacts", customer.name, ids.len());
    ids.pop()
}

fn compare(world: &World, customer: &Customer, seen: &[&ThreadMessage], held: &Held, tally: &mut Tally) {
    let who = &customer.name;
    let mut by_wamid: HashMap<&str, &entity::message::Model> = HashMap::new();
    for message in held.messages.iter().filter(|message| message.duplicate_of.is_none()) {
        let delivery = held.deliveries.get(&message.id).map(|row| State::read(row).unwrap());
        match (&message.provider_id, delivery) {
            (Some(wamid), _) => {
                assert!(by_wamid.insert(wamid, message).is_none(), "{who}: {wamid} twice");
            }
            (None, Some(State::Failed | State::Cancelled)) => tally.given_up += 1,
            (None, Some(State::Unknown)) => tally.unknown += 1,
            (None, other) => panic!("{who}: {other:?} without Meta's id: {message:?}"),
        }
    }
    let mut api_numbers = Vec::new();
    for phone in seen {
        let Some(message) = by_wamid.remove(phone.wamid.as_str()) else {
            let open: Vec<_> = held.messages.iter().filter(|message| message.provider_id.is_none()).collect();
            let sends: Vec<_> = open.iter().map(|message| held.deliveries.get(&message.id)).collect();
            panic!("{who}: the hub does not hold {phone:#?}\nbut without Meta's id {open:#?}\n{sends:#?}");
        };
        same(world, who, phone, message);
        same_reaction(world, who, phone, message, held);
        tally.same += 1;
        if phone.from == Side::Business && !phone.app {
            api_numbers.push(message.number);
        }
    }
    assert!(api_numbers.is_sorted(), "{who}: sends arrived out of order: {api_numbers:?}");
    assert!(by_wamid.is_empty(), "{who}: no phone has {:#?}", by_wamid.values());
}

fn same(world: &World, who: &str, phone: &ThreadMessage, message: &entity::message::Model) {
    let authors: &[&str] = match (phone.from, phone.app) {
        (Side::Customer, _) => &["CUSTOMER"],
        (Side::Business, true) => &["BUSINESS_APP"],
        (Side::Business, false) => &["BOT", "AGENT"],
    };
    assert!(authors.contains(&message.author.as_str()), "{who}: {phone:?} is held as {message:?}");
    if world.changed_unseen.contains(&phone.wamid) {
        return;
    }
    let text = message.edited_text.as_ref().unwrap_or(&message.text);
    // A picture reads as its kind and its caption.
    let shown = match text.strip_prefix(&format!("[{}]", message.kind)) {
        Some(caption) => caption.trim_start(),
        None => text,
    };
    assert_eq!(shown, phone.text, "{who}: {message:?}");
    assert_eq!(message.quotes, phone.reply_to, "{who}: {phone:?} is held as {message:?}");
    assert!(!message.placeholder, "{who}: its content came: {message:?}");
    assert_eq!(message.revoked_at.is_some(), phone.revoked, "{who}: {phone:?} is held as {message:?}");
    assert_eq!(message.edited_at.is_some(), phone.edited, "{who}: {phone:?} is held as {message:?}");
}

fn same_reaction(
    world: &World,
    who: &str,
    phone: &ThreadMessage,
    message: &entity::message::Model,
    held: &Held,
) {
    if !world.changed_unseen.contains(&phone.wamid) {
        let reaction = held.reactions.get(&message.id);
        assert_eq!(reaction, phone.reaction.as_ref(), "{who}: {phone:?} is held as {message:?}");
    }
}

fn nothing_arrived_twice(world: &World) {
    let mut seen = std::collections::BTreeSet::new();
    for sent in world.hub.simulator.sends().iter().filter(|sent| sent.arrived()) {
        let reference = sent.reference.clone().expect("our reference");
        let (message, _) = reference.split_once(':').expect("message and attempt");
        assert!(seen.insert(message.to_owned()), "{message} arrived twice");
    }
}

/// Within each conversation the events of messages come in the order of their numbers, each once.
async fn the_feed_agrees(world: &World) {
    let mut last: HashMap<ConversationId, (i64, MessageId)> = HashMap::new();
    for event in world.hub.events().await {
        let (Event::MessageReceived { conversation, message, number, .. }
        | Event::MessageAdded { conversation, message, number, .. }) = event
        else {
            continue;
        };
        let before = last.insert(conversation, (number, message)).map_or(0, |(number, _)| number);
        assert_eq!(number, before + 1, "{conversation}");
    }
}
