//! Asks the customer and waits for the answer.

use std::borrow::Cow;

use chrono::TimeDelta;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::wait::limits;
use super::{Heard, Next, Path, StepKind, Visit};
use crate::workflow::definition::{MAX_SECONDS, Name, Seconds, To};
use crate::workflow::facts::Written;
use crate::workflow::journal::Effect;
use crate::workflow::run::{Fault, Mail, Wait};
use crate::workflow::template::{Source, Template};

/// How much of an answer a variable keeps, in Unicode scalar values: Meta's longest message.
const MAX_KEPT: usize = 4_096;

/// Asks the customer and waits for the answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Ask {
    /// The question. None waits for whatever the customer writes next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Template>,
    /// Where the answer's text is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub save_as: Option<Name>,
    /// For how long it waits, in seconds; None is until the session ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_seconds: Option<Seconds>,
    /// When the customer wrote.
    #[serde(default)]
    pub answered: To,
    /// When nobody wrote in time. Needed with `timeoutSeconds`.
    #[serde(default)]
    pub timed_out: To,
    /// When nothing may be asked: the reply window is closed, a person has acted, or another run is asking.
    #[serde(default)]
    pub failed: To,
}

impl Ask {
    fn take(&self, visit: &mut Visit<'_>, written: Written) -> Result<Next, Fault> {
        if let Some(name) = &self.save_as {
            let text = written.text.as_ref().map(|text| text.chars().take(MAX_KEPT).collect::<String>());
            if visit.set(name, text.into()).is_err() {
                return Next::go("failed", &self.failed);
            }
        }
        visit.note("answer", written.number);
        visit.state.take(written);
        Next::go("answered", &self.answered)
    }
}

impl StepKind for Ask {
    fn paths(&self) -> Vec<Path<'_>> {
        let endless = self.timeout_seconds.is_none();
        vec![
            Path::new("answered", &self.answered).waits(),
            Path::new("timedOut", &self.timed_out).waits().optional_if(endless),
            Path::new("failed", &self.failed),
        ]
    }

    fn sources(&self) -> Vec<(Cow<'static, str>, Source<'_>)> {
        self.text.iter().map(|text| ("text".into(), Source::Template(text))).collect()
    }

    fn writes(&self) -> Vec<(Cow<'static, str>, &Name)> {
        self.save_as.iter().map(|name| ("saveAs".into(), name)).collect()
    }

    fn faults(&self) -> Vec<(&'static str, String)> {
        limits("timeoutSeconds", self.timeout_seconds, 1..=MAX_SECONDS)
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
        if let Some(text) = &self.text {
            let text = visit.render("text", text)?;
            if !visit.say(Effect::Send { text, passages: Vec::new(), confidence: None }) {
                return Next::go("failed", &self.failed);
            }
        }
        // What the customer wrote while the run was busy is not lost.
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
