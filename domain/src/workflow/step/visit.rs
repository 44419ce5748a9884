//! A step at work: what it may read, and how it says what it wants.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use crate::workflow::definition::Name;
use crate::workflow::facts::{self, Facts, Written};
use crate::workflow::journal::Effect;
use crate::workflow::run::{Fault, FaultCode, Mail, Signal, State};
use crate::workflow::template::{Expression, Template};

/// The largest value of one variable, in bytes of its JSON.
pub const MAX_VALUE: usize = 32_768;
/// The largest size of a workflow's values together, in bytes of their JSON.
pub const MAX_VALUES: usize = 131_072;
/// How deep a value nests at most: a state is JSON, which is read no deeper than 128 levels.
pub const MAX_NESTING: usize = 32;

/// Whether a variable can hold a value.
///
/// # Errors
/// TOO_LARGE.
pub fn fits(value: &Json) -> Result<(), Fault> {
    if nesting(value) > MAX_NESTING {
        return Err(Fault::new(
            FaultCode::TooLarge,
            format!("the value nests deeper than {MAX_NESTING} levels"),
        ));
    }
    if size(value) > MAX_VALUE {
        return Err(Fault::new(FaultCode::TooLarge, format!("the value is larger than {MAX_VALUE} bytes")));
    }
    Ok(())
}

/// Remembers a value among others, if it and all together fit.
pub(in crate::workflow) fn remember(
    variables: &mut BTreeMap<Name, Json>,
    name: &Name,
    value: Json,
) -> Result<(), Fault> {
    fits(&value).map_err(|fault| at(&name.0, fault))?;
    let others = variables.iter().filter(|(other, _)| *other != name).map(|(_, value)| size(value));
    if others.sum::<usize>() + size(&value) > MAX_VALUES {
        let message = format!("{name}: all values together are larger than {MAX_VALUES} bytes");
        return Err(Fault::new(FaultCode::TooLarge, message));
    }
    variables.insert(name.clone(), value);
    Ok(())
}

/// A step at work.
pub(in crate::workflow) struct Visit<'a> {
    /// The world at this moment.
    pub facts: &'a Facts,
    /// The run.
    pub state: &'a mut State,
    /// What the step worked with.
    pub input: Map<String, Json>,
    /// What it wants done.
    pub effects: Vec<Effect>,
}

impl<'a> Visit<'a> {
    pub fn new(facts: &'a Facts, state: &'a mut State) -> Self {
        Self { facts, state, input: Map::new(), effects: Vec::new() }
    }

    /// Fills in a text and notes it in the journal.
    pub fn render(&mut self, field: &str, template: &Template) -> Result<String, Fault> {
        let text = self.quietly(field, template)?;
        self.note(field, text.as_str());
        Ok(text)
    }

    /// Fills in a text that the journal is not to show.
    pub fn quietly(&self, field: &str, template: &Template) -> Result<String, Fault> {
        template.render(&self.scope()).map_err(|fault| at(field, fault))
    }

    /// Evaluates an expression and notes its value in the journal.
    pub fn value(&mut self, field: &str, expression: &Expression) -> Result<Json, Fault> {
        let value = expression.value(&self.scope()).map_err(|fault| at(field, fault))?;
        fits(&value).map_err(|fault| at(field, fault))?;
        self.note(field, value.clone());
        Ok(value)
    }

    /// Whether a condition holds.
    pub fn holds(&self, field: &str, condition: &Expression) -> Result<bool, Fault> {
        condition.holds(&self.scope()).map_err(|fault| at(field, fault))
    }

    /// Remembers a value.
    pub fn set(&mut self, name: &Name, value: Json) -> Result<(), Fault> {
        remember(&mut self.state.frame_mut().variables, name, value)
    }

    /// Notes something in the journal.
    pub fn note(&mut self, field: &str, value: impl Into<Json>) {
        self.input.insert(field.to_owned(), value.into());
    }

    /// Says something to the customer; false, with a note why, if nothing may be said or there is nothing to say.
    pub fn say(&mut self, what: Effect) -> bool {
        if let Some(silent) = self.facts.silent {
            self.note("silent", serde_json::to_value(silent).expect("a name is JSON"));
            return false;
        }
        if matches!(&what, Effect::Send { text, .. } if text.trim().is_empty()) {
            self.note("silent", "EMPTY");
            return false;
        }
        self.settle(what);
        true
    }

    /// Wants something after which the customer waits for nothing of what was taken before: it hears of it, or a person
    /// does.
    pub fn settle(&mut self, what: Effect) {
        self.state.owes = None;
        self.effects.push(what);
    }

    /// Takes the oldest message that no step took yet and that is the run's to answer.
    pub fn take_answer(&mut self) -> Option<Written> {
        self.take_mail(|written| !written.numbers.is_empty())
    }

    /// Takes the oldest message that no step took yet.
    pub fn take_message(&mut self) -> Option<Written> {
        self.take_mail(|_| true)
    }

    fn take_mail(&mut self, fits: impl Fn(&Written) -> bool) -> Option<Written> {
        let fits = |mail: &Mail| matches!(mail, Mail::Message(written) if fits(written));
        let place = self.state.mailbox.iter().position(fits)?;
        match self.state.mailbox.remove(place) {
            Some(Mail::Message(written)) => Some(written),
            Some(Mail::Signal(_)) | None => None,
        }
    }

    /// Takes the oldest signal of that name that no step took yet.
    pub fn take_signal(&mut self, name: &Name) -> Option<Signal> {
        let named = |mail: &Mail| matches!(mail, Mail::Signal(signal) if signal.name == *name);
        let place = self.state.mailbox.iter().position(named)?;
        match self.state.mailbox.remove(place) {
            Some(Mail::Signal(signal)) => Some(signal),
            Some(Mail::Message(_)) | None => None,
        }
    }

    fn scope(&self) -> Json {
        let state = &*self.state;
        facts::scope(self.facts, state.message.as_ref(), state.doubt, &state.frame().variables)
    }
}

fn at(field: &str, fault: Fault) -> Fault {
    Fault { message: format!("{field}: {}", fault.message), ..fault }
}

fn nesting(value: &Json) -> usize {
    match value {
        Json::Array(values) => 1 + values.iter().map(nesting).max().unwrap_or_default(),
        Json::Object(values) => 1 + values.values().map(nesting).max().unwrap_or_default(),
        _ => 0,
    }
}

fn size(value: &Json) -> usize {
    value.to_string().len()
}
