//! Webhook bodies written by hand, for what the simulator's phones would not send.

use serde_json::{Value, json};

use crate::Hub;

impl Hub {
    /// A body with one change of the linked number: `value` without what every change has.
    pub fn webhook(&self, field: &str, mut value: Value) -> Vec<u8> {
        value["messaging_product"] = json!("whatsapp");
        value["metadata"] = json!({
            "display_phone_number": self.number.display_phone_number, "phone_number_id": self.number.phone_number_id,
        });
        let changes = [json!({"field": field, "value": value})];
        let entry = [json!({"id": self.number.waba_id, "changes": changes})];
        serde_json::to_vec(&json!({"object": "whatsapp_business_account", "entry": entry})).expect("JSON")
    }

    /// Meta posts such a body, and it is taken.
    pub async fn meta_posts(&self, field: &str, value: Value) {
        let body = self.webhook(field, value);
        assert_eq!(self.simulator.post_raw(&self.number.app, body).await, 200, "{field}");
    }
}
