//! A simulation by a script: who says and does what, and what servers of others would answer.

use std::collections::VecDeque;

use chrono::TimeDelta;

use super::{Pending, Simulation, World};
use crate::bot;
use crate::clock::Time;
use crate::error::Result;
use crate::scope::Scope;
use crate::workflow::Library;
use crate::workflow::definition::{Key, StepId};
use crate::workflow::facts::{Facts, Workspace};
use crate::workflow::journal::Effect;
use crate::workflow::run::{Fault, Signal};
use crate::workflow::step::Outcome;
use crate::workflow::step::http::Response;
use crate::{business_hours, workspace};

/// What is to happen.
#[derive(Debug, Clone)]
pub struct Script {
    /// The world as it begins.
    pub world: World,
    /// What the customer begins the session with.
    pub first: Option<String>,
    /// What happens then, in order.
    pub acts: Vec<Act>,
    /// What servers of others answer: each once, to the step that it names, in order.
    pub responses: VecDeque<(StepId, Response)>,
    /// How sure an answer must be where its step does not say, from 0 to 1.
    pub threshold: f64,
}

/// Something that happens.
#[derive(Debug, Clone)]
pub enum Act {
    /// The customer writes.
    CustomerWrites(String),
    /// Time passes.
    Passes(TimeDelta),
    /// A member or an integration says something.
    Signal(Signal),
    /// A person takes over.
    PersonActs,
    /// The person hands the conversation back.
    HandBack,
}

/// A customer nobody knows, who begins a session with this company at `at`.
///
/// # Errors
/// The database's.
pub async fn world(scope: &Scope, at: Time) -> Result<World> {
    let company = workspace::load(scope).await?;
    let calendar = business_hours::calendar(scope).await?;
    let time_zone = calendar.zone.name().to_owned();
    let workspace = Workspace { name: company.name, time_zone };
    Ok(World { facts: Facts { workspace, ..Facts::of_nobody(at) }, calendar })
}

/// Plays a script. Questions are answered from the workspace's present knowledge; nothing is written, sent or called.
///
/// # Errors
/// The database's; within, the fault of a workflow that cannot begin.
pub async fn play<'a>(
    scope: &Scope,
    library: &'a Library,
    workflow: &Key,
    mut script: Script,
) -> Result<Result<Simulation<'a>, Fault>> {
    let mut simulation =
        match Simulation::begin(library, workflow, script.first.as_deref(), script.world.clone()) {
            Ok(simulation) => simulation,
            Err(fault) => return Ok(Err(fault)),
        };
    tokio::task::yield_now().await;
    let acts = std::mem::take(&mut script.acts);
    for act in acts.into_iter().map(Some).chain([None]) {
        settle(scope, &mut simulation, &mut script).await?;
        if simulation.is_exhausted() {
            break;
        }
        // Many steps may have been taken: let others have their turn.
        tokio::task::yield_now().await;
        match act {
            Some(Act::CustomerWrites(text)) => simulation.customer_writes(&text),
            Some(Act::Passes(time)) => pass(scope, &mut simulation, &mut script, time).await?,
            Some(Act::Signal(signal)) => simulation.signal(signal),
            Some(Act::PersonActs) => simulation.person_acts(),
            Some(Act::HandBack) => simulation.hand_back(),
            None => {}
        }
    }
    Ok(Ok(simulation))
}

/// Time passes up to each moment at which the run wakes, so that calls which it makes then are answered then.
async fn pass(
    scope: &Scope,
    simulation: &mut Simulation<'_>,
    script: &mut Script,
    time: TimeDelta,
) -> Result<()> {
    let target = simulation.now() + time;
    while let Some(at) = simulation.state().wake_at().filter(|at| *at <= target && !simulation.is_exhausted())
    {
        simulation.advance(at - simulation.now());
        settle(scope, simulation, script).await?;
        tokio::task::yield_now().await;
    }
    simulation.advance(target - simulation.now());
    Ok(())
}

/// Answers the calls that the run waits for, until it waits for something else.
async fn settle(scope: &Scope, simulation: &mut Simulation<'_>, script: &mut Script) -> Result<()> {
    while let Some(Pending { visit, effect }) = simulation.pending() {
        if simulation.is_exhausted() || simulation.state().paused {
            break;
        }
        let outcome = match effect {
            Effect::Answer { question, threshold } => {
                let threshold = threshold.unwrap_or(script.threshold);
                Outcome::Knowledge(bot::find(scope, &question, threshold).await?)
            }
            Effect::Http(_) => Outcome::Http(response(simulation, script)),
            Effect::Send { .. }
            | Effect::HandOver { .. }
            | Effect::HandBack
            | Effect::Tag { .. }
            | Effect::Close => {
                break;
            }
        };
        simulation.outside(visit, outcome);
        tokio::task::yield_now().await;
    }
    Ok(())
}

fn response(simulation: &Simulation<'_>, script: &mut Script) -> Response {
    let step = &simulation.state().frame().step;
    let place = script.responses.iter().position(|(of, _)| of == step);
    let scripted = place.and_then(|place| script.responses.remove(place));
    scripted.map(|(_, response)| response).unwrap_or_else(|| Response::Unreachable {
        error: format!("the script has no (more) response for step `{step}`"),
    })
}
