//! The address book of the phone app gives names to contacts without one, and makes nobody.

use serde_json::{Value, json};
use tests::{Hub, Options};

use super::{change, contacts, outcomes, post};

fn entry(hub: &Hub, action: &str, phone: &str, name: &str) -> Value {
    let entry = json!({"type": "contact", "action": action, "metadata": {"timestamp": super::seconds(hub)},
        "contact": {"full_name": name, "phone_number": phone}});
    change(hub, "smb_app_state_sync", json!({"state_sync": [entry]}))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_address_book_names_the_nameless_and_makes_nobody() {
    let hub = Hub::with(Options { bot: false, ..Options::default() }).await;
    let ada = hub.simulator.customer(Some("886911111111"), Some("TW.ada"), "Ada");
    hub.stored(&hub.says(&ada, "hello").await).await;
    // Echoes name nobody.
    let bob = hub.simulator.customer(Some("886922222222"), Some("TW.bob"), "Bob");
    hub.stored(&hub.types(&bob, "hello from the shop").await).await;
    let all = vec![
        entry(&hub, "add", "+886911111111", "Ada of the address book"),
        entry(&hub, "remove", "+886922222222", "Bob who left"),
        entry(&hub, "add", "+886922222222", "Bob of the address book"),
        entry(&hub, "add", "+886933333333", "Carol of the address book"),
    ];
    for entry in all {
        post(&hub, 1, vec![entry]).await;
    }
    let names: Vec<_> = contacts(&hub, &hub.actor).await.into_iter().map(|(row, _)| row.name).collect();
    assert_eq!(names, [Some("Bob of the address book".to_owned()), Some("Ada".to_owned())]);
    let told = ["NAMED_ALREADY", "NO_NAME", "APPLIED", "UNKNOWN_CONTACT"];
    assert_eq!(outcomes(&hub, "state_sync").await, told);
    hub.stored(&hub.says(&bob, "it is Bob").await).await;
    assert_eq!(
        contacts(&hub, &hub.actor).await[0].0.name.as_deref(),
        Some("Bob"),
        "their own word counts more"
    );
    hub.finish().await;
}
