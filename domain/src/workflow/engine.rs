//! The engine: a run hears something and goes on as far as it can. Pure.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::definition::{Definition, Key, Name, Step};
use super::facts::{self, Facts, Written};
use super::journal::{Effect, Entry, Outcome, Transition};
use super::library::Library;
use super::run::{At, Cancel, Ended, Fault, FaultCode, Frame, MAX_DEPTH, Mail, Signal, State, Wait};
use super::step::visit::{self, Visit};
use super::step::{self, Heard, Next};

/// How many steps a run takes at most between two things that it hears.
pub const MAX_STEPS: usize = 100;

/// Something that happens to a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "what", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Stimulus {
    /// It is looked at: at its begin, and when its time has come.
    Look,
    /// The customer wrote.
    Message(Written),
    /// A member or an integration says something.
    Signal(Signal),
    /// A call to the outside has a result.
    Result {
        /// The number of the step that wanted it.
        visit: u64,
        /// The result.
        outcome: step::Outcome,
    },
    /// A person acts: the run waits for the conversation to be handed back.
    Pause,
    /// The conversation is handed back.
    Resume,
    /// It is to end.
    Cancel(Cancel),
    /// Its failed step is to be tried again.
    Retry,
    /// It is to go on in the version that is published now.
    Migrate,
}

/// A run of a published workflow that is about to begin.
///
/// # Errors
/// NO_WORKFLOW, or the fault of a variable's initial value.
pub fn begin(
    library: &Library,
    workflow: &Key,
    message: Option<Written>,
    facts: &Facts,
) -> Result<State, Fault> {
    begin_with(library, workflow, message, Vec::new(), facts)
}

/// The same with some of the workflow's variables set.
///
/// # Errors
/// As [`begin`], also for a variable that the workflow does not have, or a value too large.
pub fn begin_with(
    library: &Library,
    workflow: &Key,
    message: Option<Written>,
    variables: Vec<(Name, Json)>,
    facts: &Facts,
) -> Result<State, Fault> {
    let frame = frame(library, workflow, variables, None, message.as_ref(), facts)?;
    Ok(State::begin(frame, message))
}

/// Lets a run hear `stimulus` and go on as far as it can. What does not concern it, because it came twice, late, or
/// too early, changes nothing.
#[must_use]
pub fn step(library: &Library, state: &State, stimulus: Stimulus, facts: &Facts) -> Transition {
    let (state, facts) = (state.clone(), facts.clone());
    let mut engine = Engine { library, facts, state, entries: Vec::new(), steps: 0 };
    engine.receive(stimulus);
    engine.go_on();
    Transition { state: engine.state, entries: engine.entries }
}

/// The published version in which a run can go on, or what keeps it from that, for people.
///
/// # Errors
/// As told.
pub(super) fn can_migrate<'a>(library: &'a Library, state: &State) -> Result<(i64, &'a Definition), String> {
    let [frame] = &state.frames[..] else {
        return Err("it is in a workflow that another one called: wait until it is back".to_owned());
    };
    let (version, definition) = library.published(&frame.workflow).map_err(|fault| fault.message)?;
    if version == frame.version {
        return Err(format!("it is in version {version} already"));
    }
    let present = library.step(frame).map_err(|fault| fault.message)?;
    let kind = std::mem::discriminant(&present.kind);
    match definition.step(&frame.step) {
        Some(step) if std::mem::discriminant(&step.kind) == kind => Ok((version, definition)),
        Some(_) => Err(format!("the step `{}` does something else in version {version}", frame.step)),
        None => Err(format!("version {version} has no step `{}`, where the run is", frame.step)),
    }
}

struct Engine<'a> {
    library: &'a Library,
    /// The world as the effects so far leave it.
    facts: Facts,
    state: State,
    entries: Vec<Entry>,
    steps: usize,
}

