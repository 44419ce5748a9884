//! Linked numbers, the Meta apps that hear about them, and what has become of them.
//!
//! Invariant: an app has one secret and one callback, shared by all its numbers.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Deserialize;

/// A business number that is linked to the Cloud API while its phone app stays in use.
#[derive(Clone, Deserialize)]
pub struct Number {
    /// Meta's id of the number, as in `/{phone_number_id}/messages`.
    pub phone_number_id: String,
    /// The number as people write it. Webhooks carry its digits.
    pub display_phone_number: String,
    /// The WhatsApp business account that owns the number.
    pub waba_id: String,
    /// The business portfolio that owns the account.
    pub business_id: String,
    /// The name customers see.
    pub verified_name: String,
    /// The bearer token that may use this number.
    pub access_token: String,
    /// Name of the Meta app whose webhook hears about this number.
    pub app: String,
    /// The app's secret: the key of the signature.
    pub app_secret: String,
    /// Full address of the webhook: http on a loopback host.
    pub callback_url: String,
}

impl Number {
    /// A number with made-up ids, the token `simulator-token`, the app `default` and the secret
    /// `simulator-secret`.
    pub fn example(callback_url: &str) -> Number {
        Number {
            phone_number_id: "106540352242922".into(),
            display_phone_number: "+1 555-078-3881".into(),
            waba_id: "102290129340398".into(),
            business_id: "506914307656634".into(),
            verified_name: "Lucky Shrub".into(),
            access_token: "simulator-token".into(),
            app: "default".into(),
            app_secret: "simulator-secret".into(),
            callback_url: callback_url.into(),
        }
    }

    /// The number as webhooks write it.
    pub(crate) fn digits(&self) -> String {
        self.display_phone_number.chars().filter(char::is_ascii_digit).collect()
    }
}

impl std::fmt::Debug for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The token and the secret stay out of logs.
        f.debug_struct("Number").field("phone_number_id", &self.phone_number_id).finish_non_exhaustive()
    }
}

#[derive(Clone, Debug)]
pub(crate) struct App {
    pub(crate) secret: String,
    pub(crate) callback: String,
}

#[derive(Default)]
pub(crate) struct Accounts {
    pub(crate) numbers: BTreeMap<String, Number>,
    pub(crate) apps: HashMap<String, App>,
    /// Accounts whose app has unsubscribed.
    pub(crate) unsubscribed: HashSet<String>,
    /// Accounts that left the Cloud API and may come back.
    pub(crate) offboarded: HashSet<String>,
    /// One-time codes of the signup dialogue, with the number that they stand for.
    pub(crate) codes: HashMap<String, String>,
}

impl Accounts {
    pub(crate) fn add(&mut self, number: Number) {
        let app = App { secret: number.app_secret.clone(), callback: number.callback_url.clone() };
        self.apps.insert(number.app.clone(), app);
        self.numbers.insert(number.phone_number_id.clone(), number);
    }

    /// The account of an id that may name an account or one of its numbers.
    pub(crate) fn waba(&self, id: &str) -> Option<String> {
        match self.numbers.get(id) {
            Some(number) => Some(number.waba_id.clone()),
            None => self.of_waba(id).next().map(|number| number.waba_id.clone()),
        }
    }

    pub(crate) fn of_waba<'a>(&'a self, waba: &'a str) -> impl Iterator<Item = &'a Number> {
        self.numbers.values().filter(move |number| number.waba_id == waba)
    }

    pub(crate) fn knows_token(&self, token: &str) -> bool {
        self.numbers.values().any(|number| number.access_token == token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_found_by_its_id_and_by_its_numbers() {
        let mut accounts = Accounts::default();
        accounts.add(Number::example("http://127.0.0.1:1/"));
        assert_eq!(accounts.waba("106540352242922").as_deref(), Some("102290129340398"));
        assert_eq!(accounts.waba("102290129340398").as_deref(), Some("102290129340398"));
        assert_eq!(accounts.waba("0"), None);
        assert_eq!(accounts.numbers["106540352242922"].digits(), "15550783881");
        assert!(!format!("{:?}", accounts.numbers["106540352242922"]).contains("token"));
    }
}
