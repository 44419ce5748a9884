//! What connects an account to a server: the subscription to its webhooks, and the phone app's data.

use serde_json::{Value, json};

use super::{CallError, Graph};
use crate::lenient::Node;

/// What the phone app can be asked to send as webhooks. Each can be asked for once, within 24 hours of onboarding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sync {
    /// Its address book, as `smb_app_state_sync`.
    Contacts,
    /// What was written before, as `history`; to be asked for after the address book.
    History,
}

impl Graph {
    /// Subscribes the token's app to the account's webhooks. Repeating it changes nothing.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn subscribe(&self, token: &str, waba_id: &str) -> Result<(), CallError> {
        self.post(token, &format!("{waba_id}/subscribed_apps"), &Value::Null).await.map(drop)
    }

    /// Ends the subscription: the account's webhooks stop.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn unsubscribe(&self, token: &str, waba_id: &str) -> Result<(), CallError> {
        self.delete(token, &format!("{waba_id}/subscribed_apps")).await.map(drop)
    }

    /// The ids of the apps that the account's webhooks go to.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn subscribed_apps(&self, token: &str, waba_id: &str) -> Result<Vec<String>, CallError> {
        let answer = self.get(token, &format!("{waba_id}/subscribed_apps")).await?;
        let apps = Node::of(&answer).list("data").map(|app| Node::of(app).node("whatsapp_business_api_data"));
        Ok(apps.filter_map(|app| app.text("id")).collect())
    }

    /// Asks the phone app for its data; they come as webhooks. Gives back Meta's id of the request.
    ///
    /// # Errors
    /// [`CallError`]; refused when it was asked before or too late.
    pub async fn sync(
        &self,
        token: &str,
        phone_number_id: &str,
        what: Sync,
    ) -> Result<Option<String>, CallError> {
        let what = match what {
            Sync::Contacts => "smb_app_state_sync",
            Sync::History => "history",
        };
        let body = json!({"messaging_product": "whatsapp", "sync_type": what});
        let answer = self.post(token, &format!("{phone_number_id}/smb_app_data"), &body).await?;
        Ok(Node::of(&answer).text("request_id"))
    }
}
