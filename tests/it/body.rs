//! Every kind of webhook body: what becomes of each of its elements, written down beside it.
//!
//! Our own set covers every kind alone. Real bodies are run too, if `COLLOQUY_FIXTURES` names a folder with them.

mod account;
mod message;
mod odd;
mod real;
mod stage;

use serde_json::{Value, json};
use tests::{Hub, Options};

use stage::{Seen, Stage};

/// A body and what is to become of it.
struct Case {
    /// What it is, for whoever reads a failure.
    name: &'static str,
    /// The whole body.
    body: Vec<u8>,
    /// What was said before in the same conversation: it has the id `wamid.BEFORE`.
    after_a_message: bool,
    /// Its rows in order: kind, outcome, reason.
    rows: &'static [&'static str],
    /// What it leaves behind.
    leaves: Leaves,
}

/// What a body leaves behind.
#[derive(Debug, PartialEq, Eq)]
enum Leaves {
    /// No message, no session, no contact beyond what was there before.
    Nothing,
    /// A message of this kind and text that opened or prolonged a session.
    Message(&'static str, &'static str),
    /// A message of this kind and text outside any session.
    OutOfSession(&'static str, &'static str),
    /// The message that was there, which reads like this now; empty when it was deleted.
    Changed(&'static str),
}

/// A person as the cases name them.
const PHONE: &str = "886955512345";
const USER: &str = "TW.13491208655302741918";

/// A body with one change of one field, on the stage's number.
fn body(field: &str, mut value: Value) -> Vec<u8> {
    value["messaging_product"] = json!("whatsapp");
    value["metadata"] = json!({"display_phone_number": stage::DISPLAY, "phone_number_id": stage::NUMBER});
    bare(field, value)
}

/// The same for a field that names only the account.
fn bare(field: &str, value: Value) -> Vec<u8> {
    let changes = [json!({"field": field, "value": value})];
    let entry = [json!({"id": stage::ACCOUNT, "time": 1_760_000_000, "changes": changes})];
    serde_json::to_vec(&json!({"object": "whatsapp_business_account", "entry": entry})).expect("JSON")
}

async fn play(hub: &Hub, case: &Case) {
    let stage = Stage::set(hub, stage::own()).await;
    if case.after_a_message {
        stage.post(&message::before()).await;
    }
    let before = stage.seen().await;
    let rows = stage.post(&case.body).await;
    assert_eq!(rows, case.rows, "{}", case.name);
    let after = stage.seen().await;
    assert_eq!(left(&before, &after), case.leaves, "{}", case.name);
}

fn left(before: &Seen, after: &Seen) -> Leaves {
    let new = &after.messages[before.messages.len()..];
    match new {
        [] if before == after => Leaves::Nothing,
        [one] => {
            let leak = |text: &String| &*String::leak(text.clone());
            let (kind, text) = (leak(&one.kind), leak(&one.text));
            match one.out_of_session {
                false => Leaves::Message(kind, text),
                true => Leaves::OutOfSession(kind, text),
            }
        }
        [] if after.messages.len() == 1 && before.messages != after.messages => {
            let [one] = &after.messages[..] else { unreachable!("its length was looked at") };
            let text = one.edited_text.as_ref().filter(|_| one.revoked_at.is_none());
            Leaves::Changed(text.map_or("", |text| String::leak(text.clone())))
        }
        _ => panic!("{before:?}\n{after:?}"),
    }
}

async fn play_all(cases: Vec<Case>) {
    let hub = Hub::with(Options { bot: false, ..Options::default() }).await;
    for case in &cases {
        play(&hub, case).await;
    }
    println!("{} bodies", cases.len());
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_people_write_and_change_becomes_what_it_is() {
    play_all(message::cases()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_meta_tells_about_accounts_people_and_the_past_makes_no_message() {
    play_all(account::cases()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn odd_and_broken_elements_hurt_nobody_beside_them() {
    play_all(odd::cases()).await;
}
