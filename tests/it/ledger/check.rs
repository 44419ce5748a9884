//! What must be true when everything was posted, killed, and worked off.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};
use tests::Hub;

use super::bodies::Plan;
use super::{Size, number_of};

pub async fn everything(hub: &Hub, plan: &Plan, size: &Size, sending_at_kills: i64) {
    let scope = hub.scope();
    let messages = scope
        .find::<entity::message::Entity>()
        .order_by_asc(entity::message::Column::ConversationId)
        .order_by_asc(entity::message::Column::Number)
        .all(scope.reader())
        .await
        .unwrap();
    let customers: Vec<_> = messages.iter().filter(|message| message.author == "CUSTOMER").collect();
    assert_eq!(customers.len(), size.valid, "every message is there once");
    let ids: BTreeSet<_> = customers.iter().map(|message| message.provider_id.clone()).collect();
    assert_eq!(ids.len(), size.valid, "under its own id");
    numbers_are_dense(&messages);
    everybody_has_what_they_wrote(hub, plan, &customers).await;
    let quarantined =
        number_of(hub, "SELECT COUNT(*) AS n FROM inbound_element WHERE outcome = 'QUARANTINED'").await;
    assert_eq!(
        quarantined, size.malformed as i64,
        "every malformed element, and nothing else, is in quarantine"
    );
    every_message_was_answered_once(hub, &customers).await;
    nothing_was_sent_twice(hub);
    let unknown = number_of(hub, "SELECT COUNT(*) AS n FROM delivery WHERE state = 'UNKNOWN'").await;
    println!("{sending_at_kills} deliveries were in SENDING at the kills, {unknown} ended as UNKNOWN");
    assert!(sending_at_kills > 0, "the kills met no send, so they proved nothing about sends");
    assert!(
        unknown <= sending_at_kills,
        "{unknown} UNKNOWN, but only {sending_at_kills} were being sent at the kills"
    );
}

fn numbers_are_dense(messages: &[entity::message::Model]) {
    let mut next: BTreeMap<uuid::Uuid, i64> = BTreeMap::new();
    for message in messages {
        let next = next.entry(message.conversation_id).or_insert(1);
        assert_eq!(message.number, *next, "conversation {}", message.conversation_id);
        *next += 1;
    }
}

async fn everybody_has_what_they_wrote(hub: &Hub, plan: &Plan, customers: &[&entity::message::Model]) {
    let scope = hub.scope();
    let conversations = scope.find::<entity::conversation::Entity>().all(scope.reader()).await.unwrap();
    let identities = scope.find::<entity::contact_identity::Entity>().all(scope.reader()).await.unwrap();
    assert_eq!(conversations.len(), plan.written.len(), "one conversation each");
    for (phone, written) in &plan.written {
        let contact = identities
            .iter()
            .find(|identity| &identity.value == phone)
            .expect("the customer is known")
            .contact_id;
        let conversation = conversations.iter().find(|c| c.contact_id == contact).expect("a conversation").id;
        let stored = customers.iter().filter(|message| message.conversation_id == conversation).count();
        assert_eq!(stored, *written, "{phone}");
    }
}

/// Covered by exactly one turn that answered or handed over, or written while a person was responsible.
async fn every_message_was_answered_once(hub: &Hub, customers: &[&entity::message::Model]) {
    let scope = hub.scope();
    let turns = scope
        .find::<entity::turn::Entity>()
        .filter(entity::turn::Column::State.is_in(["COMMITTED", "HANDED_OVER"]))
        .all(scope.reader())
        .await
        .unwrap();
    let waits = scope.find::<entity::human_wait::Entity>().all(scope.reader()).await.unwrap();
    let cancelled: BTreeSet<uuid::Uuid> = {
        let lost = scope
            .find::<entity::delivery::Entity>()
            .filter(entity::delivery::Column::State.is_in(["FAILED", "CANCELLED"]))
            .all(scope.reader())
            .await
            .unwrap();
        let ids = lost.iter().map(|delivery| delivery.message_id);
        let query = scope.find::<entity::message::Entity>().filter(entity::message::Column::Id.is_in(ids));
        query.all(scope.reader()).await.unwrap().into_iter().filter_map(|message| message.turn_id).collect()
    };
    let (mut by_bot, mut by_person) = (0, 0);
    // Of all four numbers: where the bot is off, a person is responsible from the first message on.
    for message in customers {
        let covered = turns
            .iter()
            .filter(|turn| Some(turn.session_id) == message.session_id)
            // Whoever was asked for gets what was answered before, too.
            .filter(|turn| turn.state == "HANDED_OVER" || !cancelled.contains(&turn.id))
            .filter(|turn| {
                turn.covers_from <= Some(message.number) && Some(message.number) <= turn.covers_through
            })
            .count();
        let waited = waits.iter().any(|wait| {
            let ended = wait.last_number.is_some_and(|last| last < message.number);
            Some(wait.session_id) == message.session_id && wait.from_number <= message.number && !ended
        });
        assert!(
            covered <= 1,
            "message {} of {} has {covered} answers",
            message.number,
            message.conversation_id
        );
        if covered == 0 && !waited {
            let id = domain::id::ConversationId(message.conversation_id);
            let story: Vec<_> =
                hub.messages(id).await.iter().map(|m| (m.number, m.author.clone(), m.text.clone())).collect();
            let turns: Vec<_> = scope.find::<entity::turn::Entity>().all(scope.reader()).await.unwrap();
            let turns: Vec<_> =
                turns.iter().filter(|turn| turn.conversation_id == message.conversation_id).collect();
            let waits: Vec<_> =
                waits.iter().filter(|wait| wait.conversation_id == message.conversation_id).collect();
            panic!("message {} has no answer\n{story:#?}\n{turns:#?}\n{waits:#?}", message.number);
        }
        by_bot += covered;
        by_person += usize::from(covered == 0);
    }
    println!("{by_bot} messages covered by a turn, {by_person} written while a person was responsible");
    assert!(by_bot > 0 && by_person > 0, "the plan exercises both");
}

/// Judged by our reference, not by the text: the same answer goes to many.
fn nothing_was_sent_twice(hub: &Hub) {
    let mut seen = BTreeSet::new();
    let sends = hub.simulator.sends();
    for sent in sends.iter().filter(|sent| sent.arrived()) {
        let reference = sent.reference.clone().expect("our reference");
        let (message, _) = reference.split_once(':').expect("message and attempt");
        assert!(seen.insert(message.to_owned()), "{message} arrived twice");
    }
    println!("{} sends arrived, each once", seen.len());
    assert!(!seen.is_empty());
}
