//! Lets the customer choose from a list.

use std::borrow::Cow;

use chrono::TimeDelta;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::wait::limits;
use super::{Heard, Next, Path, StepKind, Visit};
use crate::text::fold;
use crate::workflow::definition::{MAX_SECONDS, Name, Seconds, To};
use crate::workflow::facts::Written;
use crate::workflow::journal::Effect;
use crate::workflow::run::{Fault, Mail, Wait};
use crate::workflow::template::{Source, Template};

/// How many options a list has at most: what a phone shows at a glance.
const MAX_OPTIONS: usize = 10;
/// The longest label, in Unicode scalar values.
const MAX_LABEL: usize = 100;

/// Lets the customer choose from a numbered list, by the number or by the words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Choose {
    /// What stands above the list.
    pub text: Template,
    /// The list, at most 10.
    pub options: Vec<ChooseOption>,
    /// Where the label of the choice is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub save_as: Option<Name>,
    /// For how long it waits, in seconds; None is until the session ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_seconds: Option<Seconds>,
    /// When the customer wrote something else.
    #[serde(default)]
    pub otherwise: To,
    /// When nobody wrote in time. Needed with `timeoutSeconds`.
    #[serde(default)]
    pub timed_out: To,
    /// When nothing may be asked: the reply window is closed, a person has acted, or another run is asking.
    #[serde(default)]
    pub failed: To,
}

/// An option.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ChooseOption {
    /// What the customer reads behind its number.
    pub label: String,
    /// When it is chosen.
    #[serde(default)]
    pub then: To,
}

impl Choose {
    fn list(&self) -> String {
        let lines = self.options.iter().enumerate();
        lines.map(|(place, option)| format!("\n{}. {}", place + 1, option.label.trim())).collect()
    }

    /// The option that the customer means: its number, perhaps with a dot, or its label in any case.
    fn chosen(&self, text: &str) -> Option<(usize, &ChooseOption)> {
        let words = text.trim().trim_end_matches(['.', ')']);
        let number = words.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let meant = |(place, option): &(usize, &ChooseOption)| {
            number == Some(*place) || fold(option.label.trim()) == fold(words)
        };
        self.options.iter().enumerate().find(meant)
    }

    fn take(&self, visit: &mut Visit<'_>, written: Written) -> Result<Next, Fault> {
        visit.note("answer", written.number);
        let chosen = self.chosen(written.text.as_deref().unwrap_or_default());
        visit.state.take(written);
        let Some((place, option)) = chosen else { return Next::go("otherwise", &self.otherwise) };
        visit.note("choice", option.label.as_str());
        match &self.save_as {
            Some(name) if visit.set(name, option.label.as_str().into()).is_err() => {
                Next::go("failed", &self.failed)
            }
            Some(_) | None => Next::go(format!("options[{place}]"), &option.then),
        }
    }
}

impl StepKind for Choose {
    fn paths(&self) -> Vec<Path<'_>> {
        let options = self.options.iter().enumerate();
        let options =
            options.map(|(place, option)| Path::new(format!("options[{place}]"), &option.then).waits());
        let rest = [
            Path::new("otherwise", &self.otherwise).waits(),
            Path::new("timedOut", &self.timed_out).waits().optional_if(self.timeout_seconds.is_none()),
            Path::new("failed", &self.failed),
        ];
        options.chain(rest).collect()
    }

    fn sources(&self) -> Vec<(Cow<'static, str>, Source<'_>)> {
        vec![("text".into(), Source::Template(&self.text))]
    }

    fn writes(&self) -> Vec<(Cow<'static, str>, &Name)> {
        self.save_as.iter().map(|name| ("saveAs".into(), name)).collect()
    }

    fn faults(&self) -> Vec<(&'static str, String)> {
        let mut faults = limits("timeoutSeconds", self.timeout_seconds, 1..=MAX_SECONDS);
        if !(1..=MAX_OPTIONS).contains(&self.options.len()) {
            faults.push(("options", format!("there are {}; give 1 to {MAX_OPTIONS}", self.options.len())));
        }
        for (place, option) in self.options.iter().enumerate() {
            let label = fold(option.label.trim());
            if label.is_empty()
                || option.label.chars().count() > MAX_LABEL
                || option.label.contains(char::is_control)
            {
                faults.push(("options", format!("give each one line of 1 to {MAX_LABEL} characters")));
            } else if self.options[..place].iter().any(|other| fold(other.label.trim()) == label) {
                faults.push(("options", format!("`{}` stands there twice", option.label)));
            }
        }
        faults
    }

    fn wants(&self, mail: &Mail) -> bool {
        // Of what somebody else answers it is only told.
        matches!(mail, Mail::Message(written) if !written.numbers.is_empty())
    }

    fn enter(&self, visit: &mut Visit<'_>) -> Result<Next, Fault> {
        if visit.facts.asked {
            visit.note("silent", "ASKED");
            return Next::go("failed", &self.failed);
        }
        let text = visit.render("text", &self.text)? + &self.list();
        if !visit.say(Effect::Send { text, passages: Vec::new(), confidence: None }) {
            return Next::go("failed", &self.failed);
        }
        if let Some(written) = visit.take_answer() {
            return self.take(visit, written);
        }
        let until = self.timeout_seconds.map(|seconds| visit.facts.now + TimeDelta::from(seconds));
        Ok(Next::Wait(Wait::Answer { until }))
    }

    fn hear(&self, visit: &mut Visit<'_>, what: &Heard) -> Result<Option<Next>, Fault> {
        Ok(match what {
            Heard::Message(written) => Some(self.take(visit, written.clone())?),
            Heard::Elapsed => Some(Next::go("timedOut", &self.timed_out)?),
            Heard::Signal(_) | Heard::Result(_) | Heard::Returned(_) | Heard::NotRun(_) => None,
        })
    }
}
