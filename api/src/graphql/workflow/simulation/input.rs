//! The script of a simulation.

use async_graphql::{Enum, ID, InputObject, OneofObject};
use chrono::TimeDelta;
use domain::error::Error;
use domain::workflow::Definition;
use domain::workflow::command;
use domain::workflow::definition::{Name, StepId};
use domain::workflow::run::Signal;
use domain::workflow::simulate::{self, Act, Script};
use domain::workflow::step::http::Response;
use domain::workflow::step::visit;
use domain::{Env, Scope, widget};

use crate::graphql::time::DateTime;
use crate::graphql::workflow::definition::WorkflowDefinitionInput;

/// How many things happen in a script at most.
const MOST_ACTS: usize = 200;
/// The longest text of a customer or a server, in bytes.
const MOST_BYTES: usize = 65_536;
/// The longest time that passes at once, in seconds: five years.
const MOST_SECONDS: i32 = 5 * 366 * 86_400;

/// A workflow to try out, and what happens to it.
#[derive(InputObject)]
pub struct WorkflowSimulateInput {
    /// The workflow.
    pub workflow_id: ID,
    /// What to try; null is its draft as it is stored.
    definition: Option<WorkflowDefinitionInput>,
    /// When it begins on the simulation's clock; null is now.
    at: Option<DateTime>,
    /// What the customer begins the session with; null if it does not begin with a message.
    message: Option<String>,
    /// What the customer is called.
    contact_name: Option<String>,
    /// The customer's phone number, digits only.
    contact_phone: Option<String>,
    /// The tags of the conversation, by name.
    #[graphql(default)]
    tags: Vec<String>,
    /// What happens then, in order: at most 200.
    #[graphql(default)]
    acts: Vec<WorkflowActInput>,
    /// What servers of others answer: each once, to its step, in order. A call without one finds nobody there.
    #[graphql(default)]
    responses: Vec<WorkflowResponseInput>,
}

/// Something that happens: give exactly one.
#[derive(OneofObject)]
pub enum WorkflowActInput {
    /// The customer writes this.
    CustomerWrites(String),
    /// So many seconds pass: 1 to five years.
    SecondsPass(i32),
    /// A member or an integration says something.
    Signal(WorkflowSimulatedSignalInput),
    /// A person does something.
    Person(WorkflowPersonAct),
}

/// What a member or an integration says to a run.
#[derive(InputObject)]
pub struct WorkflowSimulatedSignalInput {
    /// Its name, as a step that waits for it knows it.
    name: String,
    /// What comes with it, as JSON; null is nothing.
    payload_json: Option<String>,
}

/// What a person does.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkflowPersonAct {
    /// Takes the conversation over.
    TakesOver,
    /// Hands it back.
    HandsBack,
}

/// What a server of somebody else's answers.
#[derive(InputObject)]
pub struct WorkflowResponseInput {
    /// The step that calls it.
    step: String,
    /// The status, 100 to 599; null if it does not answer in time.
    status: Option<i32>,
    /// The body.
    #[graphql(default)]
    body: String,
}

impl WorkflowSimulateInput {
    /// What to try, if it is told, and the script.
    pub async fn read(self, env: &Env, scope: &Scope) -> domain::Result<(Option<Definition>, Script)> {
        let definition = self.definition.map(WorkflowDefinitionInput::read).transpose()?;
        if let Some(definition) = &definition {
            command::bounded(definition)?;
        }
        for (field, n) in [("acts", self.acts.len()), ("responses", self.responses.len())] {
            if n > MOST_ACTS {
                return Err(Error::invalid(field, format!("there are {n}; give at most {MOST_ACTS}")));
            }
        }
        let at = self.at.map_or_else(|| env.clock.now(), |at| at.0);
        let mut world = simulate::world(scope, at).await?;
        world.facts.contact.name = self.contact_name;
        world.facts.contact.phone = self.contact_phone;
        world.facts.conversation.tags = self.tags;
        let first = self.message.map(|text| short("message", text)).transpose()?;
        let acts = self.acts.into_iter().map(WorkflowActInput::read).collect::<domain::Result<_>>()?;
        let responses =
            self.responses.into_iter().map(WorkflowResponseInput::read).collect::<domain::Result<_>>()?;
        let threshold = widget::ANSWER_THRESHOLD;
        Ok((definition, Script { world, first, acts, responses, threshold }))
    }
}

impl WorkflowActInput {
    fn read(self) -> domain::Result<Act> {
        Ok(match self {
            Self::CustomerWrites(text) => Act::CustomerWrites(short("acts", text)?),
            Self::SecondsPass(seconds @ 1..=MOST_SECONDS) => Act::Passes(TimeDelta::seconds(seconds.into())),
            Self::SecondsPass(seconds) => {
                let message = format!("{seconds} seconds cannot pass: give 1 to {MOST_SECONDS}");
                return Err(Error::invalid("acts", message));
            }
            Self::Signal(signal) => {
                let payload = signal.payload_json.map(|json| short("acts", json)).transpose()?;
                let wrong = |told: String| {
                    Error::invalid("acts", format!("payloadJson of `{}`: {told}", signal.name))
                };
                let payload = serde_json::from_str(payload.as_deref().unwrap_or("null"))
                    .map_err(|error| wrong(error.to_string()))?;
                visit::fits(&payload).map_err(|fault| wrong(fault.message))?;
                Act::Signal(Signal { name: Name(signal.name), payload })
            }
            Self::Person(WorkflowPersonAct::TakesOver) => Act::PersonActs,
            Self::Person(WorkflowPersonAct::HandsBack) => Act::HandBack,
        })
    }
}

impl WorkflowResponseInput {
    fn read(self) -> domain::Result<(StepId, Response)> {
        let body = short("responses", self.body)?;
        let response = match self.status {
            None => Response::TimedOut,
            Some(status) => match u16::try_from(status) {
                Ok(status @ 100..=599) => Response::Answered { status, body },
                Ok(_) | Err(_) => {
                    return Err(Error::invalid(
                        "responses",
                        format!("{status} is no status: give 100 to 599"),
                    ));
                }
            },
        };
        Ok((StepId(self.step), response))
    }
}

fn short(field: &'static str, text: String) -> domain::Result<String> {
    match text.len() {
        0..=MOST_BYTES => Ok(text),
        n => Err(Error::invalid(field, format!("a text has {n} bytes, at most {MOST_BYTES} are allowed"))),
    }
}
