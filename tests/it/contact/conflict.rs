//! A new name that somebody else has already: nobody is merged, and people are told once.

use domain::event::Event;
use domain::id::ContactId;
use tests::{Hub, Options};

use super::{contacts, events, is_conflict, is_identity_change, outcomes, post, text, update};

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
