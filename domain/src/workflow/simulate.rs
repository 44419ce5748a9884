//! Trying a workflow out: the very engine, with a clock that is moved by hand, a customer who says what a script says,
//! and effects that are only written down.

mod script;

use chrono::TimeDelta;

use super::definition::{AfterHandBack, Key};
use super::facts::{Facts, Hours, Silence, Written};
use super::journal::{Effect, Entry};
use super::run::{At, Cancel, Ended, Fault, Signal, State};
use super::{Library, Stimulus, begin, step};
use crate::business_hours::Calendar;
use crate::clock::Time;

pub use script::{Act, Script, play, world};

/// How many entries of the journal a simulation shows at most.
const MOST_ENTRIES: usize = 1_000;
/// How large the journal is at most, in bytes of its JSON.
const MOST_BYTES: usize = 4_000_000;
/// For how long after the customer's last message the session and Meta's reply window are open.
const DAY: TimeDelta = TimeDelta::hours(24);

/// A run in a world of its own.
#[derive(Debug, Clone)]
pub struct Simulation<'a> {
    library: &'a Library,
    facts: Facts,
    calendar: Calendar,
    state: State,
    last_message: Option<Time>,
    /// What the customer wrote: the first message is number 1.
    messages: Vec<Option<String>>,
    /// Up to which of them a person answered.
    answered: i64,
    /// What the customer wrote since a person last acted: theirs, unless they hand back.
    left: Option<Written>,
    happened: Vec<Happening>,
    entries: usize,
    bytes: usize,
}

/// The world as a simulation begins.
#[derive(Debug, Clone)]
pub struct World {
    /// What is true then.
    pub facts: Facts,
    /// When the company is open: the facts follow it as time passes.
    pub calendar: Calendar,
}

/// Something that happened, and what the run did about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Happening {
    /// When, on the simulation's clock.
    pub at: Time,
    /// What.
    pub stimulus: Stimulus,
    /// What the run did, step by step.
    pub entries: Vec<Entry>,
}

/// A call to the outside that the run waits for.
#[derive(Debug, Clone, PartialEq)]
pub struct Pending {
    /// The number of the step that wants it.
    pub visit: u64,
    /// What it wants.
    pub effect: Effect,
}

impl<'a> Simulation<'a> {
    /// Begins a run of a workflow, with what the customer wrote to begin the session, if anything.
    ///
    /// # Errors
    /// As [`begin`].
    pub fn begin(
        library: &'a Library,
        workflow: &Key,
        message: Option<&str>,
        world: World,
    ) -> Result<Self, Fault> {
        let World { mut facts, calendar } = world;
        facts.business_hours = Hours::of(&calendar, facts.now);
        let messages: Vec<_> = message.map(|text| Some(text.to_owned())).into_iter().collect();
        let written = Written::several((1..).zip(messages.clone()));
        let last_message = message.map(|_| facts.now);
        let state = begin(library, workflow, written, &facts)?;
        let happened = Vec::new();
        let mut simulation = Self {
            library,
            facts,
            calendar,
            state,
            last_message,
            messages,
            answered: 0,
            left: None,
            happened,
            entries: 0,
            bytes: 0,
        };
        simulation.stimulate(Stimulus::Look);
        Ok(simulation)
    }

    /// Where the run stands.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The simulation's clock.
    #[must_use]
    pub fn now(&self) -> Time {
        self.facts.now
    }

    /// What happened so far.
    #[must_use]
    pub fn happened(&self) -> &[Happening] {
        &self.happened
    }

    /// Whether the journal is as long as a simulation shows: then nothing happens any more.
    #[must_use]
    pub fn is_exhausted(&self) -> bool {
        self.entries >= MOST_ENTRIES || self.bytes >= MOST_BYTES
    }

    /// The call to the outside that the run waits for, if it waits for one.
    #[must_use]
    pub fn pending(&self) -> Option<Pending> {
        let At::Waiting { visit, wait: super::run::Wait::Outside { .. } } = &self.state.at else {
            return None;
        };
        let entries = self.happened.iter().rev().flat_map(|happening| happening.entries.iter().rev());
        let effect = entries.into_iter().find(|entry| entry.visit == *visit)?.effects.last()?.clone();
        Some(Pending { visit: *visit, effect })
    }

    /// The customer writes; after a day of silence that begins a session, which is not this run's any more.
    pub fn customer_writes(&mut self, text: &str) {
        self.messages.push(Some(text.to_owned()));
        self.last_message = Some(self.facts.now);
        if self.facts.silent == Some(Silence::WindowClosed) {
            self.facts.silent = None;
        }
        let written = Written::one(self.number(), Some(text.to_owned()));
        match self.facts.silent {
            Some(Silence::PersonActed) => self.left = Some(Written::joined(self.left.take(), written)),
            Some(Silence::WindowClosed) | None if self.is_restarted() => self.begin_anew(Some(written)),
            Some(Silence::WindowClosed) | None => self.stimulate(Stimulus::Message(written)),
        }
    }

