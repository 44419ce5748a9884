//! A scene: one customer, one graph, a hub and a simulator in which the same happens.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::id::{ConversationId, RunId};
use domain::workflow::definition::{Key, Name};
use domain::workflow::facts::{Contact, Conversation, Session};
use domain::workflow::journal::{Effect, Entry};
use domain::workflow::run::{At, Signal, State};
use domain::workflow::simulate::{self, Pending, Simulation};
use domain::workflow::step::Outcome;
use domain::workflow::step::http::Response;
use domain::workflow::{Definition, Library, check, live};
use domain::{bot, conversation, page, widget};
use rand::Rng;
use rand::rngs::StdRng;
use simulator::Customer;
use tests::Hub;
use tests::wait::until;

use super::super::shop::Shop;
use super::compare::{Numbers, begins_anew, said};
use super::publish;

/// What happens in a scene.
#[derive(Debug, Clone)]
pub enum Act {
    Writes(&'static str),
    /// Both at once: which is first nobody knows.
    Together(&'static str, &'static str),
    /// A person joins, says nothing, and hands back.
    ComesAndGoes,
    Signal(&'static str),
    Time(i64),
    Takeover,
    HandBack,
}

pub struct Scene<'a> {
    hub: &'a Hub,
    shop: &'a Shop,
    customer: Customer,
    conversation: ConversationId,
    simulation: Simulation<'a>,
    person: bool,
    pub story: Vec<Act>,
    /// How much happened beside a call.
    pub together: usize,
}

impl<'a> Scene<'a> {
    pub async fn begin(
        hub: &'a Hub,
        shop: &'a Shop,
        known: &Library,
        (key, graph): (&str, Definition),
    ) -> Self {
        let mut library = known.clone();
        library.publish(Key::from(key), 1, Arc::new(graph.clone()));
        assert_eq!(check(&graph, &library), []);
        let (id, _) = publish(hub, key, graph).await;
        let advanced = widget::Advanced { workflow: Some(Some(id)), ..widget::Advanced::default() };
        widget::update_advanced(&hub.env, &hub.actor, hub.widget, &advanced).await.unwrap();
        let customer = hub.customer(key);
        let now = hub.env.clock.now();
        let stored = hub.stored(&hub.says(&customer, "hello").await).await;
        let conversation = ConversationId(stored.conversation_id);
        let mut world = simulate::world(&hub.scope(), now).await.unwrap();
        world.facts.contact = Contact { name: Some(key.to_owned()), phone: customer.wa_id.clone() };
        world.facts.conversation =
            Conversation { id: conversation.to_string(), bot: true, ..Conversation::default() };
        world.facts.session = Some(Session { number: 1, opened_at: now });
        // A scene is one of few: its library may live as long as the test.
        let library: &'static Library = Box::leak(Box::new(library));
        let simulation = Simulation::begin(library, &Key::from(key), Some("hello"), world).unwrap();
        let (person, story, together) = (false, Vec::new(), 0);
        let scene = Self { hub, shop, customer, conversation, simulation, person, story, together };
        until("the run begins", async || (!scene.runs().await.is_empty()).then_some(())).await;
        scene
    }

    /// Over for good: one that was ended to begin anew does so when the customer writes.
    pub fn is_over(&self) -> bool {
        let state = self.simulation.state();
        matches!(state.at, At::Ended { .. }) && !begins_anew(state)
    }

    pub fn some_act(&self, rng: &mut StdRng) -> Act {
        let texts = ["Ana", "4711", "a longer text\nof two lines", "運費怎麼算？"];
        match rng.random_range(0..14) {
            0..=4 => Act::Writes(texts[rng.random_range(0..texts.len())]),
            5 => Act::Signal(["go", "stay"][rng.random_range(0..2)]),
            6 if !self.person => Act::Together(texts[rng.random_range(0..texts.len())], "go"),
            7 if !self.person => Act::ComesAndGoes,
            6..=9 => Act::Time(rng.random_range(1..300)),
            _ if self.person => Act::HandBack,
            _ => Act::Takeover,
        }
    }

