//! A new name that somebody else has already: nobody is merged, and people are told once.

use domain::event::Event;
use domain::id::ContactId;
use tests::{Hub, Options};

use serde_json::json;

use super::{
    change, contacts, events, is_conflict, is_identity_change, outcomes, post, seconds, text, update,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_contacts_that_exist_stay_two() {
    let hub = Hub::with(Options { bot: false, ..Options::default() }).await;
    post(&hub, 1, vec![text(&hub, "TW.A", "1")]).await;
    // The new name writes before anybody heard of the update.
    post(&hub, 2, vec![text(&hub, "TW.B", "2")]).await;
    post(&hub, 3, vec![update(&hub, "TW.A", "TW.B")]).await;
    post(&hub, 4, vec![update(&hub, "TW.A", "TW.B")]).await;
    post(&hub, 5, vec![text(&hub, "TW.A", "3"), text(&hub, "TW.B", "4")]).await;
    let all = contacts(&hub, &hub.actor).await;
    let names: Vec<_> = all.iter().map(|(_, names)| names.concat()).collect();
    assert_eq!(names, ["TW.B", "TW.A"], "each keeps its name");
    let told = events(&hub, is_conflict).await;
    let (contact, other) = (ContactId(all[1].0.id), ContactId(all[0].0.id));
    assert_eq!(told, [Event::ContactConflict { contact, other }], "once");
    assert!(events(&hub, is_identity_change).await.is_empty());
    assert_eq!(outcomes(&hub, "user_id_update").await, ["CONTACT_CONFLICT", "DUPLICATE"]);
    hub.finish().await;
}

/// Each message of such a person names both contacts.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_whose_names_are_two_contacts_is_told_once() {
    let hub = Hub::with(Options { bot: false, ..Options::default() }).await;
    post(&hub, 1, vec![text(&hub, "TW.A", "1")]).await;
    let named = |wamid: &str, user_id: Option<&str>| {
        let message = json!({"from_user_id": user_id, "from": "886911222333", "id": wamid, "type": "text",
            "timestamp": seconds(&hub), "text": {"body": format!("this is {wamid}")}});
        let contact = json!({"profile": {"name": "Lin"}, "user_id": user_id, "wa_id": "886911222333"});
        change(&hub, "messages", json!({"contacts": [contact], "messages": [message]}))
    };
    post(&hub, 2, vec![named("2", None)]).await;
    for wamid in ["3", "4", "5"] {
        post(&hub, 3, vec![named(wamid, Some("TW.A"))]).await;
    }
    assert_eq!(contacts(&hub, &hub.actor).await.len(), 2, "nobody is merged");
    assert_eq!(events(&hub, is_conflict).await.len(), 1, "told once, not with every message");
    hub.finish().await;
}

/// Numbers are recycled: whether somebody new has it or the same person a new account, only people can say.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_known_number_with_another_user_id_makes_a_new_contact_and_suggests_a_merge_once() {
    let hub = Hub::with(Options { bot: false, ..Options::default() }).await;
    for (time, user_id, name) in [(1, "TW.ada", "Ada"), (2, "TW.bob", "Bob"), (3, "TW.bob", "Bob")] {
        let message = json!({"from_user_id": user_id, "from": "886911111111", "id": format!("wamid.{time}"),
            "type": "text", "timestamp": seconds(&hub), "text": {"body": "hello"}});
        let contact = json!({"profile": {"name": name}, "user_id": user_id, "wa_id": "886911111111"});
        let value = json!({"contacts": [contact], "messages": [message]});
        post(&hub, time, vec![change(&hub, "messages", value)]).await;
    }
    let all = contacts(&hub, &hub.actor).await;
    let names: Vec<_> =
        all.iter().map(|(row, names)| (row.name.as_deref().unwrap(), names.concat())).collect();
    assert_eq!(names, [("Bob", "886911111111TW.bob".to_owned()), ("Ada", "TW.ada".to_owned())]);
    let (contact, other) = (ContactId(all[0].0.id), ContactId(all[1].0.id));
    let told = events(&hub, |event| matches!(event, Event::ContactMergeSuggested { .. })).await;
    assert_eq!(told, [Event::ContactMergeSuggested { contact, other }]);
    assert!(events(&hub, is_conflict).await.is_empty());
    hub.finish().await;
}
