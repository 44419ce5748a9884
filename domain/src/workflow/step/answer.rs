//! Answers from the company's knowledge.

use std::borrow::Cow;

use chrono::TimeDelta;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Heard, Next, Outcome, Path, StepKind, Visit};
use crate::id::PassageId;
use crate::workflow::definition::To;
use crate::workflow::journal::Effect;
use crate::workflow::run::{Doubt, Fault, Wait};
use crate::workflow::template::{Source, Template};

/// For how long an answer is waited for.
const PATIENCE: TimeDelta = TimeDelta::minutes(2);

/// Answers from the company's knowledge.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// The question; None is what the customer wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<Template>,
    /// How sure the answer must be, from 0 to 1; None is as sure as the widget wants.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f64>,
    /// When the answer is on its way.
    #[serde(default)]
    pub answered: To,
    /// When there is none that is sure enough, the customer wants a person, or there is nothing to read: `doubt` says
    /// which.
    #[serde(default)]
    pub unsure: To,
    /// When the model cannot be asked, or nothing may be said.
    #[serde(default)]
    pub failed: To,
}

/// What came of a question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "finding", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Finding {
    /// An answer.
    Found {
        /// What the customer reads.
        text: String,
        /// What it leans on, best first.
        passages: Vec<PassageId>,
        /// From 0 to 1.
        confidence: f64,
    },
    /// None.
    Doubtful {
        /// Why.
        doubt: Doubt,
    },
}

impl Answer {
    fn doubtful(&self, visit: &mut Visit<'_>, doubt: Doubt) -> Result<Next, Fault> {
        visit.note("doubt", doubt.as_str());
        visit.state.doubt = Some(doubt);
        match doubt {
            Doubt::ModelDown => Next::go("failed", &self.failed),
            Doubt::Unsure | Doubt::Requested | Doubt::Unreadable => Next::go("unsure", &self.unsure),
        }
    }
}

impl StepKind for Answer {
    fn paths(&self) -> Vec<Path<'_>> {
        vec![
            Path::new("answered", &self.answered),
            Path::new("unsure", &self.unsure),
            Path::new("failed", &self.failed),
        ]
    }

    fn sources(&self) -> Vec<(Cow<'static, str>, Source<'_>)> {
        self.question.iter().map(|text| ("question".into(), Source::Template(text))).collect()
    }

    fn faults(&self) -> Vec<(&'static str, String)> {
        match self.threshold {
            Some(n) if !(0.0..=1.0).contains(&n) => vec![("threshold", format!("{n}: give 0 to 1"))],
            Some(_) | None => Vec::new(),
        }
    }

    fn enter(&self, visit: &mut Visit<'_>) -> Result<Next, Fault> {
        visit.state.doubt = None;
        let question = match &self.question {
            Some(question) => visit.render("question", question)?,
            None => visit.state.message.as_ref().and_then(|message| message.text.clone()).unwrap_or_default(),
        };
        if question.trim().is_empty() {
            return self.doubtful(visit, Doubt::Unreadable);
        }
        visit.note("question", question.as_str());
        visit.effects.push(Effect::Answer { question, threshold: self.threshold });
        Ok(Next::Wait(Wait::Outside { until: visit.facts.now + PATIENCE }))
    }

    fn hear(&self, visit: &mut Visit<'_>, what: &Heard) -> Result<Option<Next>, Fault> {
        Ok(Some(match what {
            Heard::Result(Outcome::Knowledge(Finding::Found { text, passages, confidence })) => {
                let (text, passages) = (text.clone(), passages.clone());
                let said = visit.say(Effect::Send { text, passages, confidence: Some(*confidence) });
                if said { Next::go("answered", &self.answered)? } else { Next::go("failed", &self.failed)? }
            }
            Heard::Result(Outcome::Knowledge(Finding::Doubtful { doubt })) => self.doubtful(visit, *doubt)?,
            Heard::Elapsed => self.doubtful(visit, Doubt::ModelDown)?,
            Heard::Result(Outcome::Http(_))
            | Heard::Message(_)
            | Heard::Signal(_)
            | Heard::Returned(_)
            | Heard::NotRun(_) => return Ok(None),
        }))
    }
}
