//! Asks for a person.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Next, Path, StepKind, Visit};
use crate::workflow::definition::To;
use crate::workflow::journal::Effect;
use crate::workflow::run::{Doubt, Fault, FaultCode};
use crate::workflow::template::{Source, Template};

/// Asks for a person. Until one acts, the run goes on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct HandOver {
    /// A note for colleagues.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Template>,
    /// Then.
    #[serde(default)]
    pub next: To,
}

impl StepKind for HandOver {
    fn paths(&self) -> Vec<Path<'_>> {
        vec![Path::new("next", &self.next)]
    }

    fn sources(&self) -> Vec<(Cow<'static, str>, Source<'_>)> {
        self.note.iter().map(|note| ("note".into(), Source::Template(note))).collect()
    }

    fn enter(&self, visit: &mut Visit<'_>) -> Result<Next, Fault> {
        let note = self.note.as_ref().map(|note| visit.render("note", note)).transpose()?;
        let most = crate::note::MAX_TEXT;
        if note.as_ref().is_some_and(|note| note.chars().count() > most) {
            return Err(Fault::new(
                FaultCode::TooLarge,
                format!("note: it is longer than {most} characters"),
            ));
        }
        let note = note.filter(|note| !note.trim().is_empty());
        let doubt = visit.state.doubt.take();
        // Where nobody may be asked for, the session closes instead, and the run with it.
        let may_ask = !visit.facts.hand_over_closes
            || matches!(doubt, Some(Doubt::Unreadable | Doubt::ModelDown))
            || !(visit.facts.conversation.bot && visit.facts.session.is_some());
        visit.settle(Effect::HandOver { doubt, note });
        if may_ask { Next::go("next", &self.next) } else { Ok(Next::Stop) }
    }
}
