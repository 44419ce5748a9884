//! Gates before sends: the pace that Meta allows, and what an error stops.

mod error;
mod pace;
mod race;

use domain::id::ConversationId;
use tests::{Hub, Options};

fn people_only() -> Options {
    Options { movable_clock: true, bot: false, ..Options::default() }
}

/// Conversations that a person answers, each with a customer of its own.
async fn conversations(hub: &Hub, number: usize) -> Vec<ConversationId> {
    let mut ids = Vec::new();
    for n in 0..number {
        let wamid = hub.says(&hub.customer(&format!("Customer {n}")), "hello").await;
        ids.push(ConversationId(hub.stored(&wamid).await.conversation_id));
    }
    hub.quiet().await;
    ids
}

/// How many messages arrived, and how many Meta refused.
fn sent_and_refused(hub: &Hub) -> (usize, usize) {
    let sends = hub.simulator.sends();
    let arrived = sends.iter().filter(|sent| sent.arrived()).count();
    (arrived, sends.len() - arrived)
}
