//! Whether a hub and a simulator have done the same.

use std::collections::BTreeMap;

use domain::workflow::facts::Written;
use domain::workflow::journal::{Effect, Entry};
use domain::workflow::run::{At, Cancel, Ended, Mail, State};

/// What the customer wrote, by the numbers of the hub: the simulator numbers the customer's messages alone.
pub struct Numbers(BTreeMap<i64, i64>);

impl Numbers {
    pub fn of(messages: &[entity::message::Model]) -> Self {
        let written = messages.iter().filter(|message| message.author == "CUSTOMER");
        Self(written.zip(1..).map(|(message, number)| (message.number, number)).collect())
    }

    fn written(&self, written: Written) -> Written {
        let number = |number: i64| self.0.get(&number).copied().expect("the customer wrote it");
        Written {
            number: number(written.number),
            numbers: written.numbers.into_iter().map(number).collect(),
            ..written
        }
    }

    /// Where a run of the hub stands, as the simulator would tell.
    pub fn state(&self, mut state: State) -> State {
        state.message = state.message.map(|written| self.written(written));
        state.owes = state.owes.map(|written| self.written(written));
        for mail in &mut state.mailbox {
            if let Mail::Message(written) = mail {
                *written = self.written(written.clone());
            }
        }
        state
    }

    /// A step of the hub's, as the simulator would tell.
    pub fn entry(&self, mut entry: Entry) -> Entry {
        if let Some(number) = entry.input.get("answer").and_then(serde_json::Value::as_i64) {
            entry.input.insert("answer".into(), self.0[&number].into());
        }
        entry
    }
}

/// A run that ended so that its workflow may begin anew.
pub fn begins_anew(state: &State) -> bool {
    matches!(state.at, At::Ended { how: Ended::Cancelled { reason: Cancel::Restarted } })
}

/// Everything that was to be said.
pub fn said(entries: &[Entry]) -> Vec<String> {
    let effects = entries.iter().flat_map(|entry| &entry.effects);
    let texts = effects.filter_map(|effect| match effect {
        Effect::Send { text, .. } => Some(text),
        _ => None,
    });
    texts.flat_map(|text| domain::message::split::bubbles(text)).collect()
}