impl Engine<'_> {
    fn receive(&mut self, stimulus: Stimulus) {
        if let At::Ended { how } = &self.state.at {
            // A failed run may be tried again, so it follows who is responsible, and ends for good like any other.
            match (how, stimulus) {
                (Ended::Failed { .. }, Stimulus::Migrate) => self.migrate(),
                (Ended::Failed { was, .. }, Stimulus::Retry) => self.state.at = (**was).clone(),
                (Ended::Failed { .. }, Stimulus::Pause) => self.state.paused = true,
                (Ended::Failed { .. }, Stimulus::Resume) => self.state.paused = false,
                (Ended::Failed { .. }, Stimulus::Cancel(reason)) => self.end(Ended::Cancelled { reason }),
                _ => {}
            }
            return;
        }
        match stimulus {
            Stimulus::Look | Stimulus::Retry => {}
            Stimulus::Message(written) => self.state.post(Mail::Message(written)),
            Stimulus::Signal(signal) => self.state.post(Mail::Signal(signal)),
            Stimulus::Result { visit: of, outcome } => {
                let waits = matches!(&self.state.at, At::Waiting { visit, wait: Wait::Outside { .. } } if *visit == of);
                if waits && self.state.result.is_none() {
                    self.state.result = Some(outcome);
                }
            }
            Stimulus::Pause => self.state.paused = true,
            Stimulus::Resume => self.state.paused = false,
            Stimulus::Cancel(reason) => self.end(Ended::Cancelled { reason }),
            Stimulus::Migrate => self.migrate(),
        }
    }

    /// The step at which the run is stays; what follows, and what it says, is the new version's.
    fn migrate(&mut self) {
        let Ok((version, definition)) = can_migrate(self.library, &self.state) else { return };
        let frame = self.state.frame_mut();
        frame.version = version;
        for variable in &definition.variables {
            frame.variables.entry(variable.name.clone()).or_default();
        }
    }

    fn go_on(&mut self) {
        while !self.state.paused {
            let moved = match self.state.at.clone() {
                At::Ended { .. } => false,
                At::Ready => self.enter(),
                At::Waiting { visit, wait } => self.listen(visit, &wait),
            };
            if !moved {
                break;
            }
        }
    }

    fn enter(&mut self) -> bool {
        let visit = self.state.visits;
        self.steps += 1;
        if self.steps > MAX_STEPS {
            let message =
                format!("more than {MAX_STEPS} steps without a wait: let a loop wait for something");
            // Whoever called is not told: it would only go on.
            self.end_failed(Fault::new(FaultCode::StepBudget, message));
            return true;
        }
        self.state.visits += 1;
        let mail = self.state.mailbox.len();
        let moved = self.at_work(visit, |_| {}, |step, visit| step.kind.rules().enter(visit).map(Some));
        if self.state.mailbox.len() < mail {
            // What had arrived is worked off: that is no loop without a wait.
            self.steps = 0;
        }
        moved
    }

    /// Offers a waiting step what there is: its result, its mail in order, the end of its time.
    fn listen(&mut self, visit: u64, wait: &Wait) -> bool {
        match wait {
            Wait::Outside { .. } => {
                if let Some(outcome) = self.state.result.clone() {
                    let taken = |engine: &mut Self| engine.state.result = None;
                    let heard = Heard::Result(outcome);
                    if self.at_work(visit, taken, |step, visit| step.kind.rules().hear(visit, &heard)) {
                        return true;
                    }
                    self.state.result = None;
                }
            }
            Wait::Answer { .. } | Wait::Time { .. } => {
                for place in 0..self.state.mailbox.len() {
                    if self.hear_mail(visit, place) {
                        return true;
                    }
                }
            }
        }
        wait.until().is_some_and(|until| until <= self.facts.now) && self.hear(visit, &Heard::Elapsed)
    }

    /// Mail that its step faults on stays, for when the step is tried again.
    fn hear_mail(&mut self, visit: u64, place: usize) -> bool {
        let mail = &self.state.mailbox[place];
        if !self.library.step(self.state.frame()).is_ok_and(|step| step.kind.rules().wants(mail)) {
            return false;
        }
        let heard = match mail {
            Mail::Message(written) => Heard::Message(written.clone()),
            Mail::Signal(signal) => Heard::Signal(signal.clone()),
        };
        let took = |engine: &mut Self| {
            engine.state.mailbox.remove(place);
            engine.steps = 0;
        };
        self.at_work(visit, took, |step, visit| step.kind.rules().hear(visit, &heard))
    }

    fn hear(&mut self, visit: u64, what: &Heard) -> bool {
        self.at_work(visit, |_| {}, |step, visit| step.kind.rules().hear(visit, what))
    }

    /// Lets the present step do something; false if that was nothing to it. A step that faults has done nothing.
    fn at_work(
        &mut self,
        visit: u64,
        done: impl FnOnce(&mut Self),
        work: impl FnOnce(&Step, &mut Visit<'_>) -> Result<Option<Next>, Fault>,
    ) -> bool {
        let library = self.library;
        let step = match library.step(self.state.frame()) {
            Ok(step) => step,
            Err(fault) => {
                self.fail(fault);
                return true;
            }
        };
        let before = self.state.clone();
        let mut at = Visit::new(&self.facts, &mut self.state);
        let next = work(step, &mut at);
        let (input, effects) = (at.input, at.effects);
        match next {
            Ok(None) => return false,
            Ok(Some(next)) => {
                done(self);
                self.follow(visit, input, effects, next);
            }
            Err(fault) => {
                self.state = before;
                self.record(visit, input, Outcome::Failed { fault: fault.clone() }, Vec::new());
                self.fail(fault);
            }
        }
        true
    }

    fn follow(&mut self, visit: u64, input: Map<String, Json>, effects: Vec<Effect>, next: Next) {
        match next {
            Next::Go { path, to } => {
                self.record(visit, input, Outcome::Went { path: path.into_owned() }, effects);
                self.state.frame_mut().step = to;
                self.state.at = At::Ready;
            }
            Next::Wait(wait) => {
                self.record(visit, input, Outcome::Waits, effects);
                self.state.at = At::Waiting { visit, wait };
            }
            Next::Call { workflow, inputs } => {
                self.record(visit, input, Outcome::Called, effects);
                self.call(visit, &workflow, inputs);
            }
            Next::Return(result) => {
                self.record(visit, input, Outcome::Ended, effects);
                match self.leave() {
                    Some(visit) => drop(self.hear(visit, &Heard::Returned(result))),
                    None => self.end(Ended::Completed { result }),
                }
            }
            Next::Stop => {
                self.record(visit, input, Outcome::Ended, effects);
                self.end(Ended::Completed { result: Json::Null });
            }
        }
    }

    fn call(&mut self, visit: u64, workflow: &Key, inputs: Vec<(Name, Json)>) {
        let callee = match self.state.frames.len() {
            MAX_DEPTH.. => {
                let message = format!("workflows call each other more than {MAX_DEPTH} deep");
                Err(Fault::new(FaultCode::CallDepth, message))
            }
            _ => frame(self.library, workflow, inputs, Some(visit), self.state.message.as_ref(), &self.facts),
        };
        match callee {
            Ok(frame) => {
                self.state.frames.push(frame);
                self.state.at = At::Ready;
            }
            Err(fault) => drop(self.hear(visit, &Heard::NotRun(fault))),
        }
    }

    /// Out of the innermost workflow: the number of the step that called it, if one did.
    fn leave(&mut self) -> Option<u64> {
        let called_by = self.state.frame().called_by?;
        self.state.frames.pop();
        Some(called_by)
    }

    /// A workflow that was called tells its caller; else the run has failed.
    fn fail(&mut self, fault: Fault) {
        if self.state.frame().called_by.is_none() {
            self.end_failed(fault);
        } else if let Some(visit) = self.leave() {
            self.state.result = None;
            self.hear(visit, &Heard::NotRun(fault));
        }
    }

    fn end_failed(&mut self, fault: Fault) {
        let was = Box::new(self.state.at.clone());
        self.state.at = At::Ended { how: Ended::Failed { fault, was } };
    }

    fn end(&mut self, how: Ended) {
        self.state.at = At::Ended { how };
        self.state.result = None;
    }

    fn record(&mut self, visit: u64, input: Map<String, Json>, outcome: Outcome, effects: Vec<Effect>) {
        let frame = self.state.frame();
        let (workflow, version, step) = (frame.workflow.clone(), frame.version, frame.step.clone());
        self.facts = effects.iter().fold(self.facts.clone(), Facts::after);
        self.entries.push(Entry { visit, workflow, version, step, input, outcome, effects });
    }
}

