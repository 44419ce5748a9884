//! The built-in assistant: the workflow of the template `assistant`, and a turn is its run. The same engine decides as
//! for every other workflow; its state between two turns says nothing that the conversation does not, so none is kept.

use std::sync::{Arc, LazyLock};

use crate::bot;
use crate::clock::Time;
use crate::error::{Error, Result};
use crate::scope::Scope;
use crate::workflow::definition::Key;
use crate::workflow::facts::{Facts, Written};
use crate::workflow::journal::Effect;
use crate::workflow::step::Outcome;
use crate::workflow::{Library, Stimulus, begin, step, templates};

/// How often the assistant looks something up in one turn at most.
const SEARCHES: usize = 10;

static ASSISTANT: LazyLock<(Key, Library)> = LazyLock::new(|| {
    let assistant = templates::all().iter().find(|template| template.file.key.0 == "assistant");
    let file = &assistant.expect("the assistant is among the templates").file;
    let mut library = Library::default();
    library.publish(file.key.clone(), 1, Arc::new(file.definition.clone()));
    (file.key.clone(), library)
});

/// What the assistant does about what the customer wrote, in order: it answers, or asks for a person.
///
/// # Errors
/// The database's.
pub(super) async fn decide(
    scope: &Scope,
    (written, at): (Written, Time),
    threshold: f64,
) -> Result<Vec<Effect>> {
    let (key, library) = &*ASSISTANT;
    let facts = Facts::of_nobody(at);
    let mut state = begin(library, key, Some(written), &facts).map_err(Error::internal)?;
    let (mut next, mut decided) = (Stimulus::Look, Vec::new());
    for _ in 0..=SEARCHES {
        let transition = step(library, &state, next, &facts);
        let mut search = None;
        for entry in transition.entries {
            for effect in entry.effects {
                match effect {
                    Effect::Answer { question, threshold: own } => {
                        search = Some((entry.visit, question, own.unwrap_or(threshold)));
                    }
                    other => decided.push(other),
                }
            }
        }
        state = transition.state;
        let Some((visit, question, threshold)) = search else { return Ok(decided) };
        let found = bot::find(scope, &question, threshold).await?;
        next = Stimulus::Result { visit, outcome: Outcome::Knowledge(found) };
    }
    Err(Error::internal("the assistant searches without an end"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workflow::step::Kind;

    #[test]
    fn a_turn_can_do_whatever_the_assistant_wants() {
        let assistant = &templates::all()[0].file;
        assert_eq!(assistant.key, ASSISTANT.0);
        for step in &assistant.definition.steps {
            let can = matches!(step.kind, Kind::Answer(_) | Kind::Ask(_) | Kind::HandOver(_) | Kind::End(_));
            assert!(can, "{step:?}");
        }
    }
}
