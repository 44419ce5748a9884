//! What people do: customers, whoever has the phone, and members in the hub.

use rand::Rng;
use rand::seq::IndexedRandom;
use serde_json::json;
use simulator::{Content, Side, ThreadMessage};
use tests::knowledge::QUESTION;

use super::World;

impl World {
    /// Somebody does something.
    pub(super) async fn act(&mut self) {
        match self.one_of(10) {
            0..=5 => self.customer_acts().await,
            6 | 7 => self.phone_acts().await,
            _ => self.member_acts().await,
        }
    }

    async fn customer_acts(&mut self) {
        let (k, n) = self.somebody();
        let content = match self.one_of(12) {
            0 => self.change(k, n, Side::Customer),
            1 => Some(Content::Other { kind: "sticker".into(), node: json!({"id": "1"}) }),
            2 => Some(Content::Other {
                kind: "image".into(),
                node: json!({"id": "1", "caption": "how much is this?"}),
            }),
            3 => self.some_message(k, n, |_| true).map(|to| Content::Reply { to, text: "and this?".into() }),
            4 => Some(Content::Text("I want to talk to a human".into())),
            5 => Some(Content::Text(format!("nothing that anybody knows {}", self.rng.random::<u32>()))),
            _ => Some(Content::Text(QUESTION.into())),
        };
        if let Some(content) = content {
            let (number, customer) =
                (self.numbers[k].0.phone_number_id.clone(), self.customers[k][n].clone());
            self.hub.simulator.customer_sends(&number, &customer, &content).await;
        }
    }

    async fn phone_acts(&mut self) {
        let (k, n) = self.somebody();
        let content = match self.one_of(4) {
            0 => self.change(k, n, Side::Business),
            _ => Some(Content::Text(format!("from the phone {}", self.rng.random::<u32>()))),
        };
        if let Some(content) = content {
            let (number, customer) =
                (self.numbers[k].0.phone_number_id.clone(), self.customers[k][n].clone());
            self.hub.simulator.business_sends(&number, &customer, &content).await;
        }
    }

    /// A member does something through the API, perhaps in vain, perhaps while the server is dead.
    async fn member_acts(&mut self) {
        let id = {
            use domain::id::ConversationId;
            let scope = self.hub.scope();
            let all = scope
                .find::<entity::conversation::Entity>()
                .all(scope.reader())
                .await
                .expect("the database answers");
            let Some(one) = all.choose(&mut self.rng) else { return };
            ConversationId(one.id).to_string()
        };
        let (name, mut input) = match self.one_of(10) {
            0 => ("conversationJoin", json!({})),
            1 => ("conversationHandBack", json!({})),
            2 => ("conversationClose", json!({})),
            _ => ("messageSend", json!({"text": format!("from a member {}", self.rng.random::<u32>())})),
        };
        input["conversationId"] = json!(id);
        self.do_in_vain(name, input).await;
    }

    /// A mutation of which nobody is told whether it was done: that is what a crash is like.
    pub(super) async fn do_in_vain(&self, name: &str, input: serde_json::Value) {
        let kind = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
        let query =
            format!("mutation Run($input: {kind}!) {{ {name}(input: $input) {{ userErrors {{ code }} }} }}");
        let post = tests::client::http()
            .post(format!("{}/graphql", self.hub.client.base))
            .bearer_auth(&self.hub.client.token)
            .json(&json!({"query": query, "variables": {"input": input}}));
        let _ = post.send().await;
    }

    pub(super) fn somebody(&mut self) -> (usize, usize) {
        let k = self.one_of(self.numbers.len());
        (k, self.one_of(self.customers[k].len()))
    }

    /// An edit, a delete or a reaction of this side's.
    fn change(&mut self, k: usize, n: usize, side: Side) -> Option<Content> {
        let own = self.one_of(3) > 0;
        let target = match own {
            // The business cannot change on its phone what went through the API, and nobody the other's words.
            true => self
                .some_message(k, n, |m| m.from == side && !m.revoked && (side == Side::Customer || m.app))?,
            false => self.some_message(k, n, |m| !m.revoked)?,
        };
        if !self.changed.insert(target.clone()) {
            return None;
        }
        if self.away.contains(&self.numbers[k].0.waba_id) {
            self.changed_unseen.insert(target.clone());
        }
        Some(match (own, self.one_of(2)) {
            (true, 0) => Content::Edit { of: target, text: format!("edited {}", self.rng.random::<u32>()) },
            (true, _) => Content::Revoke { of: target },
            (false, _) => Content::Reaction { to: target, emoji: Some("👍".into()) },
        })
    }

    fn some_message(&mut self, k: usize, n: usize, fits: impl Fn(&ThreadMessage) -> bool) -> Option<String> {
        let thread = self.hub.simulator.thread(&self.numbers[k].0.phone_number_id, &self.customers[k][n]);
        let fitting: Vec<_> = thread.iter().filter(|message| fits(message)).collect();
        fitting.choose(&mut self.rng).map(|message| message.wamid.clone())
    }
}
