//! A company in which anything may happen.

use chrono::TimeDelta;
use domain::conversation::{Handler, WaitReason};
use domain::event::Event;
use domain::feedback::{self, Correction, Rating};
use domain::id::{ConversationId, DocumentId, HumanWaitId, MessageId, WidgetId};
use domain::message::{Send, Text};
use domain::metrics;
use domain::{Tx, conversation};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use serde_json::json;
use simulator::Customer;
use tests::hub::{link, unique_number};
use tests::{Hub, Options};

pub const ZONES: [&str; 5] =
    ["Asia/Kathmandu", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Taipei"];

/// A company with two numbers and a few customers.
pub struct Company {
    pub hub: Hub,
    pub widgets: Vec<WidgetId>,
    numbers: Vec<String>,
    customers: Vec<Customer>,
    pub rng: StdRng,
    /// How often people were.
    busy: usize,
}

impl Company {
    pub async fn found(seed: u64) -> Self {
        let options = Options { movable_clock: true, ..Options::default() };
        let hub = Hub::with(options.clone()).await;
        let number = unique_number(&format!("{}/webhooks/whatsapp", hub.client.base));
        hub.simulator.add_number(number.clone());
        let second = link(&hub.env, &hub.actor, &number, &options).await;
        let customers = (0..4).map(|n| hub.customer(&format!("Customer {n}"))).collect();
        Self {
            widgets: vec![hub.widget, second],
            numbers: vec![hub.number.phone_number_id.clone(), number.phone_number_id],
            customers,
            rng: StdRng::seed_from_u64(seed),
            busy: 0,
            hub,
        }
    }

    pub async fn something_happens(&mut self) {
        let customer = self.customers.choose(&mut self.rng).unwrap().clone();
        let number = self.numbers.choose(&mut self.rng).unwrap().clone();
        let hub = &self.hub;
        match self.rng.random_range(0..16) {
            0..4 => {
                let text = ["hello", tests::knowledge::QUESTION].choose(&mut self.rng).unwrap();
                let wamid = hub.simulator.customer_says(&number, &customer, text).await;
                hub.stored(&wamid).await;
            }
            4 => {
                if hub.simulator.thread(&number, &customer).is_empty() {
                    return;
                }
                hub.stored(&hub.simulator.business_types(&number, &customer, "from the phone").await).await;
            }
            5 => {
                let scope = hub.scope();
                let all = scope.find::<entity::conversation::Entity>().all(scope.reader()).await.unwrap();
                if let Some(conversation) = all.choose(&mut self.rng) {
                    // Now and then Meta refuses it, or says nothing.
                    if self.rng.random_bool(0.3) {
                        let faults = [
                            simulator::Fault::undeliverable(),
                            simulator::Fault::window_closed(),
                            simulator::Fault::parameter("no"),
                            simulator::Fault::unknown(),
                        ];
                        let fault = faults[self.rng.random_range(0..faults.len())].clone();
                        let later = self.rng.random_bool(0.3);
                        match later {
                            true => hub.simulator.script().fail_later(1, fault),
                            false => hub.simulator.script().fail_next(1, fault),
                        };
                    }
                    // The session may be over, or the bot answers: then nothing is written.
                    let text = Text::parse("from the hub").unwrap();
                    let send = Send::of(ConversationId(conversation.id), text);
                    let _ = domain::message::send(&hub.env, &hub.actor, &send).await;
                }
            }
            6 => self.somebody_decides().await,
            7 => self.rolls_up().await,
            8 => {
                let zone = ZONES.choose(&mut self.rng).unwrap();
                hub.client.mutate("workspaceUpdate", json!({"timeZone": zone}), "workspace { id }").await;
            }
            9 => self.somebody_rates().await,
            11 => self.one_proves_to_be_another().await,
            12 => self.people_were_busy().await,
            // What the feed forgets before it is rolled up must not be missed.
            10 => domain::prune::run(&hub.env).await.unwrap(),
            _ => {
                let minutes = [1, 14, 60, 700, 2_000].choose(&mut self.rng).unwrap();
                let seconds = self.rng.random_range(0..=minutes * 60);
                hub.advance(TimeDelta::seconds(seconds));
            }
        }
    }

    /// A member joins, hands back or closes, if that is possible.
    async fn somebody_decides(&mut self) {
        let (hub, scope) = (&self.hub, self.hub.scope());
        let all = scope.find::<entity::conversation::Entity>().all(scope.reader()).await.unwrap();
        let Some(conversation) = all.choose(&mut self.rng) else { return };
        let id = ConversationId(conversation.id);
        let (env, actor) = (&hub.env, &hub.actor);
        let _ = match self.rng.random_range(0..3) {
            0 => conversation::join(env, actor, id).await,
            1 => conversation::hand_back(env, actor, id).await,
            _ => conversation::close(env, actor, id).await,
        };
    }

    /// A member likes a message, or does not, or takes that back; most messages cannot be rated.
    async fn somebody_rates(&mut self) {
        let (hub, scope) = (&self.hub, self.hub.scope());
        let all = scope.find::<entity::message::Entity>().all(scope.reader()).await.unwrap();
        let Some(message) = all.choose(&mut self.rng).map(|row| MessageId(row.id)) else { return };
        let documents = scope.find::<entity::document::Entity>().all(scope.reader()).await.unwrap();
        let correction = Correction {
            question: Some("anything".into()),
            wrong: "all of it".into(),
            answer: "something else".into(),
            documents: vec![DocumentId(documents[0].id)],
        };
        let (env, actor) = (&hub.env, &hub.actor);
        match self.rng.random_range(0..3) {
            0 => drop(feedback::rate(env, actor, message, Rating::Up, None).await),
            1 => drop(feedback::rate(env, actor, message, Rating::Down, Some(&correction)).await),
            _ => drop(feedback::withdraw(env, actor, message).await.unwrap()),
        }
    }

    /// What was typed on the phone proves to be a message that is there already, as a late status may tell.
    async fn one_proves_to_be_another(&mut self) {
        let (hub, scope) = (&self.hub, self.hub.scope());
        let all = scope.find::<entity::message::Entity>().all(scope.reader()).await.unwrap();
        let typed = all.iter().filter(|row| row.author == "BUSINESS_APP" && row.duplicate_of.is_none());
        let Some(mut row) = typed.collect::<Vec<_>>().choose(&mut self.rng).map(|row| (*row).clone()) else {
            return;
        };
        let is_other = |other: &&entity::message::Model| {
            other.conversation_id == row.conversation_id && other.id != row.id && other.duplicate_of.is_none()
        };
        let Some(other) = all.iter().find(is_other) else { return };
        row.duplicate_of = Some(other.id);
        let mut tx = Tx::begin(&hub.env, hub.actor.workspace).await.unwrap();
        tx.save(&row).await.unwrap();
        tx.announce(Event::MessageDuplicateFound {
            widget: WidgetId(row.widget_id),
            conversation: ConversationId(row.conversation_id),
            message: MessageId(row.id),
            duplicate_of: MessageId(other.id),
        });
        tx.commit().await.unwrap();
    }

    /// At least so often that no sketch of a month is exact.
    pub async fn people_have_been_busy(&mut self) {
        while self.busy < 3 {
            let says = self.hub.simulator.customer_says(&self.numbers[0], &self.customers[0], "hello").await;
            self.hub.stored(&says).await;
            self.people_were_busy().await;
        }
    }

    /// More waits in a session than sketches keep one by one: some weeks of a busy desk.
    async fn people_were_busy(&mut self) {
        let (hub, scope, now) = (&self.hub, self.hub.scope(), self.hub.env.clock.now());
        let sessions = scope.find::<entity::session::Entity>().all(scope.reader()).await.unwrap();
        let Some(session) = sessions.iter().find(|row| row.closed_at.is_none()).filter(|_| self.busy < 4)
        else {
            return;
        };
        self.busy += 1;
        let conversation = ConversationId(session.conversation_id);
        let found = conversation::load(&scope, &[conversation]).await.unwrap().remove(0);
        let mut tx = Tx::begin(&hub.env, hub.actor.workspace).await.unwrap();
        for _ in 0..400 {
            let started = now - TimeDelta::seconds(self.rng.random_range(8_000..20 * 86_400));
            let replied = started + TimeDelta::seconds(self.rng.random_range(1..4_000));
            tx.insert(entity::human_wait::Model {
                id: HumanWaitId::new().0,
                workspace_id: session.workspace_id,
                conversation_id: session.conversation_id,
                session_id: session.id,
                reason: "UNSURE".to_owned(),
                from_number: 1,
                started_at: started,
                first_reply_at: Some(replied),
                ended_at: Some(replied + TimeDelta::seconds(self.rng.random_range(0..4_000))),
                last_number: None,
            })
            .await
            .unwrap();
        }
        tx.announce(Event::ConversationHandlerChanged {
            widget: WidgetId(found.widget_id),
            conversation,
            from: Handler::Bot,
            to: Handler::Human,
            epoch: found.epoch,
            reason: Some(WaitReason::Unsure),
        });
        tx.commit().await.unwrap();
    }

    /// Once, twice at the same time, killed in the middle, or all over again.
    async fn rolls_up(&mut self) {
        let (env, workspace) = (&self.hub.env, self.hub.actor.workspace);
        match self.rng.random_range(0..5) {
            0 => metrics::roll_up(env, workspace).await.unwrap(),
            1 => {
                let (one, other) =
                    tokio::join!(metrics::roll_up(env, workspace), metrics::roll_up(env, workspace));
                assert!(one.is_ok() && other.is_ok());
            }
            2 => {
                let patience = std::time::Duration::from_micros(self.rng.random_range(100..6_000));
                let _ = tokio::time::timeout(patience, metrics::roll_up(env, workspace)).await;
            }
            3 => {
                let (one, other) =
                    tokio::join!(metrics::rebuild(env, workspace), metrics::roll_up(env, workspace));
                assert!(one.is_ok() && other.is_ok());
            }
            _ => metrics::rebuild(env, workspace).await.unwrap(),
        }
    }
}