    /// A member or an integration says something.
    pub fn signal(&mut self, signal: Signal) {
        self.stimulate(Stimulus::Signal(signal));
    }

    /// A call to the outside has a result.
    pub fn outside(&mut self, visit: u64, outcome: super::step::Outcome) {
        self.stimulate(Stimulus::Result { visit, outcome });
    }

    /// A person takes over, and answers what the customer wrote so far.
    pub fn person_acts(&mut self) {
        self.answered = self.number();
        self.left = None;
        self.person_joins();
    }

    /// A person takes over, and says nothing yet.
    pub fn person_joins(&mut self) {
        self.facts.conversation.bot = false;
        self.facts.silent = Some(Silence::PersonActed);
        self.stimulate(Stimulus::Pause);
    }

    /// The person hands the conversation back, with what is left to answer.
    pub fn hand_back(&mut self) {
        self.facts.conversation.bot = true;
        self.facts.silent = self.window_closed().then_some(Silence::WindowClosed);
        match self.library.after_hand_back(&self.state) {
            AfterHandBack::Resume => {
                if let Some(left) = self.left.take() {
                    self.stimulate(Stimulus::Message(left));
                }
                self.stimulate(Stimulus::Resume);
            }
            AfterHandBack::Restart => self.restart(),
        }
    }

    /// The run ends, and a new one begins with what is left to answer; if nothing is, with the customer's next message.
    fn restart(&mut self) {
        let (unanswered, left) = (self.unanswered(), self.left.take());
        self.stimulate(Stimulus::Cancel(Cancel::Restarted));
        match (unanswered, left) {
            (Some(unanswered), left) => {
                self.begin_anew(Some(unanswered));
                if let Some(left) = left {
                    self.stimulate(Stimulus::Message(left));
                }
            }
            (None, Some(left)) => self.begin_anew(Some(left)),
            (None, None) => {}
        }
    }

    /// What the run leaves unanswered, and no person answered.
    fn unanswered(&self) -> Option<Written> {
        let numbers = self.state.unanswered()?.numbers;
        let of_nobody = numbers.into_iter().filter(|number| *number > self.answered);
        Written::several(of_nobody.map(|number| {
            let place = usize::try_from(number - 1).unwrap_or(usize::MAX);
            (number, self.messages.get(place).cloned().flatten())
        }))
    }

    /// The number of the last message.
    fn number(&self) -> i64 {
        i64::try_from(self.messages.len()).unwrap_or(i64::MAX)
    }

    fn begin_anew(&mut self, message: Option<Written>) {
        let workflow = self.state.frames[0].workflow.clone();
        // It began once already, and may not be able to now: then the old one is the last.
        if let Ok(state) = begin(self.library, &workflow, message, &self.facts) {
            self.state = state;
            self.stimulate(Stimulus::Look);
        }
    }

    /// Time passes: the run wakes whenever it wants to, and the session ends a day after the customer's last message.
    pub fn advance(&mut self, by: TimeDelta) {
        let target = self.facts.now + by;
        while !self.is_exhausted() {
            let expires = self
                .facts
                .session
                .as_ref()
                .map(|session| self.last_message.unwrap_or(session.opened_at) + DAY);
            let next = [self.state.wake_at(), expires].into_iter().flatten().min().filter(|at| *at <= target);
            let Some(next) = next else { break };
            self.facts.now = next.max(self.facts.now);
            if expires.is_some_and(|at| at <= next) {
                self.facts.session = None;
                self.facts.silent.get_or_insert(Silence::WindowClosed);
                self.stimulate(Stimulus::Cancel(Cancel::SessionClosed));
            } else {
                self.stimulate(Stimulus::Look);
            }
        }
        if !self.is_exhausted() {
            self.facts.now = target;
        }
    }

    fn is_restarted(&self) -> bool {
        matches!(self.state.at, At::Ended { how: Ended::Cancelled { reason: Cancel::Restarted } })
    }

    fn window_closed(&self) -> bool {
        self.last_message.is_some_and(|at| self.facts.now >= at + DAY)
    }

    fn stimulate(&mut self, stimulus: Stimulus) {
        if self.is_exhausted() {
            return;
        }
        self.facts.business_hours = Hours::of(&self.calendar, self.facts.now);
        let transition = step(self.library, &self.state, stimulus.clone(), &self.facts);
        let facts = self.facts.clone();
        self.facts = transition.effects().fold(facts, |facts, (_, effect)| facts.after(effect));
        self.state = transition.state;
        self.entries += transition.entries.len();
        self.bytes += serde_json::to_string(&transition.entries).map_or(MOST_BYTES, |json| json.len());
        self.happened.push(Happening { at: self.facts.now, stimulus, entries: transition.entries });
    }
}
