//! Replays histories on a server: webhooks over HTTP, members' commands, real workers, the bot's turns
//! held until the history says what the bot does.

mod bot;
mod gate;
mod ground;
mod meta;
mod people;
mod seen;

use chrono::TimeDelta;
use domain::clock::Time;
use domain::conversation;
use domain::id::{ConversationId, MessageId};
use simulator::{Content, Customer};
use tests::knowledge::QUESTION;

use self::people::Ask;
use self::seen::Seen;
use super::subject::{Event, Ms, Observation, Step, Subject};

pub use self::ground::Ground;

/// One conversation of a fresh contact.
pub struct Server<'g> {
    ground: &'g mut Ground,
    base: Time,
    customer: Customer,
    id: ConversationId,
    /// Meta's id of the phone-app message that made the conversation.
    first: String,
    /// Meta's id of the last customer message.
    last: Option<String>,
    agents: Vec<MessageId>,
    seen: Seen,
    steps: usize,
}

impl<'g> Server<'g> {
    /// A phone-app message to somebody who never wrote makes a conversation without a session.
    pub async fn begin(ground: &'g mut Ground) -> Self {
        let base = ground.begin();
        ground.set(|settings| settings.bot_on = true).await;
        let customer = ground.hub.customer("Ada");
        let first = meta::phone(&ground.hub, &customer, base).await;
        ground.look().await;
        ground.settle().await;
        let message = ground.hub.message(&first).await.expect("the message is stored");
        let id = ConversationId(message.conversation_id);
        let seen = Seen::now(&ground.hub, id).await;
        Self { ground, base, customer, id, first, last: None, agents: Vec::new(), seen, steps: 0 }
    }

    /// Closes the session and lets every turn go, so that nothing happens here any more.
    pub async fn end(self) {
        people::ask(&self.ground.hub, self.id, Ask::Join).await;
        people::ask(&self.ground.hub, self.id, Ask::Close).await;
        let seen = Seen::now(&self.ground.hub, self.id).await;
        seen.ended_turns().for_each(|turn| self.ground.gate.release(turn));
        self.ground.settle().await;
    }

    fn time(&self, at: Ms) -> Time {
        self.base + TimeDelta::milliseconds(at)
    }

    /// Applies what is due by the ticker. The ticker offers a job once in five seconds of machine time;
    /// what it may not offer yet is run without it.
    async fn tick(&self) {
        self.ground.look().await;
        self.ground.settle().await;
        let hub = &self.ground.hub;
        if seen::is_due(hub, self.id).await {
            let done = conversation::bring_up_to_date(&hub.env, hub.actor.workspace, self.id).await;
            done.expect("it is brought up to date");
        }
    }

    /// Gives the stimulus; false if it was refused.
    async fn stimulate(&mut self, step: Step) -> bool {
        match step.event {
            Event::Customer { clock } | Event::OldCustomer { clock } => {
                let clock = self.time(clock);
                self.last = Some(meta::customer(&self.ground.hub, &self.customer, QUESTION, clock).await);
                self.ground.look().await;
            }
            Event::Phone { clock, takes_over } => {
                self.ground.set(|settings| settings.takes_over = takes_over).await;
                meta::phone(&self.ground.hub, &self.customer, self.time(clock)).await;
                self.ground.look().await;
            }
            Event::Agent => {
                let Some(sent) = people::reply(&self.ground.hub, self.id, "A person answers").await else {
                    return false;
                };
                self.agents.push(sent);
            }
            Event::Answers | Event::HandsOver { .. } | Event::CannotAnswer { .. } => {
                bot::act(self.ground, self.id, self.seen.open_turn(), step.event).await;
            }
            Event::Join => return self.ask(Ask::Join).await,
            Event::HandBack => return self.ask(Ask::HandBack).await,
            Event::Snooze { until } => return self.ask(Ask::Snooze(self.time(until))).await,
            Event::Unsnooze => return self.ask(Ask::Unsnooze).await,
            Event::Close => return self.ask(Ask::Close).await,
            Event::Due | Event::Expiry => {}
            Event::Fails { nth } => self.status(self.agents[nth], "failed").await,
            Event::Arrives { nth } => self.status(self.agents[nth], "delivered").await,
            Event::BotSwitched { on } => self.ground.set(|settings| settings.bot_on = on).await,
            Event::Aside => self.aside().await,
        }
        true
    }

    async fn ask(&self, ask: Ask) -> bool {
        people::ask(&self.ground.hub, self.id, ask).await
    }

    async fn status(&self, of: MessageId, status: &str) {
        let hub = &self.ground.hub;
        let found = domain::message::load(&hub.scope(), &[of]).await.expect("the database answers");
        let id = found[0].provider_id.as_deref().expect("Meta accepted it");
        meta::status(hub, &self.customer, id, status).await;
        self.ground.look().await;
    }

    /// One of the things that change no status.
    async fn aside(&self) {
        let hub = &self.ground.hub;
        let to = self.last.as_ref().unwrap_or(&self.first).clone();
        let of_bot = hub.messages(self.id).await.into_iter().rfind(|message| message.author == "BOT");
        match (self.steps % 5, of_bot) {
            (0, Some(message)) if message.provider_id.is_some() => {
                self.status(MessageId(message.id), "read").await;
            }
            (1, _) => {
                let emoji = Some("👍".to_owned());
                meta::change(hub, &self.customer, &Content::Reaction { to, emoji }).await;
            }
            (2, _) => {
                let edit = Content::Edit { of: to, text: QUESTION.to_owned() };
                meta::change(hub, &self.customer, &edit).await;
            }
            (3, _) => meta::revoke(hub, &self.customer, &self.first).await,
            _ => assert!(self.ask(Ask::Pin(!self.seen.pinned())).await),
        }
        self.ground.look().await;
    }
}

/// What brings a conversation up to date by itself, before it acts.
fn applies_what_is_due(event: Event) -> bool {
    matches!(
        event,
        Event::Customer { .. }
            | Event::OldCustomer { .. }
            | Event::Phone { .. }
            | Event::Agent
            | Event::Join
            | Event::HandBack
            | Event::Snooze { .. }
            | Event::Unsnooze
            | Event::Close
    )
}

impl Subject for Server<'_> {
    async fn act(&mut self, step: Step) -> Observation {
        self.steps += 1;
        let moved = self.ground.move_to(self.time(step.at));
        // Every other time the ticker is late, and the event has to see to it.
        if (moved && self.steps.is_multiple_of(2)) || !applies_what_is_due(step.event) {
            self.tick().await;
        }
        let accepted = self.stimulate(step).await;
        self.ground.settle().await;
        let before = std::mem::replace(&mut self.seen, Seen::now(&self.ground.hub, self.id).await);
        self.seen.ended_turns().for_each(|turn| self.ground.gate.release(turn));
        self.seen.since(&before, &self.ground.hub, step.event, accepted).await
    }
}
