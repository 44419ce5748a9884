//! What Meta posts: valid and malformed elements, in batches, shuffled, some of them several times.

use std::collections::BTreeMap;

use domain::id::WidgetId;
use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use serde_json::{Value, json};
use simulator::Number;
use tests::knowledge::QUESTION;

use super::Size;

/// Everything that will be posted, and what must come of it.
pub struct Plan {
    /// Bodies in the order of posting, repetitions included.
    pub posts: Vec<Vec<u8>>,
    /// How many valid messages each customer wrote, by phone.
    pub written: BTreeMap<String, usize>,
}

#[derive(Clone)]
struct Piece {
    number: usize,
    contact: Option<Value>,
    element: Value,
}

impl Plan {
    /// Draws a plan.
    pub fn make(rng: &mut StdRng, numbers: &[(Number, WidgetId)], size: &Size) -> Self {
        let now = chrono::Utc::now().timestamp();
        let mut written: BTreeMap<String, usize> = BTreeMap::new();
        let mut pieces = Vec::new();
        for n in 0..size.valid {
            let customer = n % size.conversations;
            let phone = format!("88697{customer:07}");
            *written.entry(phone.clone()).or_default() += 1;
            let text = match rng.random_range(0..10) {
                0 => "something that no document knows",
                1 => "我想找真人客服",
                _ => QUESTION,
            };
            pieces.push(Piece {
                number: customer % numbers.len(),
                contact: Some(json!({"profile": {"name": format!("Customer {customer}")}, "wa_id": phone, "user_id": format!("TW.{customer:012}")})),
                element: json!({
                    "from": phone, "from_user_id": format!("TW.{customer:012}"), "id": format!("wamid.LEDGER{n:08}"),
                    "timestamp": (now - rng.random_range(0..600)).to_string(), "type": "text", "text": {"body": text},
                }),
            });
        }
        for n in 0..size.malformed {
            let element = match n % 4 {
                0 => {
                    json!({"from": "8860000", "timestamp": now.to_string(), "type": "text", "text": {"body": format!("no id {n}")}})
                }
                1 => json!(format!("not even an object {n}")),
                2 => {
                    json!({"id": format!("wamid.NOBODY{n}"), "timestamp": "1", "type": "text", "text": {"body": "from nobody"}})
                }
                _ => json!([n, null, {}]),
            };
            pieces.push(Piece { number: n % numbers.len(), contact: None, element });
        }
        pieces.shuffle(rng);
        let mut posts = Vec::new();
        let mut rest = pieces.as_slice();
        while !rest.is_empty() {
            let (batch, later) = rest.split_at(rng.random_range(1..=50).min(rest.len()));
            let body = body(numbers, batch);
            for _ in 0..rng.random_range(1..=3) {
                posts.push(body.clone());
            }
            rest = later;
        }
        // Some messages come again in another body: Meta batches retries as it likes.
        let again: Vec<Piece> =
            pieces.iter().filter(|piece| piece.contact.is_some()).take(size.valid / 20).cloned().collect();
        posts.extend(again.chunks(7).map(|batch| body(numbers, batch)));
        posts.shuffle(rng);
        Self { posts, written }
    }
}

/// One body: a change per number. Malformed elements stand in changes of their own, because a message
/// that names nobody may take the name of the only contact beside it.
fn body(numbers: &[(Number, WidgetId)], batch: &[Piece]) -> Vec<u8> {
    let mut changes = Vec::new();
    for (index, (number, _)) in numbers.iter().enumerate() {
        for valid in [true, false] {
            let pieces: Vec<&Piece> = batch
                .iter()
                .filter(|piece| piece.number == index && piece.contact.is_some() == valid)
                .collect();
            if pieces.is_empty() {
                continue;
            }
            let contacts: Vec<&Value> = pieces.iter().filter_map(|piece| piece.contact.as_ref()).collect();
            let messages: Vec<&Value> = pieces.iter().map(|piece| &piece.element).collect();
            changes.push(json!({"id": number.waba_id, "changes": [{"field": "messages", "value": {
                "messaging_product": "whatsapp",
                "metadata": {"display_phone_number": number.display_phone_number, "phone_number_id": number.phone_number_id},
                "contacts": contacts, "messages": messages,
            }}]}));
        }
    }
    serde_json::to_vec(&json!({"object": "whatsapp_business_account", "entry": changes})).expect("JSON")
}
