//! What a customer's phone shows of its chat with one number, which is also what the business's
//! phone shows.
//!
//! Invariant: one entry per message id; edits and deletions change it, nothing is doubled.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::{
    content::Content,
    sent::{Read, Sent},
};

/// Who wrote a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Side {
    /// The customer.
    Customer,
    /// The business.
    Business,
}

/// A message on the phones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ThreadMessage {
    /// Who wrote it.
    pub from: Side,
    /// Whether the business typed it in the phone app (it did not come through the API).
    pub app: bool,
    /// Its text as it stands now.
    pub text: String,
    /// Its id.
    pub wamid: String,
    /// The message that it quotes.
    pub reply_to: Option<String>,
    /// Whether its text was edited.
    pub edited: bool,
    /// Whether it was deleted for everyone.
    pub revoked: bool,
    /// The reaction last put on it.
    pub reaction: Option<String>,
    /// Written while the number was offboarded: no webhook tells of it.
    pub unseen: bool,
    /// When, by the provider's clock.
    pub at: DateTime<Utc>,
}

/// Everything that was sent and received.
#[derive(Default)]
pub(crate) struct Book {
    pub(crate) sends: Vec<Sent>,
    pub(crate) reads: Vec<Read>,
    threads: HashMap<(String, usize), Vec<ThreadMessage>>,
}

impl Book {
    pub(crate) fn thread(&self, number: &str, customer: usize) -> &[ThreadMessage] {
        self.threads.get(&(number.to_owned(), customer)).map_or(&[], Vec::as_slice)
    }

    /// The customers who have a thread with a number, in the order they came.
    pub(crate) fn partners(&self, number: &str) -> Vec<usize> {
        let mut ids: Vec<usize> =
            self.threads.keys().filter(|(n, _)| n == number).map(|(_, id)| *id).collect();
        ids.sort_unstable();
        ids
    }

    /// Puts a message, or a change of one, on the phones.
    pub(crate) fn write(&mut self, number: &str, customer: usize, entry: ThreadMessage, content: &Content) {
        let thread = self.threads.entry((number.to_owned(), customer)).or_default();
        let Some(target) = content.target() else {
            thread.push(entry);
            return;
        };
        let Some(message) = thread.iter_mut().find(|message| message.wamid == target) else { return };
        match content {
            Content::Edit { text, .. } => {
                message.text = text.clone();
                message.edited = true;
            }
            Content::Revoke { .. } => message.revoked = true,
            Content::Reaction { emoji, .. } => message.reaction = emoji.clone(),
            Content::Text(_) | Content::Reply { .. } | Content::Button { .. } | Content::Other { .. } => {}
        }
    }

    /// When the customer last wrote, for the 24-hour window.
    pub(crate) fn last_customer_message(&self, number: &str, customer: usize) -> Option<DateTime<Utc>> {
        self.thread(number, customer).iter().filter(|m| m.from == Side::Customer).map(|m| m.at).max()
    }
}
