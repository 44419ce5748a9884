//! A user id is replaced by another: the contact and the thread stay, in whatever order it becomes known.

use domain::event::{ContactIdentityChange, Event};
use domain::workspace;
use serde_json::json;
use tests::{Hub, Options, hub};

use super::{contacts, events, hidden, is_conflict, is_identity_change, only, only_thread, outcomes};
use super::{post, text, update};

async fn quiet_hub() -> Hub {
    Hub::with(Options { bot: false, ..Options::default() }).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_update_before_the_next_message_and_twice_keeps_the_thread() {
    let hub = quiet_hub().await;
    post(&hub, 1, vec![text(&hub, "TW.A", "1")]).await;
    post(&hub, 2, vec![update(&hub, "TW.A", "TW.B")]).await;
    post(&hub, 3, vec![update(&hub, "TW.A", "TW.B")]).await;
    post(&hub, 4, vec![text(&hub, "TW.B", "2")]).await;
    post(&hub, 5, vec![update(&hub, "TW.A", "TW.B")]).await;
    // Written under the old name, and late.
    post(&hub, 6, vec![text(&hub, "TW.A", "3")]).await;
    assert_eq!(only(&hub).await, ["TW.B"]);
    assert_eq!(only_thread(&hub).await, ["this is 1", "this is 2", "this is 3"]);
    assert_eq!(outcomes(&hub, "user_id_update").await, ["APPLIED", "DUPLICATE", "DUPLICATE"]);
    let changes = events(&hub, is_identity_change).await;
    assert!(
        matches!(changes[..], [Event::ContactIdentityChanged { change: ContactIdentityChange::Bsuid, .. }]),
        "{changes:?}"
    );
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_overtakes_its_update_stays_in_the_thread() {
    let hub = quiet_hub().await;
    for n in 0..20 {
        post(&hub, n, vec![text(&hub, &format!("TW.Z{n}"), &format!("{n}/1"))]).await;
    }
    // Old and new name have lanes of their own, which run at the same time; those of the new ones begin first.
    let all = (0..20).flat_map(|n| {
        let (old, new) = (format!("TW.Z{n}"), format!("TW.B{n}"));
        let notice = update(&hub, &old, &new);
        let (before, after) = (text(&hub, &old, &format!("{n}/2")), text(&hub, &new, &format!("{n}/3")));
        if n % 2 == 0 { [after, notice, before] } else { [before, notice, after] }
    });
    post(&hub, 99, all.collect()).await;
    let all = contacts(&hub, &hub.actor).await;
    assert_eq!(all.len(), 20);
    assert!(all.iter().all(|(_, names)| names.len() == 1 && names[0].starts_with("TW.B")), "{all:?}");
    let scope = hub.scope();
    let threads = scope.find::<entity::conversation::Entity>().all(scope.reader()).await.unwrap();
    assert_eq!(threads.len(), 20);
    assert!(threads.iter().all(|thread| thread.last_number == 3));
    assert_eq!(events(&hub, is_identity_change).await.len(), 20);
    assert!(events(&hub, is_conflict).await.is_empty());
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn updates_that_come_backwards_or_before_the_first_message_lead_to_one_contact() {
    let hub = quiet_hub().await;
    post(&hub, 1, vec![text(&hub, "TW.A", "1")]).await;
    post(&hub, 2, vec![update(&hub, "TW.B", "TW.C")]).await;
    post(&hub, 3, vec![update(&hub, "TW.A", "TW.B")]).await;
    post(&hub, 4, vec![text(&hub, "TW.C", "2")]).await;
    post(&hub, 5, vec![text(&hub, "TW.B", "3")]).await;
    assert_eq!(only(&hub).await, ["TW.C"]);
    assert_eq!(only_thread(&hub).await.len(), 3);
    hub.finish().await;

    let hub = quiet_hub().await;
    post(&hub, 1, vec![update(&hub, "TW.A", "TW.B")]).await;
    assert_eq!(outcomes(&hub, "user_id_update").await, ["UNKNOWN_CONTACT"]);
    assert!(contacts(&hub, &hub.actor).await.is_empty(), "a notice makes no contact");
    post(&hub, 2, vec![text(&hub, "TW.B", "1")]).await;
    post(&hub, 3, vec![text(&hub, "TW.A", "2")]).await;
    assert_eq!(only(&hub).await, ["TW.B"]);
    assert_eq!(only_thread(&hub).await.len(), 2);
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_update_that_names_only_the_account_reaches_every_workspace_of_it_once() {
    let hub = quiet_hub().await;
    let founded = workspace::found(&hub.env, "Another company").await.unwrap();
    let token = founded.token.unwrap().secret;
    let other = domain::token::authenticate(&hub.env, &token).await.unwrap().unwrap();
    let same_account = simulator::Number {
        waba_id: hub.number.waba_id.clone(),
        ..hub::unique_number(&hub.number.callback_url)
    };
    hub.simulator.add_number(same_account.clone());
    hub::link(&hub.env, &other, &same_account, &Options { bot: false, ..Options::default() }).await;
    let lin = hidden(&hub, "TW.A", "Lin");
    hub.stored(&hub.says(&lin, "hello").await).await;
    hub.simulator.customer_says(&same_account.phone_number_id, &lin, "hello, too").await;
    hub.quiet().await;

    let update =
        json!({"user_id": {"previous": "TW.A", "current": "TW.B"}, "timestamp": super::seconds(&hub)});
    let change = json!({"field": "user_id_update", "value": {"user_id_update": [update]}});
    for time in [1, 2] {
        post(&hub, time, vec![change.clone()]).await;
    }
    for actor in [&hub.actor, &other] {
        let all = contacts(&hub, actor).await;
        assert_eq!(all.iter().map(|(_, names)| names.concat()).collect::<Vec<_>>(), ["TW.B"]);
    }
    assert_eq!(outcomes(&hub, "user_id_update").await, ["APPLIED", "DUPLICATE"]);
    hub.finish().await;
}