    pub async fn act(&mut self, act: Act) {
        self.story.push(act.clone());
        match act {
            Act::Writes(text) => {
                self.hub.stored(&self.hub.says(&self.customer, text).await).await;
                self.simulation.customer_writes(text);
            }
            Act::Signal(name) => {
                let signal = Signal { name: Name::from(name), payload: serde_json::json!({"n": 1}) };
                let hears = !matches!(self.simulation.state().at, At::Ended { .. });
                assert_eq!(self.tell(&signal).await, hears, "after {:?}", self.story);
                if hears {
                    self.simulation.signal(signal);
                }
            }
            Act::Together(text, name) => self.together(text, name).await,
            Act::ComesAndGoes => {
                // What Meta's pace holds back would be stopped and owed again, of which the simulator knows nothing; and a
                // conversation that a person is asked for cannot be joined.
                let states = self.hub.states(self.conversation).await;
                if states.iter().any(|(state, _)| state == "QUEUED") {
                    return;
                }
                if conversation::join(&self.hub.env, &self.hub.actor, self.conversation).await.is_ok() {
                    self.simulation.person_joins();
                    self.agree().await;
                    conversation::hand_back(&self.hub.env, &self.hub.actor, self.conversation).await.unwrap();
                    self.simulation.hand_back();
                }
            }
            Act::Time(seconds) => self.pass(TimeDelta::seconds(seconds)).await,
            Act::Takeover => {
                self.hub.stored(&self.hub.types(&self.customer, "A person writes").await).await;
                self.simulation.person_acts();
                self.person = true;
            }
            Act::HandBack => {
                conversation::hand_back(&self.hub.env, &self.hub.actor, self.conversation).await.unwrap();
                self.simulation.hand_back();
                self.person = false;
            }
        }
    }

    /// Whether the run can hear a signal.
    async fn tell(&self, signal: &Signal) -> bool {
        let run = RunId(self.runs().await.pop().unwrap().id);
        live::command::signal(&self.hub.env, &self.hub.actor, run, signal.clone()).await.is_ok()
    }

    /// A message and a signal race: the hub did one of what the simulator shows for every order, beside the calls too
    /// that the first of them leads to.
    async fn together(&mut self, text: &'static str, name: &'static str) {
        self.shop.hold(false);
        let signal = Signal { name: Name::from(name), payload: serde_json::json!({"n": 1}) };
        let writes = async { self.hub.stored(&self.hub.says(&self.customer, text).await).await };
        let (_, heard) = tokio::join!(writes, self.tell(&signal));
        self.hub.settle().await;
        let before = self.simulation.clone();
        for written_first in [true, false] {
            let mut first = before.clone();
            let happens = |simulation: &mut Simulation<'a>, is_message: bool| match is_message {
                true => simulation.customer_writes(text),
                false if heard => simulation.signal(signal.clone()),
                false => {}
            };
            happens(&mut first, written_first);
            loop {
                let mut both = first.clone();
                happens(&mut both, !written_first);
                while self.make_call(&mut both).await {}
                self.simulation = both;
                if self.is_same().await {
                    return;
                }
                if !self.make_call(&mut first).await {
                    break;
                }
            }
        }
        self.same().await;
    }

    /// Time passes on both clocks, and stands still whenever the run wakes.
    pub async fn pass(&mut self, by: TimeDelta) {
        let target = self.simulation.now() + by;
        self.shop.hold(false);
        while self.simulation.now() < target {
            let next = self.simulation.state().wake_at().map_or(target, |at| at.min(target));
            self.hub.set_clock(next);
            self.simulation.advance(next - self.simulation.now());
            self.agree().await;
        }
    }

    /// Both make the calls that they wait for, and have done the same then. More may happen beside a call.
    pub async fn settle(&mut self, rng: &mut StdRng) {
        let mut more = rng.random_range(1..4);
        while let Some(Pending { effect: Effect::Http(_), .. }) = pending(&self.simulation)
            && self.shop.holds()
            && more > 0
        {
            self.same().await;
            let act = self.some_act(rng);
            // The others let the call end.
            if matches!(act, Act::Writes(_) | Act::Signal(_) | Act::Takeover) {
                self.act(act).await;
                self.turns_end().await;
                self.same().await;
                self.together += 1;
                more -= 1;
            }
        }
        self.shop.hold(false);
        self.agree().await;
    }

    /// What was written is the run's before anything else happens.
    async fn turns_end(&self) {
        let scope = self.hub.scope();
        until("its turns are over", async || {
            let turns = scope.find::<entity::turn::Entity>().all(scope.reader()).await.unwrap();
            turns.iter().all(|turn| turn.ended_at.is_some()).then_some(())
        })
        .await;
    }