/// The published version of a workflow, about to begin.
fn frame(
    library: &Library,
    workflow: &Key,
    inputs: Vec<(Name, Json)>,
    called_by: Option<u64>,
    message: Option<&Written>,
    facts: &Facts,
) -> Result<Frame, Fault> {
    let (version, definition) = library.published(workflow)?;
    let Some(start) = definition.start.clone() else {
        return Err(Fault::new(FaultCode::NoPath, format!("the workflow `{workflow}` has no start")));
    };
    let mut variables = BTreeMap::new();
    for variable in &definition.variables {
        let scope = facts::scope(facts, message, None, &variables);
        let value = match &variable.initial {
            Some(initial) => initial.value(&scope).map_err(|fault| Fault {
                message: format!("variables.{}: {}", variable.name, fault.message),
                ..fault
            })?,
            None => Json::Null,
        };
        visit::remember(&mut variables, &variable.name, value)?;
    }
    for (name, value) in inputs {
        if !variables.contains_key(&name) {
            let message = format!("the workflow `{workflow}` has no variable `{name}`");
            return Err(Fault::new(FaultCode::NoWorkflow, message));
        }
        visit::remember(&mut variables, &name, value)?;
    }
    Ok(Frame { workflow: workflow.clone(), version, step: start, variables, called_by })
}