    pub async fn agree(&mut self) {
        self.hub.settle().await;
        let mut simulation = self.simulation.clone();
        while self.make_call(&mut simulation).await {}
        self.simulation = simulation;
        self.same().await;
        let done = self.journal().await;
        assert_eq!(done, self.shown(), "after {:?}", self.story);
        // What was to be said was said, once.
        let runs: Vec<_> = self.runs().await.into_iter().map(|run| Some(run.id)).collect();
        let messages = self.hub.messages(self.conversation).await.into_iter();
        let texts: Vec<_> =
            messages.filter(|message| runs.contains(&message.run_id)).map(|message| message.text).collect();
        assert_eq!(texts, said(&done), "after {:?}", self.story);
    }

    /// Makes the call that a simulation waits for, if it waits for one.
    async fn make_call(&self, simulation: &mut Simulation<'a>) -> bool {
        let Some(pending) = pending(simulation) else { return false };
        let outcome = match &pending.effect {
            Effect::Answer { question, threshold } => {
                let found = bot::find(&self.hub.scope(), question, threshold.unwrap_or(0.5)).await;
                Outcome::Knowledge(found.unwrap())
            }
            Effect::Http(request) => Outcome::Http(response(&request.url)),
            other => unreachable!("{other:?} is no call"),
        };
        simulation.outside(pending.visit, outcome);
        true
    }

    async fn is_same(&self) -> bool {
        self.state().await == *self.simulation.state() && self.journal().await == self.shown()
    }

    async fn same(&self) {
        let same = until("both stand the same", async || {
            (self.state().await == *self.simulation.state()).then_some(())
        });
        if tokio::time::timeout(std::time::Duration::from_secs(20), same).await.is_err() {
            let (shown, done) = (self.shown(), self.journal().await);
            let both = (self.state().await, self.simulation.state());
            panic!(
                "after {:?}\nhub {:#?}\nsimulator {:#?}\nhub did {done:#?}\nsimulator {shown:#?}",
                self.story, both.0, both.1
            );
        }
    }

    /// The runs of the conversation that began anew after a hand back, the present one last. The one after a run that
    /// came to its end is another story.
    pub async fn runs(&self) -> Vec<entity::workflow_run::Model> {
        let filter = live::Filter { conversation: Some(self.conversation), ..live::Filter::default() };
        let mut runs = live::list(&self.hub.scope(), &filter, &first(100)).await.unwrap();
        runs.sort_by_key(|run| run.id);
        let restarted = |run: &entity::workflow_run::Model| begins_anew(&live::state(run).unwrap());
        if let Some(last) = runs.iter().position(|run| !restarted(run)) {
            let is_over = runs[last].ended_at.is_some();
            assert!(is_over || last + 1 == runs.len(), "one began beside another: {runs:#?}");
            runs.truncate(last + 1);
        }
        runs
    }

    async fn state(&self) -> State {
        let state = live::state(self.runs().await.last().unwrap()).unwrap();
        self.numbers().await.state(state)
    }

    pub async fn numbers(&self) -> Numbers {
        Numbers::of(&self.hub.messages(self.conversation).await)
    }

    pub async fn journal(&self) -> Vec<Entry> {
        let (numbers, mut done) = (self.numbers().await, Vec::new());
        for run in self.runs().await {
            let rows = live::entries(&self.hub.scope(), &[RunId(run.id)], &first(1_000)).await.unwrap();
            done.extend(rows.iter().map(|row| numbers.entry(live::entry(row).unwrap())));
        }
        done
    }

    fn shown(&self) -> Vec<Entry> {
        let entries = self.simulation.happened().iter().flat_map(|happening| happening.entries.clone());
        entries.collect()
    }
}

/// The call that a simulation waits for.
fn pending(simulation: &Simulation<'_>) -> Option<Pending> {
    simulation.pending().filter(|_| simulation.state().result.is_none())
}

/// What the shop answers.
fn response(url: &str) -> Response {
    match url.ends_with("/none") {
        true => Response::Answered { status: 404, body: "{}".into() },
        false => Response::Answered { status: 200, body: r#"{"state": "on its way"}"#.into() },
    }
}

fn first<K>(limit: u64) -> page::Page<K> {
    page::Page { after: None, before: None, backwards: false, limit }
}
